//! The origin as a whole: its state, and the router that leads requests to it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use axum::Router;

use crate::catalogue::Random;
use crate::cli::Options;
use crate::files::Files;
use crate::layers::edge::OnBackground;
use crate::layers::stack::Stack;
use crate::log::Log;
use crate::script::Scripts;
use crate::stats::Stats;
use crate::switches::{Failure, FailureMode, Switches};
use crate::{control, front};

/// Everything that lives as long as the process.
pub struct Origin {
    defaults: Switches,
    switches: RwLock<Arc<Switches>>,
    journal: Arc<Mutex<Journal>>,
    /// Decides which requests fail where only a share of them does.
    dice: Mutex<Random>,
    pub(crate) stack: Stack,
    pub(crate) scripts: Scripts,
    pub(crate) files: Files,
}

/// What has happened so far.
#[derive(Default)]
pub(crate) struct Journal {
    pub(crate) stats: Stats,
    pub(crate) log: Log,
}

impl Origin {
    /// An origin as the command line wants it, ready to be served.
    ///
    /// # Errors
    /// A sentence for the terminal when a real part does not answer.
    pub async fn router(options: &Options) -> Result<Router, String> {
        let defaults = if options.fast { Switches::fast() } else { Switches::published() };
        let journal: Arc<Mutex<Journal>> = Arc::default();
        let background = journal.clone();
        let on_background: OnBackground =
            Arc::new(move |visit| lock(&background).stats.hops(&visit.trace.hops()));
        let origin = Arc::new(Self {
            switches: RwLock::new(Arc::new(defaults.clone())),
            defaults,
            stack: Stack::new(on_background, options.real.as_deref()).await?,
            journal,
            dice: Mutex::new(Random::new("dice")),
            scripts: Scripts::default(),
            files: Files::new(options.mounts.clone()),
        });
        Ok(Router::new().nest("/_origin", control::router()).fallback(front::answer).with_state(origin))
    }

    /// The switches as they are now.
    pub(crate) fn switches(&self) -> Arc<Switches> {
        self.switches.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes the switches, as one step.
    pub(crate) fn update<E>(&self, change: impl FnOnce(&Switches) -> Result<Switches, E>) -> Result<(), E> {
        let mut switches = self.switches.write().unwrap_or_else(PoisonError::into_inner);
        *switches = Arc::new(change(&switches)?);
        Ok(())
    }

    /// The failure that befalls a request for this path, if one does; counted off.
    pub(crate) fn failure(&self, path: &str) -> Option<Failure> {
        if !self.switches().failure.concerns(path) {
            return None;
        }
        let fraction = lock(&self.dice).fraction();
        let mut switches = self.switches.write().unwrap_or_else(PoisonError::into_inner);
        // Asked again under the lock: another request may have used up the last one.
        let failure = switches.failure.clone();
        if !failure.concerns(path) || fraction >= failure.rate.get() {
            return None;
        }
        if let Some(left) = failure.count {
            let switches = Arc::make_mut(&mut switches);
            switches.failure.count = Some(left - 1);
        }
        lock(&self.journal).stats.failure();
        Some(failure)
    }

    /// What has happened so far.
    pub(crate) fn journal(&self) -> MutexGuard<'_, Journal> {
        lock(&self.journal)
    }

    /// Everything as it was at the start.
    pub(crate) async fn reset(&self) {
        *self.switches.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(self.defaults.clone());
        *self.journal() = Journal::default();
        self.scripts.clear();
        self.stack.reset().await;
    }
}

impl Failure {
    fn concerns(&self, path: &str) -> bool {
        self.mode != FailureMode::None && self.count != Some(0) && path.starts_with(&self.path_prefix)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
