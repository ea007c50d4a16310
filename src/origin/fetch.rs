//! The network, through the platform's own `fetch`, taken once at start: whoever replaces `globalThis.fetch`
//! later, we included, is not called back.

use js_sys::{Array, Function, Promise, Reflect, Uint8Array, WeakMap, global};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, ReadableStream, Request, RequestCache, RequestInit, Response, ResponseType, Url};

use super::{Collected, Incoming, Origin, SendError, Sending, Tee};
use crate::dom;
use crate::model::{self, Bytes, CacheMode, Headers, ResponseKind};
use crate::tier::LocalFuture;

/// Bodies from this size on are kept as Blobs, which browsers can hold on disk.
const BLOB_FROM: u64 = 256 * 1024;
/// What Chromium charges an opaque response on average, so that its size does not tell what it is; Firefox charges less.
const OPAQUE_PADDING: Bytes = Bytes::mib(7);

thread_local! {
    /// What the browser has asked for already, by request: the promise of its answer.
    static ANSWERS: WeakMap = WeakMap::new();
}

/// Notes that the browser has sent `request` already (a navigation preload), where `answer` is the promise of what
/// comes back: it is taken in place of another request.
pub fn expect(request: &Request, answer: &JsValue) {
    if answer.is_object() {
        ANSWERS.with(|answers| answers.set(request, answer));
    }
}

/// What has come back, where it was sent already and nobody took it. One that failed comes as a rejection, and in
/// Firefox as an error response.
async fn expected(request: &JsValue) -> Option<Response> {
    let answer = ANSWERS.with(|answers| answers.get(request.unchecked_ref()));
    let response = JsFuture::from(answer.dyn_into::<Promise>().ok()?).await.ok()?;
    let response: Response = response.dyn_into().ok()?;
    (response.type_() != ResponseType::Error && !response.body_used()).then_some(response)
}

/// The network of this context.
#[derive(Clone, Debug)]
pub struct Network {
    fetch: Function,
}

impl Network {
    /// Takes the native `fetch`; `None` where there is none.
    #[must_use]
    pub fn new() -> Option<Self> {
        Reflect::get(&global(), &"fetch".into()).ok()?.dyn_into().ok().map(|fetch| Self { fetch })
    }

    async fn exchange(self, request: JsValue, how: Sending) -> Result<Incoming<JsValue>, JsValue> {
        if let Some(response) = expected(&request).await {
            return Ok(Incoming { head: head(&response), native: response.into() });
        }
        let request = match how.cache {
            None => request,
            Some(mode) => rebuilt(request.unchecked_ref(), mode, &how.headers)?.into(),
        };
        let promise: Promise = self.fetch.call1(&global(), &request)?.unchecked_into();
        let response: Response = JsFuture::from(promise).await?.dyn_into()?;
        Ok(Incoming { head: head(&response), native: response.into() })
    }
}

impl Origin<JsValue> for Network {
    fn send(
        &self,
        request: &JsValue,
        how: Sending,
    ) -> LocalFuture<Result<Incoming<JsValue>, SendError<JsValue>>> {
        let exchange = self.clone().exchange(request.clone(), how);
        let aborted = request.unchecked_ref::<Request>().signal();
        Box::pin(async move {
            exchange.await.map_err(|thrown| match aborted.aborted() {
                true => SendError::Aborted(thrown),
                false => SendError::Failed(thrown),
            })
        })
    }

    fn tee(&self, incoming: &Incoming<JsValue>, most: Bytes) -> Result<Tee<JsValue>, JsValue> {
        let caller: Response = incoming.native.clone().unchecked_into();
        let store = caller.clone()?;
        let expected = incoming.length();
        let store = async move {
            let (body, size) = match (expected, store.body()) {
                (None, Some(body)) => match collect(&body, most).await? {
                    Some(blob) => kept(blob).await?,
                    None => return Ok(Collected::TooLarge),
                },
                _ => read(store, expected).await?,
            };
            Ok(Collected::Whole(body, size))
        };
        Ok(Tee { caller: caller.into(), store: Box::pin(store) })
    }

    fn read(&self, incoming: Incoming<JsValue>) -> LocalFuture<Result<(JsValue, Bytes), JsValue>> {
        let expected = incoming.length();
        Box::pin(read(incoming.native.unchecked_into(), expected))
    }

    fn duplicate(&self, request: &JsValue) -> Option<JsValue> {
        let request: &Request = request.unchecked_ref();
        let copy = if request.body_used() { None } else { request.clone().ok() }?;
        let answer = ANSWERS.with(|answers| answers.get(request));
        expect(&copy, &answer);
        Some(copy.into())
    }

    fn join(
        &self,
        old: &JsValue,
        new: &JsValue,
        keep_before: u64,
        keep_after: u64,
    ) -> LocalFuture<Result<(JsValue, Bytes), JsValue>> {
        let length = dom::length(old);
        let tail = dom::slice(old, length.saturating_sub(keep_after), length);
        let parts = Array::of3(&dom::slice(old, 0, keep_before), new, &tail);
        let joined = Blob::new_with_blob_sequence(&parts);
        Box::pin(async move { kept(joined?).await })
    }

    fn resolve(&self, base: &str, relative: &str) -> Option<String> {
        Url::new_with_base(relative, base).ok().map(|url| url.href())
    }
}

/// The whole body, as it is kept: bytes when small, a Blob when large, an opaque response as itself.
async fn read(response: Response, expected: Option<Bytes>) -> Result<(JsValue, Bytes), JsValue> {
    if response.type_() == ResponseType::Opaque {
        return Ok((response.into(), OPAQUE_PADDING));
    }
    let blob: Blob = JsFuture::from(response.blob()?).await?.unchecked_into();
    if expected.is_some_and(|Bytes(expected)| expected > dom::length(&blob)) {
        // RFC 9111 §3.3: an incomplete body is not stored as complete.
        return Err(js_sys::Error::new("the body is shorter than its Content-Length").into());
    }
    kept(blob).await
}

/// All of `body`; `None` as soon as it is longer than `most`. By way of the platform's own collector, which moves to disk
/// what is large.
async fn collect(body: &ReadableStream, most: Bytes) -> Result<Option<Blob>, JsValue> {
    let none = Array::new();
    let Ok(class) = dom::get(&global(), "TransformStream").dyn_into::<Function>() else {
        let whole = Response::new_with_opt_readable_stream(Some(body))?;
        return JsFuture::from(whole.blob()?).await.map(|blob| Some(blob.unchecked_into()));
    };
    let pipe = Reflect::construct(&class, &none)?;
    let reader = dom::call(body, "getReader", &none).unwrap_or_default();
    let writer = dom::call(&dom::get(&pipe, "writable"), "getWriter", &none).unwrap_or_default();
    let collector = Response::new_with_opt_readable_stream(dom::get(&pipe, "readable").dyn_ref())?;
    let blob = JsFuture::from(collector.blob()?);
    let mut left = most.0;
    let cut = loop {
        let part = match promised(&reader, "read", &none).await {
            Ok(part) if dom::get(&part, "done").is_falsy() => dom::get(&part, "value"),
            Ok(_) => break None,
            Err(thrown) => break Some(Err(thrown)),
        };
        match left.checked_sub(part.unchecked_ref::<Uint8Array>().byte_length().into()) {
            Some(rest) => left = rest,
            None => break Some(Ok(None)),
        }
        if let Err(thrown) = promised(&writer, "write", &Array::of1(&part)).await {
            break Some(Err(thrown));
        }
    };
    let Some(cut) = cut else {
        promised(&writer, "close", &none).await?;
        return blob.await.map(|blob| Some(blob.unchecked_into()));
    };
    // It settles when the caller's half has ended too; nobody waits for that.
    drop(promised(&reader, "cancel", &none));
    // Closed, not aborted: of a stream that fails Firefox writes to the console, whoever catches it.
    let _ = promised(&writer, "close", &none).await;
    let _ = blob.await;
    cut
}

/// What a method promises.
fn promised(object: &JsValue, method: &str, arguments: &Array) -> JsFuture {
    JsFuture::from(Promise::resolve(&dom::call(object, method, arguments).unwrap_or_default()))
}

/// Bytes in the form that they are kept in, and how many there are.
async fn kept(blob: Blob) -> Result<(JsValue, Bytes), JsValue> {
    let size = dom::length(&blob);
    if size >= BLOB_FROM {
        return Ok((blob.into(), Bytes(size)));
    }
    Ok((JsFuture::from(blob.array_buffer()).await?, Bytes(size)))
}

fn rebuilt(request: &Request, mode: CacheMode, extra: &Headers) -> Result<Request, JsValue> {
    let init = RequestInit::new();
    init.set_cache(match mode {
        CacheMode::Default => RequestCache::Default,
        CacheMode::NoStore => RequestCache::NoStore,
        CacheMode::Reload => RequestCache::Reload,
        CacheMode::NoCache => RequestCache::NoCache,
        CacheMode::ForceCache => RequestCache::ForceCache,
        CacheMode::OnlyIfCached => RequestCache::OnlyIfCached,
    });
    if !extra.is_empty() {
        let headers = web_sys::Headers::new_with_headers(&request.headers())?;
        for (name, value) in extra.iter() {
            headers.set(name, value)?;
        }
        init.set_headers(&headers);
    }
    Request::new_with_request_and_init(request, &init)
}

/// The visible head of a response.
#[must_use]
pub fn head(response: &Response) -> model::Response {
    let kind = match response.type_() {
        ResponseType::Opaque => ResponseKind::Opaque,
        ResponseType::Opaqueredirect => ResponseKind::OpaqueRedirect,
        _ if response.redirected() => ResponseKind::Redirected,
        ResponseType::Cors => ResponseKind::Cors,
        _ => ResponseKind::Readable,
    };
    model::Response {
        status: response.status(),
        status_text: response.status_text(),
        headers: headers(&response.headers()),
        url: model::Url::new(&response.url()),
        kind,
    }
}

/// Header fields as plain data.
#[must_use]
pub fn headers(native: &web_sys::Headers) -> Headers {
    let mut fields = Headers::new();
    // In one go: each step of an iterator crosses over four times.
    for pair in Array::from(native).iter() {
        let pair: Array = pair.unchecked_into();
        if let (Some(name), Some(value)) = (pair.get(0).as_string(), pair.get(1).as_string()) {
            fields.append(&name, &value);
        }
    }
    fields
}
