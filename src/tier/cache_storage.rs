//! The Cache API: large, streamed and opaque bodies.
//!
//! An entry is one record: a made-up GET request that carries the metadata in a header of its own, and a
//! response that carries the body. So both commit together, an opaque response too keeps its metadata, and
//! `keys()` lists metadata without touching a body.

use core::cell::Cell;
use std::rc::Rc;

use js_sys::{Array, ArrayBuffer, Promise, Reflect, decode_uri_component, encode_uri_component, global};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, Cache, CacheQueryOptions, CacheStorage, Headers, Request, RequestInit, Response, ResponseInit,
};

use super::{Change, Durability, Listed, Listing, LocalFuture, Read, Tier, TierId, text};
use crate::dom;
use crate::error::TierError;
use crate::model::{Entry, Key, Meta};

/// The made-up requests' origin: reserved by RFC 2606, so that it is nobody's.
const BASE: &str = "https://nearcache.invalid/";
/// Carries [`Meta::encode`], percent-encoded.
const META: &str = "x-nearcache-meta";
/// Ends the name of the cache that a browser's ways are tried in; there for a moment, under the lock of this one's writes.
const TRIAL: &str = "!trial";
/// Says what kind of value the body stands for.
const KIND: &str = "x-nearcache-kind";

/// One cache of the origin's Cache Storage.
#[derive(Clone, Debug)]
pub struct CacheTier {
    name: Rc<str>,
    /// What [`Self::keeps_requests`] found.
    keeps_requests: Rc<Cell<Option<bool>>>,
}

impl CacheTier {
    /// The cache called `name`.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.into(), keeps_requests: Rc::default() }
    }

    /// The origin's Cache Storage; absent in insecure contexts.
    fn storage() -> Result<CacheStorage, TierError> {
        match Reflect::get(&global(), &"caches".into()) {
            Ok(caches) if caches.is_object() => Ok(caches.unchecked_into()),
            Ok(_) => Err(TierError::Unavailable("the Cache API needs a secure context")),
            Err(_) => Err(TierError::Unavailable("access to the Cache API is blocked")),
        }
    }

    async fn cache(&self) -> Result<Cache, TierError> {
        Self::named(&self.name).await
    }

    async fn named(name: &str) -> Result<Cache, TierError> {
        let cache = JsFuture::from(Self::storage()?.open(name)).await.map_err(dom::tier_error)?;
        Ok(cache.unchecked_into())
    }

    /// Whether this browser leaves the request as it was when a record is overwritten, and old metadata with it, as WebKit
    /// does. Tried once.
    async fn keeps_requests(&self) -> Result<bool, TierError> {
        if let Some(known) = self.keeps_requests.get() {
            return Ok(known);
        }
        let name = [&*self.name, TRIAL].concat();
        let trial = Self::named(&name).await?;
        let address = Request::new_with_str(BASE).map_err(dom::tier_error)?;
        for form in ["old", "new"] {
            let request = carrying(&address, form).map_err(dom::tier_error)?;
            settled(trial.put_with_request(&request, &to_response(&JsValue::NULL)?)).await?;
        }
        let found = stored(&trial, &address).await?.and_then(|found| found.headers().get(META).ok()?);
        settled(Self::storage()?.delete(&name)).await?;
        let keeps = found.as_deref() != Some("new");
        self.keeps_requests.set(Some(keeps));
        Ok(keeps)
    }

    async fn read(cache: &Cache, key: &Key) -> Result<Read<JsValue>, TierError> {
        let request: Request = address(key).map_err(dom::tier_error)?;
        let Some(stored) = stored(cache, &request).await? else { return Ok(Read::Missing) };
        let response = cache.match_with_request_and_options(&request, &ignoring_vary());
        let response = JsFuture::from(response).await.map_err(dom::tier_error)?;
        let Ok(response) = response.dyn_into::<Response>() else { return Ok(Read::Missing) };
        let Some(meta) = meta_of(&stored) else { return Ok(Read::Corrupt) };
        Ok(match body_of(response).await? {
            Some(body) => Read::Found(Entry { meta: meta.into(), body }),
            None => Read::Corrupt,
        })
    }

    async fn apply(self, changes: Vec<(Key, Change<JsValue>)>) -> Result<(), TierError> {
        let cache = self.cache().await?;
        for (key, change) in changes {
            let request = address(&key).map_err(dom::tier_error)?;
            let present = stored(&cache, &request).await?;
            if present.as_ref().and_then(meta_of).is_some_and(|meta| change.yields_to(meta.version)) {
                continue;
            }
            match change {
                Change::Put(entry) => {
                    if present.is_some() && self.keeps_requests().await? {
                        remove(&cache, &request).await?;
                    }
                    let request = with_meta(&key, &entry.meta).map_err(dom::tier_error)?;
                    settled(cache.put_with_request(&request, &to_response(&entry.body)?)).await?;
                }
                Change::Remove | Change::RemoveUpTo(_) => remove(&cache, &request).await?,
            }
        }
        Ok(())
    }
}

impl Tier<JsValue> for CacheTier {
    fn id(&self) -> TierId {
        TierId::CacheStorage
    }

    fn accepts(&self, _: &Key, entry: &Entry<JsValue>) -> Result<(), TierError> {
        to_response(&entry.body).map(|_| ())
    }

    fn get_many(&self, keys: Vec<Key>) -> LocalFuture<Result<Vec<Read<JsValue>>, TierError>> {
        let this = self.clone();
        Box::pin(async move {
            let cache = this.cache().await?;
            let mut found = Vec::with_capacity(keys.len());
            for key in keys {
                found.push(Self::read(&cache, &key).await?);
            }
            Ok(found)
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
            let cache = this.cache().await?;
            let keys = JsFuture::from(cache.keys()).await.map_err(dom::tier_error)?;
            let (mut entries, mut corrupt) = (Vec::new(), 0);
            for request in Array::from(&keys).iter() {
                let request: Request = request.unchecked_into();
                if let (Some(key), Some(meta)) = (key_of(&request), meta_of(&request)) {
                    entries.push(Listed { key, meta, body: None });
                } else {
                    corrupt += 1;
                    remove(&cache, &request).await?;
                }
            }
            Ok(Listing { entries, corrupt })
        })
    }

    fn clear(&self) -> LocalFuture<Result<(), TierError>> {
        let this = self.clone();
        Box::pin(async move { settled(Self::storage()?.delete(&this.name)).await })
    }
}

/// The made-up request that a record was stored under.
async fn stored(cache: &Cache, request: &Request) -> Result<Option<Request>, TierError> {
    let keys = cache.keys_with_request_and_options(request, &ignoring_vary());
    let keys = JsFuture::from(keys).await.map_err(dom::tier_error)?;
    Ok(Array::from(&keys).get(0).dyn_into().ok())
}

async fn remove(cache: &Cache, request: &Request) -> Result<(), TierError> {
    settled(cache.delete_with_request_and_options(request, &ignoring_vary())).await
}

async fn settled(promise: Promise) -> Result<(), TierError> {
    JsFuture::from(promise).await.map(|_| ()).map_err(dom::tier_error)
}

fn ignoring_vary() -> CacheQueryOptions {
    let options = CacheQueryOptions::new();
    options.set_ignore_vary(true);
    options
}

fn address(key: &Key) -> Result<Request, JsValue> {
    Request::new_with_str(&[BASE, &String::from(encode_uri_component(key.as_str()))].concat())
}

fn with_meta(key: &Key, meta: &Meta) -> Result<Request, JsValue> {
    carrying(&address(key)?, &String::from(encode_uri_component(&meta.encode())))
}

fn carrying(address: &Request, form: &str) -> Result<Request, JsValue> {
    let headers = Headers::new()?;
    headers.set(META, form)?;
    let init = RequestInit::new();
    init.set_headers(&headers);
    Request::new_with_request_and_init(address, &init)
}

fn key_of(request: &Request) -> Option<Key> {
    let name = decode_uri_component(request.url().strip_prefix(BASE)?).ok()?;
    Some(Key::internal(&String::from(name)))
}

fn meta_of(request: &Request) -> Option<Meta> {
    let text = decode_uri_component(&request.headers().get(META).ok()??).ok()?;
    Meta::decode(&String::from(text)).ok().map(|(meta, _)| meta)
}

/// The body as a response: bytes and Blobs as they are, opaque responses whole, anything else as text.
fn to_response(body: &JsValue) -> Result<Response, TierError> {
    if let Some(response) = body.dyn_ref::<Response>() {
        return response.clone().map_err(dom::tier_error);
    }
    if let Some(blob) = body.dyn_ref::<Blob>() {
        Response::new_with_opt_blob_and_init(Some(blob), &kind_header("blob")?)
    } else if let Some(buffer) = body.dyn_ref::<ArrayBuffer>() {
        Response::new_with_opt_buffer_source_and_init(Some(buffer), &kind_header("buffer")?)
    } else {
        Response::new_with_opt_str_and_init(Some(&text::encode(body)?), &kind_header("text")?)
    }
    .map_err(dom::tier_error)
}

fn kind_header(kind: &str) -> Result<ResponseInit, TierError> {
    let headers = Headers::new().map_err(dom::tier_error)?;
    headers.set(KIND, kind).map_err(dom::tier_error)?;
    let init = ResponseInit::new();
    init.set_headers(&headers);
    Ok(init)
}

/// The value a stored response stands for; `None` when it is not one of ours.
async fn body_of(response: Response) -> Result<Option<JsValue>, TierError> {
    let kind = response.headers().get(KIND).map_err(dom::tier_error)?;
    let body = match kind.as_deref() {
        Some("blob") => response.blob(),
        Some("buffer") => response.array_buffer(),
        Some("text") => response.text(),
        // An opaque response has no visible headers and is its own body.
        _ => return Ok((response.status() == 0).then(|| response.into())),
    };
    let body = JsFuture::from(body.map_err(dom::tier_error)?).await.map_err(dom::tier_error)?;
    Ok(if kind.as_deref() == Some("text") {
        text::decode(&body.as_string().unwrap_or_default())
    } else {
        Some(body)
    })
}
