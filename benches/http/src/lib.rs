//! What nearcache does, for `main.rs` natively, and for a page as the wasm that [`decide`] is in.

use std::hint::black_box;

use nearcache::http::{Rule, served_headers, store};
use nearcache::model::{Headers, Request, Response, ResponseKind, StoredResponse, Timestamp, Url};
use nearcache::strategy::{Forward, Outcome, Plan, Settlement, Strategy, plan, settle};

pub const URL: &str = "https://shop.example/api/products/p17?lang=en";
/// Noon of a day in 2023, as below.
pub const NOON: u64 = 1_699_963_200;
/// A typical JSON answer of an API behind a CDN.
pub const RESPONSE: &[(&str, &str)] = &[
    ("content-type", "application/json; charset=utf-8"),
    ("content-length", "1024"),
    ("date", "Tue, 14 Nov 2023 12:00:00 GMT"),
    ("last-modified", "Tue, 14 Nov 2023 10:00:00 GMT"),
    ("etag", "\"5d8c72a5edda8d6a\""),
    ("cache-control", "public, max-age=60, stale-while-revalidate=30"),
    ("vary", "Accept-Encoding, Accept-Language"),
    ("age", "3"),
    ("via", "1.1 abc.cloudfront.net (CloudFront)"),
    ("x-cache", "Hit from cloudfront"),
];
pub const NOT_MODIFIED: &[(&str, &str)] = &[
    ("date", "Tue, 14 Nov 2023 12:02:00 GMT"),
    ("etag", "\"5d8c72a5edda8d6a\""),
    ("cache-control", "public, max-age=60, stale-while-revalidate=30"),
    ("vary", "Accept-Encoding, Accept-Language"),
];
pub const LANGUAGES: [&str; 3] = ["de", "fr-FR, fr;q=0.8", "en-GB, en;q=0.9"];

/// Nearcache, with all that it decides about.
pub struct Ours {
    rule: Rule,
    request: Request,
    response: Response,
    /// One a language.
    stored: Vec<StoredResponse>,
    forward: Forward,
    news: Response,
}

impl Ours {
    pub fn new() -> Self {
        let response = our_response(200, RESPONSE);
        let kept = |language| store(&our_request(language), &response, &Rule::default(), at(0), at(0));
        let mut new = Self {
            rule: Rule::default(),
            request: our_request(LANGUAGES[2]),
            stored: LANGUAGES.into_iter().filter_map(kept).collect(),
            response,
            forward: Forward::default(),
            news: our_response(304, NOT_MODIFIED),
        };
        let Plan::Forward(forward) = new.plan(1, 120) else { panic!("stale") };
        new.forward = forward;
        new
    }

    pub fn store(&self) {
        black_box(store(&self.request, &self.response, &self.rule, at(0), at(0)));
    }

    /// The last of `count` variants is the one.
    fn plan(&self, count: usize, seconds: u64) -> Plan {
        let first = self.stored.len() - count;
        let variants: Vec<&StoredResponse> = self.stored[first..].iter().collect();
        plan(Strategy::Http, &self.rule, &self.request, &variants, at(seconds))
    }

    pub fn fresh(&self, count: usize) {
        assert!(matches!(black_box(self.plan(count, 5)), Plan::Serve(_)));
    }

    pub fn headers(&self, count: usize) {
        let Plan::Serve(serve) = self.plan(count, 5) else { panic!("fresh") };
        let stored = &self.stored[self.stored.len() - count + serve.variant];
        black_box(served_headers(stored, at(5)));
    }

    pub fn stale(&self) {
        assert!(matches!(black_box(self.plan(1, 120)), Plan::Forward(_)));
    }

    pub fn not_modified(&self) {
        let (variants, outcome) = ([&self.stored[2]], Outcome::Response(&self.news));
        let settled = settle(&self.forward, &self.rule, &self.request, &variants, outcome, at(120), at(120));
        assert!(matches!(black_box(settled), Settlement::Freshened { .. }));
    }
}

fn our_request(language: &str) -> Request {
    let fields = [("accept", "application/json"), ("accept-language", language)];
    Request { headers: fields.into_iter().collect(), ..Request::get(Url::new(URL)) }
}

fn our_response(status: u16, fields: &[(&str, &str)]) -> Response {
    Response {
        status,
        status_text: String::new(),
        headers: fields.iter().copied().collect::<Headers>(),
        url: Url::new(URL),
        kind: ResponseKind::Readable,
    }
}

fn at(seconds: u64) -> Timestamp {
    Timestamp((NOON + seconds) * 1000)
}

/// In a page: whether a fresh response may answer, and its headers, `times` times.
#[cfg(target_arch = "wasm32")]
#[unsafe(no_mangle)]
pub extern "C" fn decide(times: u32) {
    let ours = Ours::new();
    for _ in 0..times {
        ours.headers(1);
    }
}
