//! Route matchers and options as typed routes.

use js_sys::{Function, RegExp, global};
use wasm_bindgen::{JsCast, JsValue};

use super::fields::{Faults, Fields};
use crate::dom;
use crate::error::Error;
use crate::http::{Methods, Opaque, Rule};
use crate::model::{Bytes, Limit, OWN_TAG, digest};
use crate::origin::key::{BodyParts, KeyParts, QueryParts};
use crate::router::{Matcher, Route, path_matches};
use crate::strategy::Strategy;

const MATCHER: &str = "a path pattern, a URL prefix, a RegExp, a URLPattern, a function, or an object of \
                       `url`, `method`, `destination` and `mode`";

/// What `route` was given to match.
pub(super) fn matcher(value: &JsValue) -> Result<Matcher<JsValue>, Error> {
    if let Some(text) = value.as_string() {
        return Ok(by_text(text));
    }
    if let Some(pattern) = value.dyn_ref::<RegExp>() {
        let pattern = pattern.clone();
        return Ok(Box::new(move |request, _| {
            pattern.set_last_index(0);
            pattern.test(request.url.as_str())
        }));
    }
    if let Some(function) = value.dyn_ref::<Function>() {
        let function = function.clone();
        // A matcher that throws matches nothing: routing must not fail a request.
        return Ok(Box::new(move |_, native| {
            function.call1(&JsValue::UNDEFINED, native).is_ok_and(|answer| answer.is_truthy())
        }));
    }
    if dom::get(value, "test").is_function() && dom::get(value, "pathname").is_string() {
        let pattern = value.clone();
        return Ok(Box::new(move |request, _| {
            let url = js_sys::Array::of1(&request.url.as_str().into());
            dom::call(&pattern, "test", &url).is_some_and(|answer| answer.is_truthy())
        }));
    }
    if value.is_object() {
        return by_fields(value);
    }
    Err(Error::option("matcher", MATCHER))
}

fn by_text(text: String) -> Matcher<JsValue> {
    let own = dom::text(&dom::get(&global(), "location"), "origin").unwrap_or_default();
    if text.starts_with('/') {
        return Box::new(move |request, _| {
            request.url.origin() == own && path_matches(&text, request.url.path())
        });
    }
    Box::new(move |request, _| request.url.as_str().starts_with(&text))
}

fn by_fields(value: &JsValue) -> Result<Matcher<JsValue>, Error> {
    let faults = Faults::default();
    let fields = faults.fields(value, "matcher", &["url", "method", "destination", "mode"]);
    let [method, destination, mode] = ["method", "destination", "mode"].map(|name| fields.text(name));
    let url = fields.raw("url");
    faults.check()?;
    let url = if url.is_undefined() { None } else { Some(matcher(&url)?) };
    Ok(Box::new(move |request, native| {
        url.as_ref().is_none_or(|url| url(request, native))
            && method.as_ref().is_none_or(|method| method.eq_ignore_ascii_case(&request.method))
            && destination.as_ref().is_none_or(|destination| *destination == request.destination)
            && mode.as_ref().is_none_or(|mode| dom::text(native, "mode").as_ref() == Some(mode))
    }))
}

/// What `route` was given to do with what it was given to match, by which its responses are known.
pub(super) fn route(value: &JsValue, matcher: &JsValue) -> Result<Route, Error> {
    let known = [
        "strategy",
        "ttl",
        "staleWhileRevalidate",
        "staleIfError",
        "timeout",
        "key",
        "tags",
        "tier",
        "statuses",
        "opaque",
        "maxEntries",
        "maxBytes",
    ];
    let faults = Faults::default();
    let fields = faults.fields(value, "route", &known);
    let strategy = fields.read(
        "strategy",
        "\"http\", \"cache-first\", \"network-first\", \"stale-while-revalidate\", \"cache-only\" or \
         \"network-only\"",
        |value| Strategy::parse(&value.as_string()?),
    );
    let strategy = match (strategy.unwrap_or_default(), fields.duration("timeout")) {
        (Strategy::NetworkFirst { .. }, timeout) => Strategy::NetworkFirst { timeout },
        (strategy, timeout) => {
            if timeout.is_some() {
                fields.refuse("timeout", "only with the strategy \"network-first\"");
            }
            strategy
        }
    };
    let statuses = fields.read("statuses", "an array of status codes from 200 to 599", |value| {
        let codes = js_sys::Array::is_array(value).then(|| js_sys::Array::from(value))?;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        codes
            .iter()
            .map(|code| code.as_f64().filter(|n| (200.0..600.0).contains(n)).map(|n| n as u16))
            .collect::<Option<Vec<u16>>>()
    });
    let key = key_parts(&fields);
    let rule = Rule {
        ttl: fields.duration("ttl"),
        stale_while_revalidate: fields.duration("staleWhileRevalidate"),
        stale_if_error: fields.duration("staleIfError"),
        statuses,
        store_opaque: match fields.flag("opaque") {
            Some(true) => Opaque::Store,
            _ => Opaque::Refuse,
        },
        // A route that says what of a request is its key says that its responses can be reused.
        methods: if fields.has("key") { Methods::Any } else { Methods::Http },
        ..Rule::default()
    };
    let tags = fields.texts("tags").unwrap_or_default();
    let entries = fields.whole("maxEntries", 1.0, "a whole number, 1 or more");
    let bytes = fields.bytes("maxBytes");
    let limit = (entries.is_some() || bytes.is_some()).then(|| Limit {
        tag: [OWN_TAG.to_string().as_str(), &name(matcher)].concat(),
        entries: entries.and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX),
        bytes: bytes.unwrap_or(Bytes(u64::MAX)),
    });
    let route = Route { strategy, rule, key, tags, tier: fields.tier("tier"), limit };
    faults.check()?;
    Ok(route)
}

/// What a matcher goes by, the same at each start: a digest of its source.
fn name(matcher: &JsValue) -> String {
    let parts = ["protocol", "hostname", "port", "pathname", "search"]
        .map(|part| dom::text(matcher, part).unwrap_or_default());
    let source = match (matcher.as_string(), parts.concat()) {
        (Some(text), _) => text,
        (None, pattern) if !pattern.is_empty() => pattern,
        _ if matcher.is_function() || matcher.is_instance_of::<RegExp>() => {
            matcher.unchecked_ref::<js_sys::Object>().to_string().into()
        }
        _ => {
            let source = js_sys::JSON::stringify(matcher).map(String::from).unwrap_or_default();
            [source, name(&dom::get(matcher, "url"))].concat()
        }
    };
    digest(source.as_bytes())
}

fn key_parts(route: &Fields<'_>) -> KeyParts {
    let fields = route.object("key", &["query", "headers", "body"]);
    let query = fields.read("query", "an array of parameter names, or false for none", |value| {
        if value.as_bool() == Some(false) { Some(Vec::new()) } else { super::fields::texts(value) }
    });
    let body = fields.read("body", "true, or an array of JSON pointers", |value| match value.as_bool() {
        Some(true) => Some(BodyParts::Whole),
        Some(false) => Some(BodyParts::None),
        None => super::fields::texts(value).map(BodyParts::Pointers),
    });
    let headers = fields.texts("headers").unwrap_or_default();
    KeyParts {
        query: query.map_or(QueryParts::All, QueryParts::Only),
        headers: headers.iter().map(|name| name.to_ascii_lowercase()).collect(),
        body: body.unwrap_or_default(),
    }
}
