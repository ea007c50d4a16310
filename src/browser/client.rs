//! `Client`: what the package's `open` wraps.
//!
//! Async methods clone the inner `Rc` before they await, so that nothing of `self` is borrowed meanwhile and
//! a freed client does not pull the rug from under an operation.

use core::cell::{Cell, RefCell};
use core::future::poll_fn;
use core::task::Poll;
use std::rc::Rc;

use js_sys::{Array, Function, JsString, Object, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise, spawn_local};

use super::fields::Fields;
use super::host::Browser;
use super::lifecycle::Lifecycle;
use super::response::Recipient;
use super::{errors, generations, options, request, response, results, routes, value};
use crate::dom;
use crate::engine::{Answered, Engine, Failure, Select};
use crate::error::{Error, TierError};
use crate::event::Event;
use crate::model::{Key, RESPONSE, VALUE};
use crate::options::{Namespace, Options};
use crate::origin::fetch::Network;
use crate::router::Route;
use crate::sync::Notice;
use crate::sync::broadcast::{Channel, Listener};
use crate::tier::cache_storage::CacheTier;
use crate::tier::cookie::Cookies;
use crate::tier::indexed_db::IndexedDb;
use crate::tier::web_storage::WebStorage;
use crate::tier::{Admitted, Host, LocalFuture, Stack, Tier, TierId};

/// One open cache.
#[wasm_bindgen]
pub struct Client {
    inner: Rc<Inner>,
}

pub(super) struct Inner {
    engine: Rc<Engine<JsValue>>,
    browser: Rc<Browser>,
    options: Options,
    namespace: Namespace,
    /// Resolves when the directory is read; `None` once it is.
    opening: RefCell<Option<Promise>>,
    closed: Cell<bool>,
    lifecycle: RefCell<Option<Lifecycle>>,
}

type Settled = Result<JsValue, JsValue>;

#[wasm_bindgen]
impl Client {
    /// Checks the options and begins to open the tiers. `error_class` is what errors are made of.
    ///
    /// # Errors
    /// `invalid-option`, with the option's path.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue, error_class: &JsValue) -> Result<Client, JsValue> {
        errors::use_class(error_class);
        let (options, origin) = options::open(options).map_err(|error| errors::make(&error, None))?;
        let browser = Rc::new(Browser::default());
        let namespace = options::namespace(&options);
        *browser.prefix.borrow_mut() = namespace.own().to_owned();
        let host: Rc<dyn Host> = Rc::clone(&browser) as Rc<dyn Host>;
        let tiers = durable(&options, namespace.own());
        let stack = Stack::new(Rc::clone(&host), tiers, options.effective_budgets(), random());
        let network = Network::new().ok_or_else(|| {
            errors::make(&Error::OriginUnreachable("this context has no fetch".into()), None)
        })?;
        let engine = Rc::new(Engine::new(host, stack, Rc::new(network), origin));
        let inner = Rc::new(Inner {
            engine,
            browser,
            options,
            namespace,
            opening: RefCell::default(),
            closed: Cell::new(false),
            lifecycle: RefCell::default(),
        });
        inner.listen();
        *inner.opening.borrow_mut() = Some(Inner::open(Rc::clone(&inner)));
        *inner.lifecycle.borrow_mut() = Some(Lifecycle::watch(&inner));
        spawn_local(generations::sweep(inner.namespace.clone()));
        Ok(Self { inner })
    }

    /// Resolves when the tiers are open. A tier that fails is left out; rejects when none is left.
    pub fn ready(&self) -> Promise {
        self.run(async |inner| inner.check_tiers().map(|()| JsValue::UNDEFINED))
    }

    /// A private copy of the fresh value under `key`, or undefined.
    pub fn get(&self, key: &JsValue) -> Promise {
        let key = value_key(key);
        self.run(async move |inner| Ok(copy_of(inner.engine.get(&key?).await)))
    }

    /// The same for many keys, read in one go.
    #[wasm_bindgen(js_name = getMany)]
    pub fn get_many(&self, keys: &JsValue) -> Promise {
        let keys = value_keys(keys);
        self.run(async move |inner| {
            let engine = &inner.engine;
            let reads: Vec<Promise> = keys?
                .into_iter()
                .map(|key| {
                    let engine = Rc::clone(engine);
                    promise(Box::pin(async move { Ok(copy_of(engine.get(&key).await)) }))
                })
                .collect();
            JsFuture::from(Promise::all(&reads.iter().collect::<Array>())).await
        })
    }

    /// Keeps a copy of `value`, which memory shows at once; resolves to the name of its home when that has
    /// committed.
    pub fn set(&self, key: &JsValue, value: &JsValue, options: &JsValue) -> Promise {
        let prepared = prepare(key, value, options, "options");
        let early = self.inner.is_open().then(|| self.inner.admit(&prepared));
        self.run(async move |inner| {
            let admitted = match early {
                Some(admitted) => admitted,
                None => inner.admit(&prepared),
            };
            inner.commit(admitted?).await
        })
    }

    /// The same for many `[key, value, options?]`; checked before anything is written, in one commit a tier.
    #[wasm_bindgen(js_name = setMany)]
    pub fn set_many(&self, entries: &JsValue) -> Promise {
        let prepared = prepare_many(entries);
        self.run(async move |inner| {
            let mut admitted = Vec::new();
            for entry in prepared? {
                admitted.push(inner.admit(&Ok(entry))?);
            }
            let commit = |entry| {
                let inner = Rc::clone(&inner);
                promise(Box::pin(async move { inner.commit(entry).await }))
            };
            let writes: Array = admitted.into_iter().map(commit).collect();
            JsFuture::from(Promise::all(&writes)).await
        })
    }

    /// Removes `key`; resolves to whether it was there.
    pub fn delete(&self, key: &JsValue) -> Promise {
        let key = value_key(key);
        self.run(async move |inner| {
            let count = inner.engine.invalidate(&Select::Keys(vec![key?])).await.map_err(throw)?;
            Ok((count > 0).into())
        })
    }

    /// Whether there is a fresh value under `key`; reads no value.
    pub fn has(&self, key: &JsValue) -> Promise {
        let key = value_key(key);
        self.run(async move |inner| Ok(inner.engine.has(&key?).into()))
    }

    /// The fresh value under `key` if memory has it, at once. Plain data is frozen and shared.
    ///
    /// # Errors
    /// `invalid-key`, `closed`.
    pub fn peek(&self, key: &JsValue) -> Result<JsValue, JsValue> {
        self.inner.check_open()?;
        let key = value_key(key)?;
        Ok(self.inner.engine.peek(&key).map_or(JsValue::UNDEFINED, |kept| value::view(&kept)))
    }

    /// The value under `key`, or what `loader` makes of it, loaded once for all callers.
    #[wasm_bindgen(js_name = getOrSet)]
    pub fn get_or_set(&self, key: &JsValue, loader: &JsValue, options: &JsValue) -> Promise {
        let key = value_key(key);
        let options = options::set(options, "options").map_err(throw);
        let loader = loader.dyn_ref::<Function>().cloned();
        self.run(async move |inner| {
            let key = key?;
            let loader = loader.ok_or_else(|| throw(Error::option("loader", "a function")))?;
            let name = JsValue::from(key.name());
            let load = move || -> LocalFuture<_> {
                Box::pin(async move {
                    let made = loader.call1(&JsValue::UNDEFINED, &name).map_err(Failure::Thrown)?;
                    let made = JsFuture::from(Promise::resolve(&made)).await.map_err(Failure::Thrown)?;
                    value::keep(&made).map_err(Failure::Ours)
                })
            };
            let kept = inner.engine.get_or_set(&key, options?, load).await.map_err(errors::thrown)?;
            Ok(value::copy(&kept))
        })
    }

    /// Removes entries by `key`, `keys`, `prefix`, `tags`, `url` or `match`; resolves to how many there were.
    pub fn invalidate(&self, what: &JsValue) -> Promise {
        let what = what.clone();
        self.run(async move |inner| {
            let mut count = 0;
            for select in inner.selects(&what)? {
                count += inner.engine.invalidate(&select).await.map_err(throw)?;
            }
            Ok(u32::try_from(count).unwrap_or(u32::MAX).into())
        })
    }

    /// Removes everything of this cache, version and partition, in every tier and context.
    pub fn clear(&self) -> Promise {
        self.run(async |inner| inner.engine.clear().await.map(|()| JsValue::UNDEFINED).map_err(throw))
    }

    /// `[key, info]` of each entry, values first, in key order.
    pub fn entries(&self, filter: &JsValue) -> Promise {
        let prefix = Fields::of(filter, "filter", &["prefix"]).and_then(|fields| fields.text("prefix"));
        self.run(async move |inner| {
            let prefix = prefix.map_err(throw)?.unwrap_or_default();
            let now = inner.browser.now();
            let mut listed = inner.engine.stack.list(&[VALUE, &prefix].concat());
            listed.extend(inner.engine.stack.list(&[RESPONSE, &prefix].concat()));
            let pair = |(key, place)| Array::of2(&results::name(&key), &results::entry(&place, now));
            Ok(listed.into_iter().map(pair).collect::<Array>().into())
        })
    }

    /// `fetch` through the cache.
    pub fn fetch(&self, input: &JsValue, init: &JsValue) -> Promise {
        let native =
            request::native(input, init).map_err(|(error, thrown)| errors::make(&error, Some(&thrown)));
        self.run(async move |inner| {
            let (answer, background) = inner.fetch(native?, Recipient::Caller).await?;
            if let Some(work) = background {
                spawn_local(work);
            }
            Ok(answer.into())
        })
    }

    /// `fetch` for a service worker's `fetch` event, which is kept alive for the work that goes on after the
    /// answer.
    pub fn handle(&self, event: &web_sys::FetchEvent) -> Promise {
        let native = event.request();
        let event = event.clone();
        self.run(async move |inner| {
            let (answer, background) = inner.fetch(native, Recipient::Browser).await?;
            if let Some(work) = background {
                let work = promise(Box::pin(async move {
                    work.await;
                    Ok(JsValue::UNDEFINED)
                }));
                // An event that is over cannot be extended; the work runs all the same.
                let _ = event.wait_until(&work);
            }
            Ok(answer.into())
        })
    }

    /// Adds a route after the others; returns the handle for `unroute`.
    ///
    /// # Errors
    /// `invalid-option`.
    pub fn route(&self, matcher: &JsValue, options: &JsValue) -> Result<u32, JsValue> {
        let route = routes::route(options).map_err(throw)?;
        let matcher = routes::matcher(matcher).map_err(throw)?;
        Ok(self.inner.engine.router.borrow_mut().add(matcher, route))
    }

    /// Removes a route.
    pub fn unroute(&self, id: u32) {
        self.inner.engine.router.borrow_mut().remove(id);
    }

    /// Whether a route wants `request`; answered at once, for a `fetch` event's handler.
    #[must_use]
    pub fn matches(&self, request: &web_sys::Request) -> bool {
        is_http(&request.url()) && self.inner.route(request).is_some()
    }

    /// The counters, at once.
    #[must_use]
    pub fn stats(&self) -> JsValue {
        results::stats(&self.inner.engine)
    }

    /// Bytes by tier, and what the browser says of the origin's storage.
    pub fn usage(&self) -> Promise {
        self.run(async |inner| Ok(results::usage(&inner.engine).await))
    }

    /// Resolves when all writes accepted so far are committed.
    pub fn flush(&self) -> Promise {
        self.run(async |inner| {
            inner.engine.flush().await;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Commits what is pending and lets go of everything. Later calls reject with `closed`.
    pub fn close(&self) -> Promise {
        let inner = Rc::clone(&self.inner);
        promise(Box::pin(async move {
            if !inner.closed.replace(true) {
                inner.opened().await;
                inner.engine.flush().await;
                *inner.lifecycle.borrow_mut() = None;
                inner.freeze();
            }
            Ok(JsValue::UNDEFINED)
        }))
    }

    /// Calls `listener` with each event of that name; returns the handle for `off`.
    ///
    /// # Errors
    /// `invalid-option` for an unknown name.
    pub fn on(&self, name: &str, listener: Function) -> Result<u32, JsValue> {
        if !Event::NAMES.contains(&name) {
            return Err(throw(Error::option(
                "type",
                "\"hit\", \"miss\", \"revalidate\", \"write\", \"evict\", \"invalidate\" or \"error\"",
            )));
        }
        Ok(self.inner.browser.listeners.add(name, listener))
    }

    /// Removes a listener.
    pub fn off(&self, id: u32) {
        self.inner.browser.listeners.remove(id);
    }

    /// Runs `work` once the tiers are open.
    fn run<F>(&self, work: F) -> Promise
    where
        F: AsyncFnOnce(Rc<Inner>) -> Settled + 'static,
    {
        let inner = Rc::clone(&self.inner);
        self.inner.promise(Box::pin(async move { work(inner).await }))
    }
}

impl Inner {
    /// Runs `work` once the tiers are open. Boxed, so that there is one such promise in the code, not twenty.
    fn promise(self: &Rc<Self>, work: LocalFuture<Settled>) -> Promise {
        let inner = Rc::clone(self);
        promise(Box::pin(async move {
            inner.check_open()?;
            inner.opened().await;
            work.await
        }))
    }

    fn open(inner: Rc<Self>) -> Promise {
        promise(Box::pin(async move {
            inner.engine.stack.open().await;
            *inner.opening.borrow_mut() = None;
            Ok(JsValue::UNDEFINED)
        }))
    }

    async fn opened(&self) {
        let opening = self.opening.borrow().clone();
        if let Some(opening) = opening {
            // Never rejects: a tier that fails is left out.
            let _ = JsFuture::from(opening).await;
        }
    }

    fn check_open(&self) -> Result<(), JsValue> {
        if self.closed.get() { Err(throw(Error::Closed)) } else { Ok(()) }
    }

    /// Fails when not one of the tiers that were asked for is there.
    fn check_tiers(&self) -> Result<(), JsValue> {
        if self.options.tiers.contains(&TierId::Memory) || !self.engine.stack.present().is_empty() {
            return Ok(());
        }
        match self.engine.stack.down().into_iter().next() {
            Some((tier, TierError::Unavailable(why))) => {
                Err(throw(Error::Tier(tier, TierError::Unavailable(why))))
            }
            Some((tier, error)) => Err(throw(Error::Tier(tier, error))),
            None => Ok(()),
        }
    }

    fn is_open(&self) -> bool {
        !self.closed.get() && self.opening.borrow().is_none()
    }

    fn admit(&self, prepared: &Result<Prepared, JsValue>) -> Result<Admitted<JsValue>, JsValue> {
        let (key, kept, options) = prepared.as_ref().map_err(JsValue::clone)?;
        self.engine.set(key, kept.clone(), options).map_err(throw)
    }

    async fn commit(&self, admitted: Admitted<JsValue>) -> Settled {
        let home = self.engine.stack.commit(admitted).await.map_err(throw)?;
        Ok(home.name().into())
    }

    async fn fetch(
        self: &Rc<Self>,
        native: web_sys::Request,
        recipient: Recipient,
    ) -> Result<(web_sys::Response, Option<LocalFuture<()>>), JsValue> {
        let signal = native.signal();
        if signal.aborted() {
            return Err(signal.reason());
        }
        let model = request::model(&native);
        let route = self.engine.router.borrow().find(&model, &native).unwrap_or_default();
        let exchange = request::exchange(native, model, route).await?;
        let engine = Rc::clone(&self.engine);
        let fetched = Box::pin(async move { engine.fetch(exchange).await });
        let Answered { reply, background } = abortable(&signal, fetched).await?;
        Ok((response::of(reply, recipient)?, background))
    }

    fn route(&self, native: &web_sys::Request) -> Option<Rc<Route>> {
        self.engine.router.borrow().find(&request::model(native), native)
    }

    fn selects(&self, what: &JsValue) -> Result<Vec<Select>, JsValue> {
        let known = ["key", "keys", "prefix", "tags", "url", "match"];
        let fields = Fields::of(what, "what", &known).map_err(throw)?;
        let mut selects = Vec::new();
        if fields.has("key") {
            selects.push(Select::Keys(vec![value_key(&fields.raw("key"))?]));
        }
        if fields.has("keys") {
            selects.push(Select::Keys(value_keys(&fields.raw("keys"))?));
        }
        selects.extend(fields.text("prefix").map_err(throw)?.map(Select::Prefix));
        selects.extend(fields.texts("tags").map_err(throw)?.map(Select::Tags));
        if fields.has("url") {
            let native = request::native(&fields.raw("url"), &JsValue::UNDEFINED)
                .map_err(|(error, thrown)| errors::make(&error, Some(&thrown)))?;
            selects.push(Select::Url(crate::model::Url::new(&native.url()).as_str().to_owned()));
        }
        if fields.has("match") {
            selects.push(Select::Keys(self.matching(&fields.raw("match"))?));
        }
        if selects.is_empty() {
            return Err(throw(Error::option(
                "what",
                "one of `key`, `keys`, `prefix`, `tags`, `url`, `match`",
            )));
        }
        Ok(selects)
    }

    /// The keys of the entries that a RegExp or a function `(key, info) => boolean` picks.
    fn matching(&self, test: &JsValue) -> Result<Vec<Key>, JsValue> {
        let now = self.browser.now();
        let mut keys = Vec::new();
        for (key, place) in self.engine.stack.list("") {
            let name = results::name(&key);
            let hit = if let Some(pattern) = test.dyn_ref::<js_sys::RegExp>() {
                pattern.set_last_index(0);
                pattern.test(&name.as_string().unwrap_or_default())
            } else if let Some(test) = test.dyn_ref::<Function>() {
                test.call2(&JsValue::UNDEFINED, &name, &results::entry(&place, now))?.is_truthy()
            } else {
                return Err(throw(Error::option("what.match", "a RegExp or a function")));
            };
            if hit {
                keys.push(key);
            }
        }
        Ok(keys)
    }

    fn listen(self: &Rc<Self>) {
        *self.browser.channel.borrow_mut() = Channel::open(self.namespace.own(), Rc::downgrade(self));
    }

    /// Lets go of connections and of the channel: on close, and on the way into the back/forward cache.
    pub(super) fn freeze(&self) {
        *self.browser.channel.borrow_mut() = None;
        self.engine.stack.release();
    }

    /// Comes back after a freeze: reads wait until the directory is read anew.
    pub(super) fn thaw(self: &Rc<Self>) {
        self.listen();
        let inner = Rc::clone(self);
        *self.opening.borrow_mut() = Some(promise(Box::pin(async move {
            inner.engine.stack.resync().await;
            *inner.opening.borrow_mut() = None;
            Ok(JsValue::UNDEFINED)
        })));
    }
}

impl Listener for Inner {
    fn hear(&self, notice: &Notice) {
        self.engine.overtaken(notice);
        self.engine.stack.apply(notice);
    }
}

fn promise(work: LocalFuture<Settled>) -> Promise {
    future_to_promise(work)
}

type Prepared = (Key, (JsValue, crate::model::Bytes), crate::engine::SetOptions);

fn prepare(key: &JsValue, value: &JsValue, options: &JsValue, path: &str) -> Result<Prepared, JsValue> {
    let options = options::set(options, path).map_err(throw)?;
    Ok((value_key(key)?, value::keep(value).map_err(throw)?, options))
}

fn prepare_many(entries: &JsValue) -> Result<Vec<Prepared>, JsValue> {
    let refused = || throw(Error::option("entries", "an array of [key, value, options?]"));
    if !Array::is_array(entries) {
        return Err(refused());
    }
    let entry = |entry: JsValue| {
        if !Array::is_array(&entry) {
            return Err(refused());
        }
        let entry = Array::from(&entry);
        prepare(&entry.get(0), &entry.get(1), &entry.get(2), "entries[][2]")
    };
    Array::from(entries).iter().map(entry).collect()
}

fn value_key(key: &JsValue) -> Result<Key, JsValue> {
    let Some(text) = key.dyn_ref::<JsString>() else {
        return Err(throw(Error::option("key", "a string")));
    };
    // Longer than any key as UTF-16 is too long as UTF-8: not worth copying to say so.
    if text.length() as usize > crate::model::MAX_KEY_LEN {
        return Err(throw(Error::Key(crate::model::KeyError::TooLong)));
    }
    Key::value(&String::from(text)).map_err(|error| throw(error.into()))
}

fn value_keys(keys: &JsValue) -> Result<Vec<Key>, JsValue> {
    if !Array::is_array(keys) {
        return Err(throw(Error::option("keys", "an array of strings")));
    }
    Array::from(keys).iter().map(|key| value_key(&key)).collect()
}

fn copy_of(kept: Option<JsValue>) -> JsValue {
    kept.map_or(JsValue::UNDEFINED, |kept| value::copy(&kept))
}

fn throw(error: Error) -> JsValue {
    errors::make(&error, None)
}

fn is_http(url: &str) -> bool {
    url.starts_with("http:") || url.starts_with("https:")
}

/// The outcome of `work`, or the signal's reason as soon as it fires.
async fn abortable<T>(
    signal: &web_sys::AbortSignal,
    mut work: LocalFuture<Result<T, Failure<JsValue>>>,
) -> Result<T, JsValue> {
    let mut aborted = JsFuture::from(Promise::new(&mut |resolve, _| {
        let options = Object::new();
        dom::set(&options, "once", true);
        let _ = dom::call(signal, "addEventListener", &Array::of3(&"abort".into(), &resolve, &options));
    }));
    poll_fn(move |context| {
        if let Poll::Ready(outcome) = work.as_mut().poll(context) {
            return Poll::Ready(outcome.map_err(errors::thrown));
        }
        core::pin::Pin::new(&mut aborted).poll(context).map(|_| Err(signal.reason()))
    })
    .await
}

/// The adapters of the tiers that `options` name, in that order.
fn durable(options: &Options, prefix: &str) -> Vec<Rc<dyn Tier<JsValue>>> {
    let adapter = |tier: &TierId| -> Option<Rc<dyn Tier<JsValue>>> {
        Some(match tier {
            TierId::Memory => return None,
            TierId::Cookie => Rc::new(Cookies::new(prefix)),
            TierId::Session => Rc::new(WebStorage::session(prefix)),
            TierId::Local => Rc::new(WebStorage::local(prefix)),
            TierId::IndexedDb => Rc::new(IndexedDb::new(prefix)),
            TierId::CacheStorage => Rc::new(CacheTier::new(prefix)),
        })
    };
    options.tiers.iter().filter_map(adapter).collect()
}

/// Tells this context from others.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn random() -> u32 {
    (js_sys::Math::random() * f64::from(u32::MAX)) as u32
}
