//! Messages between the contexts of an origin, over a BroadcastChannel.

use std::rc::Weak;

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, MessageEvent};

use super::Notice;

/// An open channel; closed when dropped.
pub struct Channel {
    native: BroadcastChannel,
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
            let notice = event.data().as_string().and_then(|form| Notice::decode(&form).ok());
            if let Some((notice, listener)) = notice.zip(listener.upgrade()) {
                listener.hear(&notice);
            }
        };
        let listener = Closure::<dyn FnMut(MessageEvent)>::new(hear);
        native.set_onmessage(Some(listener.as_ref().unchecked_ref()));
        Some(Self { native, _listener: listener })
    }

    /// Tells the others. A channel that has been closed by the browser tells nobody, which a resync mends.
    pub fn send(&self, notice: &Notice) {
        let _ = self.native.post_message(&JsValue::from(notice.encode()));
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.native.set_onmessage(None);
        self.native.close();
    }
}
