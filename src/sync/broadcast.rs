//! Messages between the contexts of an origin, over a BroadcastChannel: what is said in one burst goes out as one.

use core::cell::RefCell;
use std::rc::{Rc, Weak};

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::spawn_local;
use web_sys::{BroadcastChannel, MessageEvent};

use super::Notice;
use crate::dom;
use crate::model::{Reader, Writer};

/// An open channel; closed when dropped.
pub struct Channel {
    native: BroadcastChannel,
    /// Said, and not sent yet.
    pending: Rc<RefCell<Writer>>,
    /// Kept alive as long as the channel may call it.
    _listener: Closure<dyn FnMut(MessageEvent)>,
}

/// Takes in what other contexts say.
pub trait Listener {
    /// Called with each message that can be read; others are ignored.
    fn hear(&self, notice: &Notice);
}

impl Channel {
    /// Opens the channel called `name`; `None` where there are none.
    #[must_use]
    pub fn open<L: Listener + 'static>(name: &str, listener: Weak<L>) -> Option<Self> {
        let native = BroadcastChannel::new(name).ok()?;
        let hear = move |event: MessageEvent| {
            let (Some(listener), Some(said)) = (listener.upgrade(), event.data().as_string()) else { return };
            let mut said = Reader::new(&said);
            while let Ok(form) = said.text() {
                if let Ok(notice) = Notice::decode(form) {
                    listener.hear(&notice);
                }
            }
        };
        let listener = Closure::<dyn FnMut(MessageEvent)>::new(hear);
        native.set_onmessage(Some(listener.as_ref().unchecked_ref()));
        // Node.js would not end while the channel is open.
        let _ = dom::call(&native, "unref", &js_sys::Array::new());
        Some(Self { native, pending: Rc::default(), _listener: listener })
    }

    /// Tells the others. A channel that has been closed by the browser tells nobody, which a resync mends.
    pub fn send(&self, notice: &Notice) {
        let is_first = self.pending.borrow().is_empty();
        self.pending.borrow_mut().text(&notice.encode());
        if is_first {
            let (native, pending) = (self.native.clone(), Rc::clone(&self.pending));
            spawn_local(async move { flush(&native, &pending) });
        }
    }
}

fn flush(native: &BroadcastChannel, pending: &RefCell<Writer>) {
    let said = pending.take();
    if !said.is_empty() {
        let _ = native.post_message(&said.finish().into());
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        flush(&self.native, &self.pending);
        self.native.set_onmessage(None);
        self.native.close();
    }
}
