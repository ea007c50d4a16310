//! Listeners, and what they are called with.

use core::cell::{Cell, RefCell};

use js_sys::{Function, Object};
use wasm_bindgen::{JsCast, JsValue};

use crate::dom;
use crate::event::Event;

/// Who listens to what.
#[derive(Debug, Default)]
pub(super) struct Listeners {
    list: RefCell<Vec<(u32, String, Function)>>,
    last: Cell<u32>,
}

impl Listeners {
    /// Adds a listener; returns the handle that removes it.
    pub(super) fn add(&self, name: &str, listener: Function) -> u32 {
        self.last.set(self.last.get() + 1);
        self.list.borrow_mut().push((self.last.get(), name.to_owned(), listener));
        self.last.get()
    }

    /// Removes a listener.
    pub(super) fn remove(&self, id: u32) {
        self.list.borrow_mut().retain(|(other, ..)| *other != id);
    }

    /// Calls who listens to `event`. What a listener throws is reported as an uncaught error is, and stops
    /// nobody.
    pub(super) fn tell(&self, event: &Event) {
        let name = event.name();
        let called: Vec<Function> = {
            let list = self.list.borrow();
            list.iter().filter(|(_, wanted, _)| wanted == name).map(|(.., f)| f.clone()).collect()
        };
        if called.is_empty() {
            return;
        }
        let detail = detail(event);
        for listener in called {
            if let Err(thrown) = listener.call1(&JsValue::UNDEFINED, &detail) {
                let report = dom::get(&js_sys::global(), "reportError");
                let report = report.dyn_ref::<Function>().map(|f| f.call1(&JsValue::UNDEFINED, &thrown));
                drop(report);
            }
        }
    }
}

fn detail(event: &Event) -> JsValue {
    let out = Object::new();
    dom::set(&out, "type", event.name());
    match event {
        Event::Hit { key, tier } | Event::Write { key, tier } | Event::Evict { key, tier } => {
            dom::set(&out, "key", key.as_str());
            dom::set(&out, "tier", tier.name());
        }
        Event::Miss { key } => dom::set(&out, "key", key.as_str()),
        Event::Revalidate { key, status } => {
            dom::set(&out, "key", key.as_str());
            dom::set(&out, "status", *status);
        }
        Event::Invalidate { count, all } => {
            dom::set(&out, "count", u32::try_from(*count).unwrap_or(u32::MAX));
            dom::set(&out, "all", *all);
        }
        Event::Error { tier, code, message } => {
            dom::set(&out, "tier", tier.name());
            dom::set(&out, "code", *code);
            dom::set(&out, "message", message.as_str());
        }
    }
    out.into()
}
