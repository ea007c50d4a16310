//! Short ways to say a request, a response, a stored one.

use nearcache::http::{Rule, store};
use nearcache::model::{
    CacheMode, Credentials, Headers, Millis, Mode, Request, Response, ResponseKind, StoredResponse,
    Timestamp, Url,
};

/// Noon of a day in 2023, in the form of `Date`.
pub(crate) const NOON: &str = "Tue, 14 Nov 2023 12:00:00 GMT";
pub(crate) const URL: &str = "https://shop.example/item?id=1";

/// `seconds` after [`NOON`].
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp(1_699_963_200_000_u64.saturating_add_signed(seconds * 1000))
}

pub(crate) fn secs(seconds: u64) -> Millis {
    Millis::from_secs(seconds)
}

/// `"name: value"` lines, `|` between them.
pub(crate) fn fields(text: &str) -> Headers {
    let pairs = text.split('|').map(str::trim).filter(|line| !line.is_empty());
    pairs.map(|line| line.split_once(':').map(|(n, v)| (n.trim(), v.trim())).expect("name: value")).collect()
}

pub(crate) fn get(headers: &str) -> Request {
    Request {
        method: "GET".into(),
        url: Url::new(URL),
        headers: fields(headers),
        cache: CacheMode::Default,
        mode: Mode::Cors,
        credentials: Credentials::SameOrigin,
        destination: String::new(),
    }
}

pub(crate) fn ask(method: &str, headers: &str) -> Request {
    Request { method: method.into(), ..get(headers) }
}

pub(crate) fn mode(cache: CacheMode) -> Request {
    Request { cache, ..get("") }
}

/// A response of [`NOON`].
pub(crate) fn response(status: u16, headers: &str) -> Response {
    let mut headers = fields(headers);
    if !headers.has("date") {
        headers.append("date", NOON);
    }
    Response { status, status_text: String::new(), headers, url: Url::new(URL), kind: ResponseKind::Readable }
}

/// What is kept of a response of [`NOON`] to a plain GET.
pub(crate) fn kept(status: u16, headers: &str) -> StoredResponse {
    kept_for(&get(""), status, headers)
}

pub(crate) fn kept_for(request: &Request, status: u16, headers: &str) -> StoredResponse {
    store(request, &response(status, headers), &Rule::default(), at(0), at(0)).expect("storable")
}
