//! Cookies: tiny values that the server sees with each request.
//!
//! Through the CookieStore API, or through document.cookie where there is none, and on pages without TLS: CookieStore
//! makes every cookie `Secure`, which WebKit then drops even on localhost. A cookie is called by the cache's
//! prefix and the key, percent-encoded; its value is metadata and value as text, percent-encoded. Cookies are
//! `SameSite=Lax`, `Path=/`, and `Secure` where the page is.

use core::future::ready;
use std::rc::Rc;

use js_sys::{
    Array, Date, Function, Object, Promise, Reflect, decode_uri_component, encode_uri_component, global,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::web_storage::{decode, encode};
use super::{Change, Durability, Listed, Listing, LocalFuture, Read, Tier, TierId};
use crate::dom;
use crate::error::TierError;
use crate::model::{Entry, Key, Kind, Timestamp};

/// RFC 6265bis §5.6 lets a browser drop a cookie whose name and value exceed this many bytes.
const MAX_LEN: usize = 4096;
/// RFC 6265bis §5.6.1 caps a cookie's lifetime at 400 days.
const MAX_AGE_MS: f64 = 400.0 * 86_400_000.0;
/// What lives shorter may be gone before it is looked for: cookies end by the second.
const LEAST_AGE_MS: f64 = 2000.0;

/// The jar of this origin, as far as it carries the prefix.
#[derive(Clone, Debug)]
pub struct Cookies {
    prefix: Rc<str>,
}

/// How this context reaches its cookies.
enum Jar {
    Store(JsValue),
    Document(JsValue),
}

impl Cookies {
    /// Cookies under `prefix`.
    #[must_use]
    pub fn new(prefix: &str) -> Self {
        Self { prefix: escape(prefix).into() }
    }

    fn name(&self, key: &Key) -> String {
        [&self.prefix, escape(key.as_str()).as_str()].concat()
    }

    fn key(&self, name: &str) -> Option<Key> {
        unescape(name.strip_prefix(&*self.prefix)?).map(|text| Key::internal(&text))
    }

    /// Each cookie of ours: key, and the entry if it can be read.
    async fn all(self) -> Result<Vec<(Key, Option<Entry<JsValue>>)>, TierError> {
        let mut entries = Vec::new();
        for (name, value) in Jar::find()?.list().await? {
            if let Some(key) = self.key(&name) {
                entries.push((key, unescape(&value).and_then(|record| decode(&record))));
            }
        }
        Ok(entries)
    }

    /// All of it, or nothing of what is put: that finds another home together, and leaves no copies here.
    async fn apply(self, changes: Vec<(Key, Change<JsValue>)>) -> Result<(), TierError> {
        let jar = Jar::find()?;
        let mut written = Vec::new();
        let mut outcome = self.write(&jar, changes, &mut written).await;
        // A browser refuses a cookie without a word.
        if outcome.is_ok() && !written.is_empty() {
            let kept = jar.list().await?;
            if !written.iter().all(|pair| kept.contains(pair)) {
                outcome = Err(TierError::Failed("the browser did not keep the cookie".into()));
            }
        }
        if outcome.is_err() {
            for (name, _) in written {
                jar.remove(&name).await?;
            }
        }
        outcome
    }

    /// Makes the changes; `written` gets those that must be there afterwards.
    async fn write(
        &self,
        jar: &Jar,
        changes: Vec<(Key, Change<JsValue>)>,
        written: &mut Vec<(String, String)>,
    ) -> Result<(), TierError> {
        let present = self.clone().all().await?;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let soon = Timestamp((Date::now() + LEAST_AGE_MS) as u64);
        for (key, change) in changes {
            let name = self.name(&key);
            let found = present.iter().find(|(found, _)| *found == key);
            let version = found.and_then(|(_, entry)| entry.as_ref()).map(|entry| entry.meta.version);
            if version.is_some_and(|version| change.yields_to(version)) {
                continue;
            }
            written.retain(|(earlier, _)| *earlier != name);
            match change {
                Change::Put(entry) => {
                    // A stale response can be validated; a value past its time is of no use to anybody.
                    let ttl = entry.meta.stale_until.or(entry.meta.expires);
                    let until = ttl.filter(|_| entry.meta.kind == Kind::Value);
                    let value = escape(&encode(&entry)?);
                    jar.set(&name, &value, until).await?;
                    if until.is_none_or(|at| at > soon) {
                        written.push((name, value));
                    }
                }
                Change::Remove | Change::RemoveUpTo(_) => jar.remove(&name).await?,
            }
        }
        Ok(())
    }
}

impl Tier<JsValue> for Cookies {
    fn id(&self) -> TierId {
        TierId::Cookie
    }

    fn accepts(&self, key: &Key, entry: &Entry<JsValue>) -> Result<(), TierError> {
        match self.name(key).len() + escape(&encode(entry)?).len() {
            0..=MAX_LEN => Ok(()),
            _ => Err(TierError::TooLarge),
        }
    }

    fn get_many(&self, keys: Vec<Key>) -> LocalFuture<Result<Vec<Read<JsValue>>, TierError>> {
        let this = self.clone();
        Box::pin(async move {
            let all = this.all().await?;
            let read = |key: Key| match all.iter().find(|(found, _)| *found == key) {
                Some((_, Some(entry))) => Read::Found(entry.clone()),
                Some((_, None)) => Read::Corrupt,
                None => Read::Missing,
            };
            Ok(keys.into_iter().map(read).collect())
        })
    }

    fn change_many(
        &self,
        changes: Vec<(Key, Change<JsValue>)>,
        _: Durability,
    ) -> LocalFuture<Result<(), TierError>> {
        Box::pin(self.clone().apply(changes))
    }

    fn list(&self) -> LocalFuture<Result<Listing<JsValue>, TierError>> {
        let this = self.clone();
        Box::pin(async move {
            let (mut entries, mut foreign) = (Vec::new(), Vec::new());
            for (key, entry) in this.clone().all().await? {
                match entry {
                    Some(Entry { meta, body }) => {
                        entries.push(Listed { key, meta: (*meta).clone(), body: Some(body) });
                    }
                    None => foreign.push((key, Change::Remove)),
                }
            }
            let corrupt = foreign.len() as u64;
            this.apply(foreign).await?;
            Ok(Listing { entries, corrupt })
        })
    }

    fn clear(&self) -> LocalFuture<Result<(), TierError>> {
        let this = self.clone();
        Box::pin(async move {
            let all = this.clone().all().await?;
            this.apply(all.into_iter().map(|(key, _)| (key, Change::Remove)).collect()).await
        })
    }
}

impl Jar {
    fn find() -> Result<Self, TierError> {
        let global = global();
        let get = |name: &str| Reflect::get(&global, &name.into()).ok().filter(JsValue::is_object);
        let document = get("document");
        if let Some(store) = get("cookieStore").filter(|_| is_secure() || document.is_none()) {
            return Ok(Self::Store(store));
        }
        let document = document.ok_or(TierError::Unavailable("this context has no cookies"))?;
        // Reading throws in a sandboxed frame.
        match Reflect::get(&document, &"cookie".into()) {
            Ok(_) => Ok(Self::Document(document)),
            Err(_) => Err(TierError::Unavailable("access to cookies is blocked")),
        }
    }

    async fn list(&self) -> Result<Vec<(String, String)>, TierError> {
        match self {
            Self::Store(store) => {
                let cookies = call(store, "getAll", &JsValue::UNDEFINED).await?;
                let text = |cookie: &JsValue, field: &str| {
                    Reflect::get(cookie, &field.into()).ok().and_then(|v| v.as_string()).unwrap_or_default()
                };
                Ok(Array::from(&cookies).iter().map(|c| (text(&c, "name"), text(&c, "value"))).collect())
            }
            Self::Document(document) => {
                let all = Reflect::get(document, &"cookie".into()).map_err(dom::tier_error)?;
                let all = all.as_string().unwrap_or_default();
                let pair = |cookie: &str| {
                    cookie.trim().split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()))
                };
                Ok(all.split(';').filter_map(pair).collect())
            }
        }
    }

    async fn remove(&self, name: &str) -> Result<(), TierError> {
        self.set(name, "", Some(Timestamp(0))).await
    }

    /// Sets a cookie until `until`, or for as long as a cookie may live; a past time removes it.
    async fn set(&self, name: &str, value: &str, until: Option<Timestamp>) -> Result<(), TierError> {
        let latest = Date::now() + MAX_AGE_MS;
        #[allow(clippy::cast_precision_loss)]
        let expires = until.map_or(latest, |at| (at.0 as f64).min(latest));
        match self {
            Self::Store(store) => {
                let cookie = Object::new();
                let fields: [(&str, JsValue); 5] = [
                    ("name", name.into()),
                    ("value", value.into()),
                    ("path", "/".into()),
                    ("sameSite", "lax".into()),
                    ("expires", expires.into()),
                ];
                for (field, value) in fields {
                    Reflect::set(&cookie, &field.into(), &value).map_err(dom::tier_error)?;
                }
                call(store, "set", &cookie).await.map(|_| ())
            }
            Self::Document(document) => {
                let date = Date::new(&expires.into()).to_utc_string();
                let secure = if is_secure() { "; Secure" } else { "" };
                let date = String::from(date);
                let cookie = [name, "=", value, "; Path=/; SameSite=Lax; Expires=", &date, secure].concat();
                Reflect::set(document, &"cookie".into(), &cookie.into()).map_err(dom::tier_error)?;
                ready(Ok(())).await
            }
        }
    }
}

/// Whether this context came over TLS.
fn is_secure() -> bool {
    let location = Reflect::get(&global(), &"location".into());
    let protocol = location.and_then(|location| Reflect::get(&location, &"protocol".into()));
    protocol.is_ok_and(|protocol| protocol == "https:")
}

async fn call(store: &JsValue, method: &str, argument: &JsValue) -> Result<JsValue, TierError> {
    let function = Reflect::get(store, &method.into()).map_err(dom::tier_error)?;
    let function = function.dyn_ref::<Function>().ok_or(TierError::Unavailable("no CookieStore here"))?;
    let result =
        if argument.is_undefined() { function.call0(store) } else { function.call1(store, argument) };
    let promise: Promise = result.map_err(dom::tier_error)?.unchecked_into();
    JsFuture::from(promise).await.map_err(dom::tier_error)
}

fn escape(text: &str) -> String {
    encode_uri_component(text).into()
}

fn unescape(text: &str) -> Option<String> {
    decode_uri_component(text).ok().map(String::from)
}
