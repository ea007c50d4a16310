//! `Client`'s HTTP half: requests of pages and of `fetch` events.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::client::{Client, throw};
use super::inner::promise;
use super::request::Author;
use super::response::Recipient;
use super::{errors, request, routes};
use crate::dom;
use crate::engine::Exchange;
use crate::model::{Key, Mode};
use crate::origin::fetch;
use crate::tier::{LocalFuture, TierId};

/// A request, and when it is looked at.
enum Asked {
    /// It was, with what holds for it.
    Now(Result<Exchange<JsValue>, JsValue>),
    /// When the tiers are open.
    Later(web_sys::Request, Author),
}

#[wasm_bindgen]
impl Client {
    /// `fetch` through the cache.
    pub fn fetch(&self, input: &JsValue, init: &JsValue) -> Promise {
        let native =
            request::native(input, init).map_err(|(error, thrown)| errors::make(&error, Some(&thrown)));
        let is_plain = init.is_undefined() && input.is_string();
        let author = if is_plain { Author::Nobody } else { Author::Somebody };
        let native = match native {
            Ok(native) => native,
            Err(error) => return Promise::reject(&error),
        };
        // Not before the tiers are open: routes may be added until then.
        if !self.inner.is_open() {
            return self.answer(Asked::Later(native, author), Recipient::Caller, Box::new(spawn_local));
        }
        let asked = self.inner.ask(native, author);
        if let Ok(exchange) = &asked
            && let Some(answer) = self.inner.fetch_now(exchange, Recipient::Caller)
        {
            return Promise::resolve(&JsValue::from(answer));
        }
        self.answer(Asked::Now(asked), Recipient::Caller, Box::new(spawn_local))
    }

    /// `fetch` for a service worker's `fetch` event, which is kept alive for the work that goes on after the
    /// answer: the response itself where memory has it, else a promise; undefined where no route wants the request.
    pub fn handle(&self, event: &web_sys::FetchEvent) -> JsValue {
        let native = event.request();
        let model = request::model(&native, Author::Somebody);
        let Some(route) = self.inner.route(&model, &native) else { return JsValue::UNDEFINED };
        if model.mode == Mode::Navigate {
            fetch::expect(&native, &dom::get(event, "preloadResponse"));
        }
        let exchange = match self.inner.exchange(model, native, route) {
            Ok(exchange) => exchange,
            Err(error) => return Promise::reject(&error).into(),
        };
        if self.inner.is_open()
            && let Some(answer) = self.inner.fetch_now(&exchange, Recipient::Browser)
        {
            return answer.into();
        }
        let event = event.clone();
        let later = move |work: LocalFuture<()>| {
            let work = promise(Box::pin(async move {
                work.await;
                Ok(JsValue::UNDEFINED)
            }));
            // An event that is over cannot be extended; the work runs all the same.
            let _ = event.wait_until(&work);
        };
        self.answer(Asked::Now(Ok(exchange)), Recipient::Browser, Box::new(later)).into()
    }

    /// Adds a route after the others; returns the handle for `unroute`.
    ///
    /// # Errors
    /// `invalid-option`.
    pub fn route(&self, matcher: &JsValue, options: &JsValue) -> Result<u32, JsValue> {
        let route = routes::route(options, matcher).map_err(throw)?;
        let matcher = routes::matcher(matcher).map_err(throw)?;
        Ok(self.inner.engine.router.borrow_mut().add(matcher, route))
    }

    /// Removes a route.
    pub fn unroute(&self, id: u32) {
        self.inner.engine.router.borrow_mut().remove(id);
    }

    /// Notes answers of IndexedDB's that were given before the wasm was started.
    pub fn noted(&self, keys: Vec<String>) {
        for key in keys {
            self.inner.engine.hit(&Key::internal(&key), TierId::IndexedDb);
        }
    }

    /// Answers a request; `later` gets the work that goes on after the answer.
    fn answer(&self, asked: Asked, recipient: Recipient, later: Box<dyn FnOnce(LocalFuture<()>)>) -> Promise {
        self.run(async move |inner| {
            let exchange = match asked {
                Asked::Now(exchange) => exchange,
                Asked::Later(native, author) => inner.ask(native, author),
            }?;
            let (answer, background) = inner.fetch(exchange, recipient).await?;
            background.map(later);
            Ok(answer.into())
        })
    }
}
