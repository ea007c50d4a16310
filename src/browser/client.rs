//! `Client`: what the package's `open` wraps.
//!
//! Async methods clone the inner `Rc` before they await, so that nothing of `self` is borrowed meanwhile and
//! a freed client does not pull the rug from under an operation.

use std::rc::Rc;

use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::fields::Faults;
use super::inner::{Inner, Settled, begin, promise};
use super::input::{prepare, prepare_many, value_key, value_keys};
use super::{adopt, errors, input, options, results, value};
use crate::engine::{Failure, Select};
use crate::error::Error;
use crate::event::Event;
use crate::model::Key;
use crate::tier::{Host, LocalFuture, Slot, TierId};

/// One open cache.
#[wasm_bindgen]
pub struct Client {
    pub(super) inner: Rc<Inner>,
}

#[wasm_bindgen]
impl Client {
    /// Checks the options and begins to open the tiers. `error_class` is what errors are made of.
    ///
    /// # Errors
    /// `invalid-option`, with the option's path.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue, error_class: &JsValue) -> Result<Client, JsValue> {
        errors::use_class(error_class);
        let inner = Inner::new(options::open(options).map_err(throw)?)?;
        Ok(Self { inner })
    }

    /// Resolves when the tiers are open. A tier that fails is left out; rejects when none is left.
    pub fn ready(&self) -> Promise {
        self.run(async |inner| inner.check_tiers().map(|()| JsValue::UNDEFINED))
    }

    /// A private copy of the fresh value under `key`, or undefined.
    pub fn get(&self, key: &JsValue) -> Promise {
        let key = value_key(key);
        if let Some(copy) = key.as_ref().ok().and_then(|key| self.copy_now(key)) {
            return Promise::resolve(&copy);
        }
        self.read(key)
    }

    /// The same for many keys, read in one go.
    #[wasm_bindgen(js_name = getMany)]
    pub fn get_many(&self, keys: &JsValue) -> Promise {
        let keys = match value_keys(keys) {
            Ok(keys) => keys,
            Err(error) => return Promise::reject(&error),
        };
        let read = |key: Key| match self.copy_now(&key) {
            Some(copy) => copy,
            None => self.read(Ok(key)).into(),
        };
        Promise::all(&keys.into_iter().map(read).collect::<Array>())
    }

    /// Keeps a copy of `value`, which memory shows at once; resolves to the name of its home when that has
    /// committed.
    pub fn set(&self, key: &JsValue, value: &JsValue, options: &JsValue) -> Promise {
        let prepared = prepare(key, value, options, "options");
        if self.inner.is_open() {
            let admitted = self.inner.admit(&prepared);
            let inner = Rc::clone(&self.inner);
            // Begun at once: of a long burst of writes the store is at work on the first while the last are made.
            return begin(Box::pin(async move { inner.commit(admitted?).await }));
        }
        self.run(async move |inner| inner.commit(inner.admit(&prepared)?).await)
    }

    /// The same for many `[key, value, options?]`; checked before anything is written, in one commit a tier.
    #[wasm_bindgen(js_name = setMany)]
    pub fn set_many(&self, entries: &JsValue) -> Promise {
        let prepared = prepare_many(entries);
        self.run(async move |inner| {
            let prepared = prepared?;
            for (key, kept, options) in &prepared {
                inner.engine.check(key, kept.clone(), options).map_err(throw)?;
            }
            let admitted: Result<Vec<_>, JsValue> =
                prepared.into_iter().map(|entry| inner.admit(&Ok(entry))).collect();
            let admitted = admitted?;
            let commit = |entry| {
                let inner = Rc::clone(&inner);
                begin(Box::pin(async move { inner.commit(entry).await }))
            };
            inner.engine.stack.hold(true);
            let writes: Array = admitted.into_iter().map(commit).collect();
            inner.engine.stack.hold(false);
            JsFuture::from(Promise::all(&writes)).await
        })
    }

    /// Removes `key`; resolves to whether it was there.
    pub fn delete(&self, key: &JsValue) -> Promise {
        let key = value_key(key);
        self.run_now(async move |inner| {
            let count = inner.engine.invalidate(&Select::Keys(vec![key?])).await.map_err(throw)?;
            Ok((count > 0).into())
        })
    }

    /// Whether there is a fresh value under `key`; reads no value.
    pub fn has(&self, key: &JsValue) -> Promise {
        let key = value_key(key);
        self.run(async move |inner| Ok(inner.engine.has(&key?).into()))
    }

    /// The fresh value under `key` if memory has it, at once. Plain data is frozen and shared, and shown to the
    /// mirror.
    ///
    /// # Errors
    /// `invalid-key`, `closed`.
    pub fn peek(&self, key: &JsValue) -> Result<JsValue, JsValue> {
        self.inner.check_open()?;
        let name = value_key(key)?;
        // Before the directory is read (anew), nobody knows what of memory still holds.
        if !self.inner.is_open() {
            return Ok(JsValue::UNDEFINED);
        }
        let Some((kept, slot, expires)) = self.inner.engine.show(&name) else {
            return Ok(JsValue::UNDEFINED);
        };
        let view = value::view(&kept);
        if view == kept
            && let Some(show) = &*self.inner.mirror.borrow()
        {
            #[allow(clippy::cast_precision_loss)]
            let expires = expires.map_or(f64::INFINITY, |at| at.0 as f64);
            let _ = show.call4(&JsValue::UNDEFINED, key, &view, &slot.0.into(), &expires.into());
        }
        Ok(view)
    }

    /// Names who keeps what `peek` has shown, by `show(key, value, slot, expires)`, and lets go of it by
    /// `hide(slot)`.
    pub fn mirror(&self, show: Function, hide: Function) {
        *self.inner.mirror.borrow_mut() = Some(show);
        self.inner.engine.stack.memory.mirror(Box::new(move |slot| {
            let _ = hide.call1(&JsValue::UNDEFINED, &slot.0.into());
        }));
    }

    /// Notes uses that the mirror has seen.
    pub fn touch(&self, slots: &[u32]) {
        self.inner.engine.stack.memory.touch(slots.iter().copied().map(Slot));
    }

    /// The value under `key`, or what `loader` makes of it, loaded once for all callers.
    #[wasm_bindgen(js_name = getOrSet)]
    pub fn get_or_set(&self, key: &JsValue, loader: &JsValue, options: &JsValue) -> Promise {
        let key = value_key(key);
        let options = options::set(options, "options").map_err(throw);
        let loader = loader.dyn_ref::<Function>().cloned();
        let is_its_own =
            key.as_ref().is_ok_and(|key| self.inner.loading.borrow().iter().any(|loading| loading == key));
        self.run(async move |inner| {
            let key = key?;
            if is_its_own {
                return Err(throw(Error::OwnKey(key.name().to_owned())));
            }
            let loader = loader.ok_or_else(|| throw(Error::option("loader", "a function")))?;
            let name = JsValue::from(key.name());
            let (this, own) = (Rc::clone(&inner), key.clone());
            let load = move || -> LocalFuture<_> {
                Box::pin(async move {
                    this.loading.borrow_mut().push(own);
                    let made = loader.call1(&JsValue::UNDEFINED, &name);
                    this.loading.borrow_mut().pop();
                    let made = made.map_err(Failure::Thrown)?;
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
        self.run_now(async move |inner| {
            let selects = input::selects(&inner, &what)?;
            let count = inner.engine.invalidate_all(&selects).await.map_err(throw)?;
            Ok(u32::try_from(count).unwrap_or(u32::MAX).into())
        })
    }

    /// Removes everything of this cache, version and partition, in every tier and context.
    pub fn clear(&self) -> Promise {
        self.run_now(async |inner| inner.engine.clear().await.map(|()| JsValue::UNDEFINED).map_err(throw))
    }

    /// `[key, info, id]` of each entry, values first, in key order.
    pub fn entries(&self, filter: &JsValue) -> Promise {
        let faults = Faults::default();
        let prefix = faults.fields(filter, "filter", &["prefix"]).text("prefix").unwrap_or_default();
        let checked = faults.check();
        self.run(async move |inner| {
            checked.map_err(throw)?;
            Ok(results::entries(&inner.engine.stack, &prefix, inner.browser.now()))
        })
    }

    /// What the names of this cache's stores start with.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn prefix(&self) -> String {
        self.inner.namespace.own().to_owned()
    }

    /// Takes over an entry of `old`, as `changed`, and removes it there; without `changed` only that. Resolves to whether
    /// that was done: what finds no place stays where it was. Waits for nothing, as it is part of the opening.
    pub fn adopt(&self, old: &Client, id: &str, changed: JsValue) -> Promise {
        let (inner, old) = (Rc::clone(&self.inner), Rc::clone(&old.inner));
        let key = Key::internal(id);
        promise(Box::pin(async move {
            let stacks = (&inner.engine.stack, &old.engine.stack);
            adopt::adopt(stacks.0, stacks.1, key, &changed).await.map(JsValue::from).map_err(throw)
        }))
    }

    /// Tells listeners that a migration failed.
    pub fn report(&self, tier: &str, message: String) {
        let tier = TierId::parse(tier).unwrap_or(TierId::Memory);
        self.inner.browser.emit(Event::Error { tier, code: "migration-failed", message });
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
        if let Some(closing) = &*self.inner.closing.borrow() {
            return closing.clone();
        }
        self.inner.closed.set(true);
        let inner = Rc::clone(&self.inner);
        let closing = promise(Box::pin(async move {
            inner.opened().await;
            inner.engine.flush().await;
            *inner.lifecycle.borrow_mut() = None;
            inner.freeze();
            Ok(JsValue::UNDEFINED)
        }));
        *self.inner.closing.borrow_mut() = Some(closing.clone());
        closing
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

    /// A private copy of the fresh value under `key`, from wherever it is.
    fn read(&self, key: Result<Key, JsValue>) -> Promise {
        self.run(async move |inner| {
            let kept = inner.engine.get(&key?).await;
            Ok(kept.map_or(JsValue::UNDEFINED, |kept| value::copy(&kept)))
        })
    }

    /// What memory has, without a detour through the queue of tasks.
    fn copy_now(&self, key: &Key) -> Option<JsValue> {
        if !self.inner.is_open() {
            return None;
        }
        self.inner.engine.get_now(key).map(|kept| value::copy(&kept))
    }

    /// Runs `work` once the tiers are open.
    pub(super) fn run<F>(&self, work: F) -> Promise
    where
        F: AsyncFnOnce(Rc<Inner>) -> Settled + 'static,
    {
        let inner = Rc::clone(&self.inner);
        self.inner.promise(Box::pin(async move { work(inner).await }))
    }

    /// The same, begun at once where they are: what is removed comes before what is written after the call.
    fn run_now<F>(&self, work: F) -> Promise
    where
        F: AsyncFnOnce(Rc<Inner>) -> Settled + 'static,
    {
        if !self.inner.is_open() {
            return self.run(work);
        }
        let inner = Rc::clone(&self.inner);
        begin(Box::pin(async move { work(inner).await }))
    }
}

pub(super) fn throw(error: Error) -> JsValue {
    errors::make(&error, None)
}
