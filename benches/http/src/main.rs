//! What one HTTP decision costs natively, beside the `http-cache-semantics` crate: the same responses, turn by turn,
//! medians. Prints `{ "<work>": { "nearcache": ns, "http-cache-semantics": ns } }`.

use std::hint::black_box;
use std::time::{Duration, Instant, SystemTime};

use http::{HeaderName, HeaderValue};
use http_cache_semantics::{AfterResponse, BeforeRequest, CacheOptions, CachePolicy};
use nearcache_bench_http::{LANGUAGES, NOON, NOT_MODIFIED, Ours, RESPONSE, URL};

const ROUNDS: usize = 41;
const CALLS: u32 = 4000;

fn main() {
    let rows = rows();
    let mut times = vec![(Vec::new(), Vec::new()); rows.len()];
    // Turn by turn, so that a busy moment of the machine hits both alike.
    for _ in 0..ROUNDS {
        for ((_, ours, theirs), (our_times, their_times)) in rows.iter().zip(&mut times) {
            our_times.push(time(ours.as_ref()));
            their_times.push(time(theirs.as_ref()));
        }
    }
    let line = |((work, _, _), (ours, theirs)): (&Row, &mut (Vec<f64>, Vec<f64>))| {
        let (ours, theirs) = (median(ours), median(theirs));
        format!("  \"{work}\": {{ \"nearcache\": {ours:.0}, \"http-cache-semantics\": {theirs:.0} }}")
    };
    let lines: Vec<String> = rows.iter().zip(&mut times).map(line).collect();
    println!("{{\n{}\n}}", lines.join(",\n"));
}

/// What is done, by us and by the peer.
type Row = (&'static str, Box<dyn Fn()>, Box<dyn Fn()>);

fn rows() -> Vec<Row> {
    let row = |work, on_us: fn(&Ours), on_them: fn(&Theirs)| -> Row {
        let (ours, theirs) = (Ours::new(), Theirs::new());
        (work, Box::new(move || on_us(&ours)), Box::new(move || on_them(&theirs)))
    };
    vec![
        row("store a response", Ours::store, Theirs::store),
        row("a fresh one: may it answer", |ours| ours.fresh(1), |theirs| theirs.fresh(1)),
        row("a fresh one, and its headers", |ours| ours.headers(1), |theirs| theirs.headers(1)),
        row("the same of 3 variants", |ours| ours.headers(3), |theirs| theirs.headers(3)),
        row("a stale one: what to ask", Ours::stale, Theirs::stale),
        row("what a 304 changes", Ours::not_modified, Theirs::not_modified),
    ]
}

struct Theirs {
    request: http::Request<()>,
    response: http::Response<()>,
    /// One a language.
    policies: Vec<CachePolicy>,
    forward: http::request::Parts,
    news: http::Response<()>,
}

impl Theirs {
    fn new() -> Self {
        let response = their_response(200, RESPONSE);
        let request = their_request(LANGUAGES[2]);
        let policies: Vec<_> = LANGUAGES.map(|language| policy(&their_request(language), &response)).into();
        let BeforeRequest::Stale { request: forward, .. } =
            policies[2].before_request(&request, time_at(120))
        else {
            panic!("stale")
        };
        Self { request, response, policies, forward, news: their_response(304, NOT_MODIFIED) }
    }

    fn store(&self) {
        assert!(black_box(policy(&self.request, &self.response)).is_storable());
    }

    /// A policy knows nothing of other variants: they are tried one by one.
    fn before(&self, count: usize, seconds: u64) -> BeforeRequest {
        let first = self.policies.len() - count;
        let mut last = None;
        for policy in &self.policies[first..] {
            let found = policy.before_request(&self.request, time_at(seconds));
            if found.satisfies_without_revalidation() {
                return found;
            }
            last = Some(found);
        }
        last.expect("a policy")
    }

    /// It has no way to ask without making the headers.
    fn fresh(&self, count: usize) {
        assert!(black_box(self.before(count, 5)).satisfies_without_revalidation());
    }

    fn headers(&self, count: usize) {
        self.fresh(count);
    }

    fn stale(&self) {
        assert!(!black_box(self.before(1, 120)).satisfies_without_revalidation());
    }

    fn not_modified(&self) {
        let after = self.policies[2].after_response(&self.forward, &self.news, time_at(120));
        assert!(matches!(black_box(after), AfterResponse::NotModified(..)));
    }
}

fn their_request(language: &str) -> http::Request<()> {
    let request = http::Request::get(URL).header("accept", "application/json");
    request.header("accept-language", language).body(()).expect("a request")
}

fn their_response(status: u16, fields: &[(&'static str, &'static str)]) -> http::Response<()> {
    let mut response = http::Response::new(());
    *response.status_mut() = status.try_into().expect("a status");
    for (name, value) in fields {
        let (name, value) = (HeaderName::from_static(name), HeaderValue::from_static(value));
        response.headers_mut().append(name, value);
    }
    response
}

fn policy(request: &http::Request<()>, response: &http::Response<()>) -> CachePolicy {
    let options = CacheOptions { shared: false, ..CacheOptions::default() };
    CachePolicy::new_options(request, response, time_at(0), options)
}

fn time_at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(NOON + seconds)
}

/// Nanoseconds a call.
fn time(work: &dyn Fn()) -> f64 {
    let start = Instant::now();
    for _ in 0..CALLS {
        work();
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS)
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
