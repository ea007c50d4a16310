//! Locks across the contexts of an origin, through Web Locks.

use core::any::Any;
use core::cell::RefCell;
use core::future::poll_fn;
use core::task::Poll;
use std::rc::Rc;

use js_sys::{Array, Function, Object, Promise, global};
use tokio::sync::oneshot;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;

use crate::dom;
use crate::tier::LocalFuture;

/// What came of a request.
pub enum Asked {
    /// Ours until dropped.
    Held(Box<dyn Any>),
    /// Somebody else's, and we did not wait, or for too long.
    Taken,
    /// This context has no locks, or may not have any, as in a sandboxed frame.
    Missing,
}

/// Resolves the promise that a lock is held for.
struct Hold(Function);

impl Drop for Hold {
    fn drop(&mut self) {
        let _ = self.0.call0(&JsValue::UNDEFINED);
    }
}

/// Asks for the lock called `name`: only if it is free now, or until `patience` ends.
pub async fn request(name: &str, patience: Option<LocalFuture<()>>) -> Asked {
    let manager = dom::get(&dom::get(&global(), "navigator"), "locks");
    if !manager.is_object() {
        return Asked::Missing;
    }
    let options = Object::new();
    let abort = web_sys::AbortController::new().ok();
    match (&patience, &abort) {
        (None, _) => dom::set(&options, "ifAvailable", true),
        (Some(_), Some(abort)) => dom::set(&options, "signal", abort.signal()),
        (Some(_), None) => return Asked::Missing,
    }
    let (granted, mut grant) = oneshot::channel::<Option<Hold>>();
    let granted = Rc::new(RefCell::new(Some(granted)));
    let rejected = Rc::clone(&granted);
    let tell = move |hold| granted.take().map(|granted| granted.send(hold));
    // The lock is held for as long as the promise that this returns is pending.
    let take = Closure::once_into_js(move |lock: JsValue| -> JsValue {
        if lock.is_null() || lock.is_undefined() {
            tell(None);
            return JsValue::UNDEFINED;
        }
        let mut release = None;
        let held = Promise::new(&mut |resolve, _| release = Some(resolve));
        // Nobody waits any more: the hold is dropped, and the lock with it.
        tell(release.map(Hold));
        held.into()
    });
    let arguments = Array::of3(&name.into(), &options, &take);
    let Some(request) = dom::call(&manager, "request", &arguments) else { return Asked::Missing };
    // Aborting rejects it too, when nobody listens any more.
    let deny = Closure::once_into_js(move |_: JsValue| drop(rejected.take()));
    let _ = dom::call(&request, "catch", &Array::of1(&deny));
    let mut patience = patience.unwrap_or_else(|| Box::pin(core::future::pending()));
    let answer = poll_fn(|context| {
        if let Poll::Ready(answer) = core::pin::Pin::new(&mut grant).poll(context) {
            return Poll::Ready(answer.map_err(|_| Asked::Missing));
        }
        patience.as_mut().poll(context).map(|()| Ok(None))
    })
    .await;
    match answer {
        Ok(Some(hold)) => Asked::Held(Box::new(hold)),
        Err(missing) => missing,
        Ok(None) => {
            drop(grant);
            if let Some(abort) = abort {
                abort.abort();
            }
            Asked::Taken
        }
    }
}
