//! `Vary` (RFC 9111 §4.1): which request fields a response was chosen by, and whether they match.

use std::borrow::Cow;

use super::rule::VaryCookie;
use super::text::{Names, list, members};
use crate::model::{Headers, Mode, Request, StoredResponse, digest};

/// More names than that are taken as `*`: it keeps matching linear, and no server means it.
const MAX_NAMES: usize = 128;

/// Whether `Vary` has a `*`, which no request ever matches.
pub(super) fn is_any(headers: &Headers) -> bool {
    names(headers).any(|name| name == "*") || names(headers).nth(MAX_NAMES).is_some()
}

/// The request's fields that the response nominates. One that is absent is left out: absent ≠ empty.
pub(super) fn nominated(request: &Request, response: &Headers) -> Headers {
    let mut nominated = Headers::new();
    for name in names(response) {
        let name = name.to_ascii_lowercase();
        if nominated.has(&name) {
            continue;
        }
        if let Some(value) = selecting(request, &name) {
            nominated.append(&name, &value);
        }
    }
    nominated
}

/// Whether `request` has the nominated fields that `stored` was chosen by.
pub(crate) fn matches_stored(request: &Request, stored: &StoredResponse) -> bool {
    matches(request, stored, VaryCookie::Ignore)
}

pub(super) fn matches(request: &Request, stored: &StoredResponse, cookie: VaryCookie) -> bool {
    names(&stored.response.headers).all(|name| {
        if name == "*" {
            return false;
        }
        let name = name.to_ascii_lowercase();
        if name == "cookie" {
            return cookie == VaryCookie::Ignore;
        }
        match (selecting(request, &name), stored.vary.get(&name)) {
            (None, None) => true,
            (Some(asked), Some(kept)) => same(&name, &asked, kept),
            _ => false,
        }
    })
}

fn names(headers: &Headers) -> impl Iterator<Item = &str> {
    members(headers, "vary")
}

/// The value a request is selected by. What may be a secret (`authorization`, `x-api-key`, …) is told apart without
/// being kept; what the browser adds by itself from the request's mode and destination is worked out.
fn selecting<'a>(request: &'a Request, name: &'a str) -> Option<Cow<'a, str>> {
    match name {
        "sec-fetch-dest" if request.destination.is_empty() => Some("empty".into()),
        "sec-fetch-dest" => Some(request.destination.as_str().into()),
        "sec-fetch-mode" => Some(
            match request.mode {
                Mode::Cors => "cors",
                Mode::SameOrigin => "same-origin",
                Mode::NoCors => "no-cors",
                Mode::Navigate => "navigate",
            }
            .into(),
        ),
        _ if !is_harmless(name) => request.headers.combined(name).map(|value| secret(&value).into()),
        _ => {
            // One field, as nearly always, needs no joining.
            let mut values = request.headers.values(name);
            match (values.next()?, values.next()) {
                (value, None) => Some(value.into()),
                _ => request.headers.combined(name).map(Cow::Owned),
            }
        }
    }
}

/// Fields that browsers send of themselves, which keep their text and their own rules of comparison.
fn is_harmless(name: &str) -> bool {
    name.starts_with("accept")
        || matches!(name, "content-type" | "origin" | "range" | "referer" | "user-agent")
}

/// A digest of the members without the white space around them: tells secrets apart where they must not be kept.
fn secret(value: &str) -> String {
    digest(list(value).flat_map(|member| [member, ","]).collect::<String>().as_bytes())
}

/// §4.1: equal once white space is normalised, and order and case too where the field's definition
/// gives them no meaning.
fn same(name: &str, a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let unordered = matches!(name, "accept" | "accept-charset" | "accept-encoding" | "accept-language");
    if unordered { folded(a) == folded(b) } else { list(a).eq(list(b)) }
}

/// The members in lower case, without white space, in alphabetical order.
fn folded(value: &str) -> Names {
    let fold = |member: &str| -> String {
        let bytes = member.bytes().filter(|byte| *byte != b' ' && *byte != b'\t');
        bytes.map(|byte| char::from(byte.to_ascii_lowercase())).collect()
    };
    Names::new(list(value).map(fold).collect())
}
