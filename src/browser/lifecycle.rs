//! Freeze and thaw: a page that goes into the back/forward cache lets go of its connections, and reads the
//! directory anew when it comes back, since it missed messages meanwhile.

use std::rc::Rc;

use js_sys::{Array, global};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use super::inner::Inner;
use crate::dom;

/// A target, the event's name, and who is called.
type Watched = (JsValue, &'static str, Closure<dyn FnMut(JsValue)>);

/// The listeners of one client; removed when dropped.
pub(super) struct Lifecycle {
    listeners: Vec<Watched>,
}

impl Lifecycle {
    /// Watches the context that `inner` lives in. Workers have neither of these events, and none is fired.
    pub(super) fn watch(inner: &Rc<Inner>) -> Self {
        let global: JsValue = global().into();
        let document = dom::get(&global, "document");
        let mut listeners = Vec::new();
        for (target, event) in [(&global, "pagehide"), (&global, "pageshow"), (&document, "resume")] {
            if !target.is_object() {
                continue;
            }
            let inner = Rc::downgrade(inner);
            let listener = Closure::<dyn FnMut(JsValue)>::new(move |fired: JsValue| {
                let Some(inner) = inner.upgrade() else { return };
                let persisted = dom::get(&fired, "persisted").is_truthy();
                match event {
                    "pagehide" if persisted => inner.freeze(),
                    "pageshow" if persisted => inner.thaw(),
                    "resume" => inner.thaw(),
                    _ => {}
                }
            });
            let arguments = Array::of2(&event.into(), listener.as_ref());
            let _ = dom::call(target, "addEventListener", &arguments);
            listeners.push((target.clone(), event, listener));
        }
        Self { listeners }
    }
}

impl Drop for Lifecycle {
    fn drop(&mut self) {
        for (target, event, listener) in &self.listeners {
            let arguments = Array::of2(&(*event).into(), listener.as_ref().unchecked_ref());
            let _ = dom::call(target, "removeEventListener", &arguments);
        }
    }
}
