//! The cache key of a request: method, URL, and the parts that the route chooses, as API Gateway lets one
//! choose them; signatures left out, identity and credentials mode put in.

use super::Profile;
use crate::model::{Credentials, Key, RESPONSE, Request, Url, digest};

/// Ends the primary key; a variant's own mark follows.
const VARIANT: char = '\u{1f}';
/// Starts a part beside method and URL.
const PART: char = '\u{1e}';
/// What can follow the URL in a key.
pub const FENCES: [char; 2] = [VARIANT, PART];

/// What of a request makes its key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyParts {
    /// Which query parameters count.
    pub query: QueryParts,
    /// Header fields that count, in lower case.
    pub headers: Vec<String>,
    /// Whether the body counts, and what of it.
    pub body: BodyParts,
}

/// Which query parameters count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum QueryParts {
    /// All, in the order they come.
    #[default]
    All,
    /// These, in this order.
    Only(Vec<String>),
}

/// What of a request's body counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum BodyParts {
    /// Nothing: requests with a body have no key, unless their method (QUERY) says so.
    #[default]
    None,
    /// All of it.
    Whole,
    /// The JSON values at these pointers (RFC 6901).
    Pointers(Vec<String>),
}

/// The primary key of `request`; `body` is the digest of the body parts that count, `who` the application's
/// own word on whom the request speaks for. Variants stand under it, see [`variant_key`]. HEAD shares the key of GET.
#[must_use]
pub fn primary(
    profile: Profile,
    own_origin: &str,
    parts: &KeyParts,
    request: &Request,
    body: Option<&str>,
    who: Option<&str>,
) -> String {
    let method = if request.method == "HEAD" { "GET" } else { request.method.as_str() };
    let url = filtered(profile, &parts.query, &request.url);
    let mut key = [RESPONSE, method, " ", url.as_str()].concat();
    for name in &parts.headers {
        // A digest: the field may be a credential (`x-api-key`), and keys are stored and told to listeners.
        let value = request.headers.combined(name).map(|value| digest(value.as_bytes()));
        push(&mut key, name, &value.unwrap_or_default());
    }
    if let Some(body) = body {
        push(&mut key, "body", body);
    }
    if let Some(identity) = who.map(|who| digest(who.as_bytes())).or_else(|| profile.identity(request)) {
        push(&mut key, "as", &identity);
    }
    // What is sent, not what it is called: to the own origin `same-origin` is `include`, to others `omit`.
    let own = request.url.origin() == own_origin;
    match request.credentials {
        Credentials::Omit if own => push(&mut key, "credentials", "omit"),
        Credentials::Include if !own => push(&mut key, "credentials", "include"),
        _ => {}
    }
    key
}

/// What starts the keys of all variants of a primary key.
#[must_use]
pub fn variant_prefix(primary: &str) -> String {
    let mut prefix = primary.to_owned();
    prefix.push(VARIANT);
    prefix
}

/// The key of the variant called `mark`.
#[must_use]
pub fn variant_key(primary: &str, mark: &str) -> Key {
    Key::internal(&[&variant_prefix(primary), mark].concat())
}

/// The primary key that a variant's key starts with.
#[must_use]
pub fn primary_of(key: &Key) -> &str {
    let key = key.as_str();
    key.split_once(VARIANT).map_or(key, |(primary, _)| primary)
}

/// The parts of a key beside method, URL and variant: whom it is for, and what the route chose.
#[must_use]
pub fn parts_of(key: &Key) -> &str {
    let primary = primary_of(key);
    primary.find(PART).and_then(|at| primary.get(at..)).unwrap_or_default()
}

/// Whether `key` is of a response to the path of `url`, whatever the query.
#[must_use]
pub fn is_of_path(key: &Key, method: &str, url: &Url) -> bool {
    let rest = key.as_str().strip_prefix(of_path(method, url).as_str());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('?') || rest.starts_with(FENCES))
}

/// What starts the primary keys of `method`'s responses to the path of `url`, whatever the query.
#[must_use]
pub fn of_path(method: &str, url: &Url) -> String {
    [RESPONSE, method, " ", url.origin(), url.path()].concat()
}

/// Parts are fenced by a character that no URL, header name or digest holds.
fn push(key: &mut String, name: &str, value: &str) {
    key.push(PART);
    key.push_str(name);
    key.push('=');
    key.push_str(value);
}

/// `url` without the parameters that sign it.
#[must_use]
pub fn unsigned(profile: Profile, url: &Url) -> Url {
    filtered(profile, &QueryParts::All, url)
}

fn filtered(profile: Profile, parts: &QueryParts, url: &Url) -> Url {
    let Some(query) = url.query() else { return url.clone() };
    let name = |pair: &&str| pair.split('=').next().unwrap_or_default().to_owned();
    let kept = query.split('&').filter(|pair| !profile.is_signature(&name(pair)));
    let kept: Vec<&str> = match parts {
        QueryParts::All => kept.collect(),
        // In the route's order, so that the request's does not matter.
        QueryParts::Only(names) => {
            let kept: Vec<&str> = kept.collect();
            let mut chosen = Vec::new();
            for wanted in names {
                chosen.extend(kept.iter().filter(|pair| name(pair) == *wanted));
            }
            chosen
        }
    };
    url.with_query(&kept.join("&"))
}
