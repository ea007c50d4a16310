//! What a client consists of: the engine, this context, and the state between them.

use core::cell::{Cell, RefCell};
use core::future::poll_fn;
use core::task::{Context, Poll, Waker};
use std::rc::Rc;

use js_sys::{Array, Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise, spawn_local};

use super::client::throw;
use super::host::Browser;
use super::input::Prepared;
use super::lifecycle::Lifecycle;
use super::options::Opening;
use super::request::Author;
use super::response::Recipient;
use super::{errors, options, request, response, results};
use crate::dom;
use crate::engine::{Answered, Engine, Exchange, Failure};
use crate::error::{Error, TierError};
use crate::model::{Key, Request};
use crate::options::{Namespace, Options};
use crate::origin::fetch::Network;
use crate::router::Route;
use crate::strategy::Strategy;
use crate::sync::Notice;
use crate::sync::broadcast::{Channel, Listener};
use crate::tier::cache_storage::CacheTier;
use crate::tier::cookie::Cookies;
use crate::tier::indexed_db::IndexedDb;
use crate::tier::sealed::Sealed;
use crate::tier::web_storage::WebStorage;
use crate::tier::{Admitted, Host, LocalFuture, Stack, Tier, TierId};

/// What a promise of ours settles to.
pub(super) type Settled = Result<JsValue, JsValue>;

/// The parts of a client; shared with whatever it has under way.
pub(super) struct Inner {
    pub(super) engine: Rc<Engine<JsValue>>,
    pub(super) browser: Rc<Browser>,
    options: Options,
    /// The application's word on whom a request speaks for.
    identity: Option<Function>,
    pub(super) namespace: Namespace,
    /// Called before the tiers are opened; it may resolve to what is called afterwards, before anything is read.
    pub(super) migrate: Option<Function>,
    /// Resolves when the directory is read; `None` once it is.
    opening: RefCell<Option<Promise>>,
    /// How often it was read anew.
    thaws: Cell<u32>,
    /// Resolves when everything is let go of; `None` until that is asked for.
    pub(super) closing: RefCell<Option<Promise>>,
    /// The keys whose loaders are being called.
    pub(super) loading: RefCell<Vec<Key>>,
    /// Takes what `peek` shows.
    pub(super) mirror: RefCell<Option<Function>>,
    pub(super) closed: Cell<bool>,
    pub(super) lifecycle: RefCell<Option<Lifecycle>>,
}

impl Inner {
    /// Builds the parts and begins to open the tiers.
    pub(super) fn new(opening: Opening) -> Result<Rc<Self>, JsValue> {
        let Opening { options, origin, identity, migrate, encrypt } = opening;
        let browser = Rc::new(Browser::default());
        let namespace = options::namespace(&options);
        *browser.prefix.borrow_mut() = namespace.own().to_owned();
        let host: Rc<dyn Host> = Rc::clone(&browser) as Rc<dyn Host>;
        let tiers = durable(&options.tiers, namespace.own(), encrypt.as_ref());
        let stack = Stack::new(Rc::clone(&host), tiers, options.effective_budgets(), host.random());
        let network = Network::new()
            .ok_or_else(|| throw(Error::OriginUnreachable("this context has no fetch".into())))?;
        let engine = Rc::new(Engine::new(host, stack, Rc::new(network), origin));
        let inner = Rc::new(Self {
            engine,
            browser,
            options,
            identity,
            namespace,
            migrate,
            opening: RefCell::default(),
            thaws: Cell::default(),
            closing: RefCell::default(),
            loading: RefCell::default(),
            mirror: RefCell::default(),
            closed: Cell::new(false),
            lifecycle: RefCell::default(),
        });
        inner.listen();
        *inner.opening.borrow_mut() = Some(Self::open(Rc::clone(&inner)));
        *inner.lifecycle.borrow_mut() = Some(Lifecycle::watch(&inner));
        if encrypt.is_some() {
            // What was there before there was a key. A context without cookies has none.
            let plain = Cookies::new(inner.namespace.own());
            spawn_local(async move { drop(plain.clear().await) });
        }
        Ok(inner)
    }

    /// Runs `work` once the tiers are open. Boxed, so that there is one such promise in the code, not twenty.
    pub(super) fn promise(self: &Rc<Self>, work: LocalFuture<Settled>) -> Promise {
        let inner = Rc::clone(self);
        promise(Box::pin(async move {
            inner.check_open()?;
            inner.opened().await;
            work.await
        }))
    }

    fn open(inner: Rc<Self>) -> Promise {
        promise(Box::pin(async move {
            let migrate = inner.migrate.as_ref().map(call);
            let rest = match migrate {
                Some(begun) => begun.await.dyn_into::<Function>().ok(),
                None => None,
            };
            inner.engine.stack.open().await;
            if let Some(rest) = rest {
                call(&rest).await;
            }
            inner.engine.catch_up().await;
            if inner.thaws.get() == 0 {
                *inner.opening.borrow_mut() = None;
            }
            let engine = Rc::clone(&inner.engine);
            let is_wanted = Self::wanted(&inner);
            spawn_local(async move {
                engine.stack.sweep(&is_wanted).await;
                engine.heal(&is_wanted).await;
            });
            Ok(JsValue::UNDEFINED)
        }))
    }

    /// Whether the cache is still in use, for work that must not outlive it.
    fn wanted(this: &Rc<Self>) -> impl Fn() -> bool + use<> {
        let this = Rc::downgrade(this);
        move || this.upgrade().is_some_and(|inner| !inner.closed.get())
    }

    pub(super) async fn opened(&self) {
        let opening = self.opening.borrow().clone();
        if let Some(opening) = opening {
            // Never rejects: a tier that fails is left out.
            let _ = JsFuture::from(opening).await;
        }
    }

    pub(super) fn check_open(&self) -> Result<(), JsValue> {
        if self.closed.get() { Err(throw(Error::Closed)) } else { Ok(()) }
    }

    /// Fails when not one of the tiers that were asked for is there.
    pub(super) fn check_tiers(&self) -> Result<(), JsValue> {
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

    pub(super) fn is_open(&self) -> bool {
        !self.closed.get() && self.opening.borrow().is_none()
    }

    pub(super) fn admit(&self, prepared: &Result<Prepared, JsValue>) -> Result<Admitted<JsValue>, JsValue> {
        let (key, kept, options) = prepared.as_ref().map_err(JsValue::clone)?;
        self.engine.set(key, kept.clone(), options).map_err(throw)
    }

    pub(super) async fn commit(&self, admitted: Admitted<JsValue>) -> Settled {
        let home = self.engine.stack.commit(admitted).await.map_err(throw)?;
        Ok(results::tier_name(home))
    }

    /// A request, and what holds for it; what is in its key of its body comes later.
    pub(super) fn ask(&self, native: web_sys::Request, author: Author) -> Result<Exchange<JsValue>, JsValue> {
        let model = request::model(&native, author);
        let route = match model.url.is_http() {
            true => self.route(&model, &native).unwrap_or_default(),
            // `data:`, `blob:` and the like are no origin's responses: passed through, never stored.
            false => Rc::new(Route { strategy: Strategy::NetworkOnly, ..Route::default() }),
        };
        self.exchange(model, native, route)
    }

    /// A request that `route` holds for.
    pub(super) fn exchange(
        &self,
        request: Request,
        native: web_sys::Request,
        route: Rc<Route>,
    ) -> Result<Exchange<JsValue>, JsValue> {
        let identity = match &self.identity {
            None => None,
            Some(identity) => {
                let who = identity.call1(&JsValue::UNDEFINED, &native)?;
                // Anything else taken for nobody would mix up everybody.
                if !who.is_string() && !who.is_undefined() && !who.is_null() {
                    return Err(throw(Error::option(
                        "origin.identity",
                        "a function that returns a string or undefined",
                    )));
                }
                who.as_string()
            }
        };
        Ok(Exchange { request, native: native.into(), body_key: None, identity, route })
    }

    /// A response that memory has and that needs no work afterwards, without a detour through the queue of tasks.
    pub(super) fn fetch_now(
        &self,
        exchange: &Exchange<JsValue>,
        recipient: Recipient,
    ) -> Option<web_sys::Response> {
        // What the browser asks for is not aborted before the event is handled, and making the signal costs.
        let is_aborted = || recipient == Recipient::Caller && request::signal(exchange).aborted();
        if is_aborted() || request::needs_body(exchange) {
            return None;
        }
        response::of(self.engine.fetch_now(exchange)?, recipient).ok()
    }

    pub(super) async fn fetch(
        self: &Rc<Self>,
        mut exchange: Exchange<JsValue>,
        recipient: Recipient,
    ) -> Result<(web_sys::Response, Option<LocalFuture<()>>), JsValue> {
        let signal = request::signal(&exchange);
        if signal.aborted() {
            return Err(signal.reason());
        }
        exchange.body_key = request::body_key(&exchange).await?;
        let engine = Rc::clone(&self.engine);
        let fetched = Box::pin(async move { engine.fetch(exchange).await });
        let Answered { reply, background } = abortable(&signal, fetched).await?;
        Ok((response::of(reply, recipient)?, background))
    }

    /// The route that wants a request of an HTTP server.
    pub(super) fn route(&self, model: &Request, native: &web_sys::Request) -> Option<Rc<Route>> {
        if !model.url.is_http() {
            return None;
        }
        // A clone: the application's matchers may add and remove routes.
        let router = self.engine.router.borrow().clone();
        router.find(model, native)
    }

    fn listen(self: &Rc<Self>) {
        *self.browser.channel.borrow_mut() = Channel::open(self.namespace.own(), Rc::downgrade(self));
    }

    /// Lets go of connections and of the channel: on close, and on the way into the back/forward cache.
    pub(super) fn freeze(&self) {
        *self.browser.channel.borrow_mut() = None;
        self.engine.stack.memory.hide();
        self.engine.stack.release();
    }

    /// Comes back after a freeze: reads wait until the directory is read anew.
    pub(super) fn thaw(self: &Rc<Self>) {
        self.listen();
        self.engine.stack.memory.hide();
        let inner = Rc::clone(self);
        let before = self.opening.borrow().clone();
        let thaws = self.thaws.get() + 1;
        self.thaws.set(thaws);
        *self.opening.borrow_mut() = Some(promise(Box::pin(async move {
            // One after the other: a second one forgets what the first has read.
            if let Some(before) = before {
                let _ = JsFuture::from(before).await;
            }
            inner.engine.stack.resync().await;
            inner.engine.catch_up().await;
            if inner.thaws.get() == thaws {
                *inner.opening.borrow_mut() = None;
            }
            let engine = Rc::clone(&inner.engine);
            let is_wanted = Self::wanted(&inner);
            spawn_local(async move { engine.heal(&is_wanted).await });
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

/// What `function` resolves to; nothing where it fails.
async fn call(function: &Function) -> JsValue {
    let made = function.call0(&JsValue::UNDEFINED).unwrap_or_default();
    JsFuture::from(Promise::resolve(&made)).await.unwrap_or_default()
}

/// One instantiation for all promises of ours.
pub(super) fn promise(work: LocalFuture<Settled>) -> Promise {
    future_to_promise(work)
}

/// The same of work whose first part is done when this returns.
pub(super) fn begin(mut work: LocalFuture<Settled>) -> Promise {
    match work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(value)) => Promise::resolve(&value),
        Poll::Ready(Err(error)) => Promise::reject(&error),
        Poll::Pending => promise(work),
    }
}

/// The outcome of `work`, or the signal's reason as soon as it fires.
async fn abortable<T>(
    signal: &web_sys::AbortSignal,
    mut work: LocalFuture<Result<T, Failure<JsValue>>>,
) -> Result<T, JsValue> {
    let listener = Array::of1(&"abort".into());
    let mut aborted = JsFuture::from(Promise::new(&mut |resolve, _| {
        listener.push(&resolve);
        let _ = dom::call(signal, "addEventListener", &listener);
    }));
    let outcome = poll_fn(move |context| {
        if let Poll::Ready(outcome) = work.as_mut().poll(context) {
            return Poll::Ready(outcome.map_err(errors::thrown));
        }
        core::pin::Pin::new(&mut aborted).poll(context).map(|_| Err(signal.reason()))
    })
    .await;
    // A signal that outlives the request must not keep it.
    let _ = dom::call(signal, "removeEventListener", &listener);
    outcome
}

/// The adapters of `tiers`, in that order.
fn durable(tiers: &[TierId], prefix: &str, sealer: Option<&JsValue>) -> Vec<Rc<dyn Tier<JsValue>>> {
    let adapter = |tier: &TierId| -> Option<Rc<dyn Tier<JsValue>>> {
        let plain: Rc<dyn Tier<JsValue>> = match tier {
            TierId::Memory => return None,
            // For a server, which could not read them.
            TierId::Cookie if sealer.is_some() => return None,
            TierId::Cookie => Rc::new(Cookies::new(prefix)),
            TierId::Session => Rc::new(WebStorage::session(prefix)),
            TierId::Local => Rc::new(WebStorage::local(prefix)),
            TierId::IndexedDb => Rc::new(IndexedDb::new(prefix)),
            TierId::CacheStorage => Rc::new(CacheTier::new(prefix)),
        };
        Some(match sealer {
            Some(sealer) => Rc::new(Sealed::new(plain, sealer)),
            None => plain,
        })
    };
    tiers.iter().filter_map(adapter).collect()
}
