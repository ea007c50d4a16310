//! The Cache API: large, streamed and opaque bodies.
//!
//! An entry is one record: a made-up GET request that carries the metadata in a header of its own, and a response that
//! carries the body. So both commit together, an opaque response too keeps its metadata, and `keys()` lists metadata
//! without touching a body. A new record is written beside the old one, which is then removed.

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
use crate::model::{Entry, Key, Meta, Version};

/// The made-up requests' origin: reserved by RFC 2606, so that it is nobody's.
const BASE: &str = "https://nearcache.invalid/";
/// Carries [`Meta::encode`], percent-encoded.
const META: &str = "x-nearcache-meta";
/// What ends an address: a write takes the one that is free, and then removes the other. A process that dies while it
/// overwrites may leave nothing (Chromium), and what WebKit overwrites keeps its old metadata.
const PLACES: [&str; 2] = ["", "?2"];
/// Says what kind of value the body stands for.
const KIND: &str = "x-nearcache-kind";

/// One cache of the origin's Cache Storage.
#[derive(Clone, Debug)]
pub struct CacheTier(Rc<str>);

impl CacheTier {
    /// The cache called `name`.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(name.into())
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
        let cache = JsFuture::from(Self::storage()?.open(&self.0)).await.map_err(dom::tier_error)?;
        Ok(cache.unchecked_into())
    }

    async fn read(cache: &Cache, key: &Key) -> Result<Read<JsValue>, TierError> {
        for _ in 0..2 {
            let Some(newest) = records(cache, key).await?.into_iter().next() else { break };
            let response = cache.match_with_request_and_options(&newest, &ignoring_vary());
            let response = JsFuture::from(response).await.map_err(dom::tier_error)?;
            // A write beside it has replaced it meanwhile.
            let Ok(response) = response.dyn_into::<Response>() else { continue };
            return Ok(match (meta_of(&newest), body_of(response).await?) {
                (Some(meta), Some(body)) => Read::Found(Entry { meta: meta.into(), body }),
                _ => Read::Corrupt,
            });
        }
        Ok(Read::Missing)
    }

    async fn apply(self, changes: Vec<(Key, Change<JsValue>)>) -> Result<(), TierError> {
        let cache = self.cache().await?;
        for (key, change) in changes {
            let present = records(&cache, &key).await?;
            let yields =
                |record: &Request| version_of(record).is_some_and(|version| change.yields_to(version));
            if let Change::Put(entry) = &change {
                if present.first().is_some_and(yields) {
                    continue;
                }
                self::put(&cache, &key, entry, &present).await?;
            } else {
                // The older one first: it must not be seen again.
                for record in present.iter().rev().filter(|record| !yields(record)) {
                    remove(&cache, record).await?;
                }
            }
        }
        Ok(())
    }
}

/// Writes beside what is `present`, which goes once that is done.
async fn put(cache: &Cache, key: &Key, entry: &Entry<JsValue>, present: &[Request]) -> Result<(), TierError> {
    if let [_, older] = present {
        remove(cache, older).await?;
    }
    let is_second = present.first().is_some_and(|newest| !newest.url().ends_with(PLACES[1]));
    let free = url(key, PLACES[usize::from(is_second)]);
    let request = carrying(&free, &entry.meta).map_err(dom::tier_error)?;
    settled(cache.put_with_request(&request, &to_response(&entry.body)?)).await?;
    if present.is_empty() {
        return Ok(());
    }
    // Asked anew: who did not wait for our lock any longer may have written meanwhile.
    for record in records(cache, key).await? {
        if record.url() != free && version_of(&record) <= Some(entry.meta.version) {
            remove(cache, &record).await?;
        }
    }
    Ok(())
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
        Box::pin(async move { settled(Self::storage()?.delete(&this.0)).await })
    }
}

/// The made-up requests of the key's records, the newest first. There is one, or two where a write was cut off.
async fn records(cache: &Cache, key: &Key) -> Result<Vec<Request>, TierError> {
    let asked = Array::new();
    for place in PLACES {
        let request = Request::new_with_str(&url(key, place)).map_err(dom::tier_error)?;
        asked.push(&cache.keys_with_request_and_options(&request, &ignoring_vary()));
    }
    let found = JsFuture::from(Promise::all(&asked)).await.map_err(dom::tier_error)?;
    let mut records = Vec::new();
    for keys in Array::from(&found).iter() {
        records.extend(Array::from(&keys).get(0).dyn_into::<Request>());
    }
    if let [first, second] = &records[..]
        && version_of(first) < version_of(second)
    {
        records.swap(0, 1);
    }
    Ok(records)
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

fn url(key: &Key, place: &str) -> String {
    [BASE, &String::from(encode_uri_component(key.as_str())), place].concat()
}

fn carrying(url: &str, meta: &Meta) -> Result<Request, JsValue> {
    let headers = Headers::new()?;
    headers.set(META, &String::from(encode_uri_component(&meta.encode())))?;
    let init = RequestInit::new();
    init.set_headers(&headers);
    Request::new_with_str_and_init(url, &init)
}

fn key_of(request: &Request) -> Option<Key> {
    let url = request.url();
    let name = url.strip_prefix(BASE)?;
    let name = name.strip_suffix(PLACES[1]).unwrap_or(name);
    Some(Key::internal(&String::from(decode_uri_component(name).ok()?)))
}

fn meta_of(request: &Request) -> Option<Meta> {
    let text = decode_uri_component(&request.headers().get(META).ok()??).ok()?;
    Meta::decode(&String::from(text)).ok().map(|(meta, _)| meta)
}

fn version_of(request: &Request) -> Option<Version> {
    meta_of(request).map(|meta| meta.version)
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
