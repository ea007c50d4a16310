//! The one driver: carries the decisions of the pure rooms out over tiers, origin and clock.

mod fetch;
mod flight;
mod forward;
mod idle;
mod outcome;
mod parts;
mod refusal;
mod send;
mod stored;
mod values;

use core::cell::RefCell;
use std::rc::{Rc, Weak};

use tokio::sync::oneshot;

pub use crate::sync::Select;
pub use fetch::{Answered, Exchange, Fields, Reply, Served};
pub use flight::{Boarding, Flights, Landing};
pub use values::{Load, SetOptions, weight};

use idle::Idle;
use refusal::Refusals;

use crate::error::Error;
use crate::model::Millis;
use crate::origin::backoff::Retry;
use crate::origin::{Origin, Profile};
use crate::router::Router;
use crate::tier::{Host, LocalFuture, Stack};

/// What went wrong: our own error, or one that the caller's code or the network threw.
#[derive(Clone, Debug)]
pub enum Failure<B> {
    /// Ours.
    Ours(Error),
    /// The origin did not answer; what the network threw.
    Unreachable(B),
    /// Handed through as it was thrown: a loader's error, or an abort.
    Thrown(B),
}

impl<B> From<Error> for Failure<B> {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}

/// What an engine is told of its origin.
#[derive(Clone, Debug, Default)]
pub struct OriginOptions {
    /// What kind it is.
    pub profile: Profile,
    /// Scheme, host and port of this context.
    pub own: String,
    /// How long a request may wait for its response's head; `None` leaves it to the browser.
    pub timeout: Option<Millis>,
    /// What to do when it asks for a break.
    pub retry: Retry,
}

/// The pauses before a tier that failed to open is asked again.
const HEAL_PAUSES: [Millis; 3] = [Millis(2_000), Millis(10_000), Millis(60_000)];

/// Who waits for the end of some background work.
type Ended = RefCell<Vec<oneshot::Sender<()>>>;

/// One open cache.
pub struct Engine<B> {
    /// Its tiers.
    pub stack: Stack<B>,
    /// Its routes.
    pub router: RefCell<Router<B>>,
    host: Rc<dyn Host>,
    origin: Rc<dyn Origin<B>>,
    options: OriginOptions,
    loads: Flights<Result<B, Failure<B>>>,
    fetches: Flights<()>,
    refusals: Refusals<B>,
    idle: Idle,
    /// The background work under way: dropped when it ends.
    tasks: RefCell<Vec<Weak<Ended>>>,
}

impl<B: Clone + Default + 'static> Engine<B> {
    /// A cache over `stack` that asks `origin` for what it does not have.
    #[must_use]
    pub fn new(
        host: Rc<dyn Host>,
        stack: Stack<B>,
        origin: Rc<dyn Origin<B>>,
        options: OriginOptions,
    ) -> Self {
        Self {
            stack,
            router: RefCell::default(),
            host,
            origin,
            options,
            loads: Flights::default(),
            fetches: Flights::default(),
            refusals: Refusals::default(),
            idle: Idle::default(),
            tasks: RefCell::default(),
        }
    }

    /// Resolves when the background work begun so far is done and every write accepted so far is committed.
    pub async fn flush(&self) {
        let wait = |task: Rc<Ended>| {
            let (ended, end) = oneshot::channel();
            task.borrow_mut().push(ended);
            end
        };
        let ends: Vec<_> = self.tasks.borrow().iter().filter_map(Weak::upgrade).map(wait).collect();
        for end in ends {
            // Closed by the end of its task, never sent.
            let _ = end.await;
        }
        self.stack.flush().await;
    }

    /// Asks the tiers that failed to open a few times more, ever later: a store may only have been slow.
    pub async fn heal(&self, is_wanted: &dyn Fn() -> bool) {
        for pause in HEAL_PAUSES {
            if self.stack.is_whole() {
                break;
            }
            self.host.sleep(pause).await;
            if !is_wanted() {
                break;
            }
            self.stack.reopen().await;
            self.catch_up().await;
        }
    }

    /// Background work that [`flush`](Self::flush) waits for.
    fn tracked(&self, work: LocalFuture<()>) -> LocalFuture<()> {
        let running = Rc::new(Ended::default());
        let mut tasks = self.tasks.borrow_mut();
        tasks.retain(|task| task.strong_count() > 0);
        tasks.push(Rc::downgrade(&running));
        Box::pin(async move {
            work.await;
            drop(running);
        })
    }
}
