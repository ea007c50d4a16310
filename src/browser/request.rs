//! Fetch requests as exchanges of the engine.

use js_sys::{Array, Function, JSON, Object, Reflect, global};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestCache, RequestCredentials, RequestMode};

use crate::dom;
use crate::engine::Exchange;
use crate::error::Error;
use crate::model::{CacheMode, Credentials, Headers, Mode, Request, Url, digest};
use crate::origin::fetch;
use crate::origin::key::BodyParts;

/// `new Request(input, init)`: the platform's own parsing and checks.
pub(super) fn native(input: &JsValue, init: &JsValue) -> Result<web_sys::Request, (Error, JsValue)> {
    if init.is_undefined()
        && let Some(request) = input.dyn_ref::<web_sys::Request>()
    {
        return Ok(JsValue::from(request).unchecked_into());
    }
    let constructor: Function = dom::get(&global(), "Request").unchecked_into();
    let arguments = if init.is_undefined() { Array::of1(input) } else { Array::of2(input, init) };
    Reflect::construct(&constructor, &arguments)
        .map(JsCast::unchecked_into)
        .map_err(|thrown| (Error::Request(dom::message(&thrown)), thrown))
}

/// Whether a request has header fields that somebody set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Author {
    /// None, as of a plain URL.
    Nobody,
    /// There may be some.
    Somebody,
}

/// The parts that decisions depend on.
pub(super) fn model(native: &web_sys::Request, author: Author) -> Request {
    Request {
        method: native.method(),
        url: Url::new(&native.url()),
        headers: match author {
            Author::Nobody => Headers::new(),
            Author::Somebody => fetch::headers(&native.headers()),
        },
        cache: match native.cache() {
            RequestCache::NoStore => CacheMode::NoStore,
            RequestCache::Reload => CacheMode::Reload,
            RequestCache::NoCache => CacheMode::NoCache,
            RequestCache::ForceCache => CacheMode::ForceCache,
            RequestCache::OnlyIfCached => CacheMode::OnlyIfCached,
            _ => CacheMode::Default,
        },
        mode: match native.mode() {
            RequestMode::SameOrigin => Mode::SameOrigin,
            RequestMode::NoCors => Mode::NoCors,
            RequestMode::Navigate => Mode::Navigate,
            _ => Mode::Cors,
        },
        credentials: match native.credentials() {
            RequestCredentials::Omit => Credentials::Omit,
            RequestCredentials::Include => Credentials::Include,
            _ => Credentials::SameOrigin,
        },
        destination: dom::text(native, "destination").unwrap_or_default(),
    }
}

/// The signal that aborts the request.
pub(super) fn signal(exchange: &Exchange<JsValue>) -> AbortSignal {
    exchange.native.unchecked_ref::<web_sys::Request>().signal()
}

/// Whether the body is part of the key.
pub(super) fn needs_body(exchange: &Exchange<JsValue>) -> bool {
    *body_parts(exchange) != BodyParts::None
}

fn body_parts(Exchange { request, route, .. }: &Exchange<JsValue>) -> &BodyParts {
    match (&route.key.body, request.method.as_str()) {
        // The body of a QUERY is what it asks for.
        (BodyParts::None, "QUERY") => &BodyParts::Whole,
        (parts, _) => parts,
    }
}

/// The digest of a copy of the body, as far as that is part of the key.
pub(super) async fn body_key(exchange: &Exchange<JsValue>) -> Result<Option<String>, JsValue> {
    let native = exchange.native.unchecked_ref();
    Ok(match body_parts(exchange) {
        BodyParts::None => None,
        BodyParts::Whole => {
            // What the body means, its type says.
            let kind = exchange.request.headers.get("content-type").unwrap_or_default();
            Some(digest([kind, "\n", &body_text(native).await?].concat().as_bytes()))
        }
        BodyParts::Pointers(pointers) => {
            let text = body_text(native).await?;
            // A body that is no JSON is told apart by its text.
            let chosen = JSON::parse(&text).map(|json| canonical(&pick(&json, pointers)));
            Some(digest(chosen.unwrap_or(text).as_bytes()))
        }
    })
}

async fn body_text(native: &web_sys::Request) -> Result<String, JsValue> {
    let text = JsFuture::from(native.clone()?.text()?).await?;
    Ok(text.as_string().unwrap_or_default())
}

/// The values at `pointers` (RFC 6901), in that order.
fn pick(json: &JsValue, pointers: &[String]) -> JsValue {
    let at = |pointer: &String| {
        pointer
            .split('/')
            .skip(1)
            .fold(json.clone(), |value, token| dom::get(&value, &token.replace("~1", "/").replace("~0", "~")))
    };
    pointers.iter().map(at).collect::<Array>().into()
}

/// JSON with sorted names, so that equal values are equal texts.
fn canonical(value: &JsValue) -> String {
    if Array::is_array(value) {
        let items: Vec<String> = Array::from(value).iter().map(|item| canonical(&item)).collect();
        return ["[", &items.join(","), "]"].concat();
    }
    if value.is_object() {
        let names = Object::keys(value.unchecked_ref::<Object>()).sort();
        let member = |name: JsValue| {
            let text = name.as_string().unwrap_or_default();
            [&canonical(&name), ":", &canonical(&dom::get(value, &text))].concat()
        };
        let members: Vec<String> = names.iter().map(member).collect();
        return ["{", &members.join(","), "}"].concat();
    }
    JSON::stringify(value).ok().and_then(|text| text.as_string()).unwrap_or_default()
}
