//! Errors as JavaScript sees them: instances of the package's `NearcacheError`, with `code` and `cause`.

use core::cell::RefCell;

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use crate::dom;
use crate::engine::Failure;
use crate::error::Error;

thread_local! {
    /// The package's class; handed over by the first client.
    static CLASS: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Takes the class that errors are made of.
pub(super) fn use_class(class: &JsValue) {
    if let Some(class) = class.dyn_ref::<Function>() {
        CLASS.with(|slot| *slot.borrow_mut() = Some(class.clone()));
    }
}

/// `new NearcacheError(code, message, { cause, details })`; a plain `Error` with the same fields where the
/// crate is used without the package.
pub(super) fn make(error: &Error, cause: Option<&JsValue>) -> JsValue {
    let extra = Object::new();
    if let Some(cause) = cause {
        dom::set(&extra, "cause", cause);
    }
    if let Error::Option { path, .. } = error {
        let details = Object::new();
        dom::set(&details, "option", path.as_str());
        dom::set(&extra, "details", details);
    }
    let message = error.message();
    let made = CLASS.with(|slot| {
        let arguments = Array::of3(&error.code().into(), &message.as_str().into(), &extra);
        slot.borrow().as_ref().and_then(|class| Reflect::construct(class, &arguments).ok())
    });
    made.unwrap_or_else(|| {
        let plain = js_sys::Error::new(&message);
        plain.set_name("NearcacheError");
        dom::set(&plain, "code", error.code());
        plain.into()
    })
}

/// An engine's failure as what is thrown.
pub(super) fn thrown(failure: Failure<JsValue>) -> JsValue {
    match failure {
        Failure::Ours(error) => make(&error, None),
        Failure::Unreachable(cause) => make(&Error::OriginUnreachable(dom::message(&cause)), Some(&cause)),
        Failure::Thrown(value) => value,
    }
}
