//! What the pure rooms need of the browser: clock, tasks, alarms, the channel, the listeners.

use core::cell::RefCell;

use js_sys::{Date, Function, Promise, global};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::events::Listeners;
use crate::dom;
use crate::event::Event;
use crate::model::{Millis, Timestamp};
use crate::sync::Notice;
use crate::sync::broadcast::Channel;
use crate::sync::locks;
use crate::tier::{Host, LocalFuture, Lock};

/// How long to wait for what another context is loading: one that is frozen must not hold us up.
const LOCK_PATIENCE: Millis = Millis(5_000);

/// This context.
#[derive(Default)]
pub(super) struct Browser {
    /// Open while other contexts are to be told.
    pub(super) channel: RefCell<Option<Channel>>,
    /// What the names of this cache's locks start with.
    pub(super) prefix: RefCell<String>,
    /// Of this cache.
    pub(super) listeners: Listeners,
}

impl Host for Browser {
    fn now(&self) -> Timestamp {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        Timestamp(Date::now() as u64)
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn random(&self) -> u32 {
        (js_sys::Math::random() * f64::from(u32::MAX)) as u32
    }

    fn spawn(&self, task: LocalFuture<()>) {
        spawn_local(task);
    }

    fn sleep(&self, time: Millis) -> LocalFuture<()> {
        Box::pin(async move {
            #[allow(clippy::cast_precision_loss)]
            let time = time.0 as f64;
            let set_timeout = dom::get(&global(), "setTimeout");
            let Some(set_timeout) = set_timeout.dyn_ref::<Function>() else { return };
            let alarm = Promise::new(&mut |resolve, _| {
                // A timer that cannot be set never rings; what it guards then takes as long as it takes.
                let _ = set_timeout.call2(&JsValue::UNDEFINED, &resolve, &time.into());
            });
            let _ = JsFuture::from(alarm).await;
        })
    }

    fn idle(&self) -> LocalFuture<()> {
        let request = dom::get(&global(), "requestIdleCallback");
        let Some(request) = request.dyn_ref::<Function>().cloned() else { return self.sleep(Millis(1)) };
        Box::pin(async move {
            let idle = Promise::new(&mut |resolve, _| {
                let _ = request.call1(&JsValue::UNDEFINED, &resolve);
            });
            let _ = JsFuture::from(idle).await;
        })
    }

    fn lock(&self, name: &str) -> LocalFuture<Lock> {
        let name = [&self.prefix.borrow(), name].concat();
        let patience = self.sleep(LOCK_PATIENCE);
        Box::pin(async move {
            match locks::request(&name, None).await {
                locks::Asked::Held(hold) => Lock::Free(hold),
                locks::Asked::Missing => Lock::None,
                locks::Asked::Taken => match locks::request(&name, Some(patience)).await {
                    locks::Asked::Held(hold) => Lock::Waited(hold),
                    _ => Lock::None,
                },
            }
        })
    }

    fn announce(&self, notice: &Notice) {
        if let Some(channel) = &*self.channel.borrow() {
            channel.send(notice);
        }
    }

    fn emit(&self, event: Event) {
        self.listeners.tell(&event);
    }
}
