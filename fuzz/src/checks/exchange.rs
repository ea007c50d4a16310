//! Two stored responses, a request and an answer with any fields: what is decided must at least make sense.

use super::dice::Dice;
use super::value;
use crate::support::{ask, get, response};
use nearcache::http::*;
use nearcache::model::{CacheMode, Headers, Request, Response, StoredResponse, Timestamp, Url};
use nearcache::strategy::{Forward, Outcome, Plan, Serve, Settlement, Store, Strategy, plan, settle};

const REQUEST: [&str; 12] = [
    "cache-control",
    "pragma",
    "if-none-match",
    "if-modified-since",
    "if-range",
    "range",
    "accept",
    "cookie",
    "authorization",
    "x",
    "if-match",
    "accept-language",
];
const RESPONSE: [&str; 18] = [
    "cache-control",
    "expires",
    "date",
    "age",
    "last-modified",
    "etag",
    "vary",
    "content-range",
    "content-length",
    "content-location",
    "location",
    "connection",
    "cache-groups",
    "content-type",
    "content-encoding",
    "set-cookie",
    "x",
    "pragma",
];

/// Choices, then lines: a mark for whose field it is, one for its name, and the value.
pub(crate) fn check(dice: &mut Dice<'_>) {
    let ways = [
        Strategy::Http,
        Strategy::CacheFirst,
        Strategy::NetworkFirst { timeout: None },
        Strategy::StaleWhileRevalidate,
        Strategy::CacheOnly,
        Strategy::NetworkOnly,
    ];
    let modes = [
        CacheMode::Default,
        CacheMode::NoStore,
        CacheMode::Reload,
        CacheMode::NoCache,
        CacheMode::ForceCache,
        CacheMode::OnlyIfCached,
    ];
    let way = dice.pick(&ways);
    let cache = dice.pick(&modes);
    let method = dice.pick(&["GET", "GET", "HEAD", "QUERY", "POST", "DELETE"]);
    let status = dice.pick(&[200, 206, 304, 0, 204, 301, 404, 416, 500, 503, 999]);
    let kept = [dice.pick(&[200, 206, 404]), dice.pick(&[200, 206, 301])];
    let rule = Rule {
        ranges: dice.pick(&[Ranges::Combine, Ranges::Slice]),
        methods: dice.pick(&[Methods::Http, Methods::Http, Methods::Any]),
        vary_cookie: dice.pick(&[VaryCookie::NoMatch, VaryCookie::Ignore]),
        ttl: dice.maybe_below(90).map(|ttl| crate::support::secs(ttl.into())),
        ..Rule::default()
    };
    let (sent, received) = (moment(dice), moment(dice));
    let (now, end) = (moment(dice), moment(dice));
    let mut fields: [Headers; 6] = Default::default();
    while let Some(line) = dice.line() {
        let [whose, name, rest @ ..] = line else { continue };
        let whose = usize::from(*whose) % fields.len();
        let names: &[&str] = if whose < 3 { &REQUEST } else { &RESPONSE };
        fields[whose].append(names[usize::from(*name) % names.len()], &value(rest));
    }
    let [one, other, asked, first, second, news] = fields;
    let mut stored = Vec::new();
    for (status, (fields, headers)) in kept.into_iter().zip([(one, first), (other, second)]) {
        let request = Request { headers: fields, ..get("") };
        let head = Response { headers, ..response(status, "") };
        stored.extend(kept_of(&request, &head, &rule, sent, received));
    }
    let variants: Vec<&StoredResponse> = stored.iter().collect();
    let request = Request { headers: asked, cache, ..ask(method, "") };
    let news = Response { headers: news, ..response(status, "") };
    for stored in &variants {
        let _ = (served_headers(stored, now), expires_at(stored, &rule), lifetime(stored, &rule));
    }
    let _ = invalidated(&request, &news, &|_, text| Some(Url::new(text)));
    let only = CacheControl::of_request(&request.headers).only_if_cached;
    let forward = match plan(way, &rule, &request, &variants, now) {
        Plan::Serve(serve) => {
            assert!(!matches!(cache, CacheMode::NoStore | CacheMode::Reload | CacheMode::NoCache));
            assert!(serve.revalidate.is_none() || !only);
            served(&serve, &variants)
        }
        Plan::Forward(forward) => {
            assert!(!only && cache != CacheMode::OnlyIfCached);
            // A change goes to the origin by any strategy, and so does who wants no cache at all.
            let passes = !matches!(method, "GET" | "HEAD" | "QUERY");
            assert!(way != Strategy::CacheOnly || passes);
            assert!(cache != CacheMode::NoStore || forward.store == Store::Bypass);
            Some(forward)
        }
        Plan::GatewayTimeout => None,
        Plan::NetworkError => {
            assert_eq!(cache, CacheMode::OnlyIfCached);
            None
        }
    };
    let Some(forward) = forward else { return };
    for index in [forward.fallback, forward.selected].into_iter().flatten() {
        assert!(index < variants.len());
    }
    for outcome in [Outcome::Failed, Outcome::TimedOut, Outcome::Response(&news)] {
        let settlement = settle(&forward, &rule, &request, &variants, outcome, now, end);
        settled(settlement, outcome, &forward, &variants);
    }
}

/// Mostly of one hour, so that ages and dates meet.
fn moment(dice: &mut Dice<'_>) -> Timestamp {
    match dice.byte() {
        255 => Timestamp(dice.number()),
        minutes => crate::support::at(i64::from(minutes) * 15),
    }
}

fn kept_of(
    request: &Request,
    head: &Response,
    rule: &Rule,
    sent: Timestamp,
    received: Timestamp,
) -> Option<StoredResponse> {
    let stored = store(request, head, rule, sent, received)?;
    sound(&stored);
    let says = CacheControl::of(&head.headers);
    assert!(!says.no_store || says.must_understand);
    Some(stored)
}

/// What no stored response has.
fn sound(stored: &StoredResponse) {
    for name in ["connection", "set-cookie", "transfer-encoding"] {
        assert!(!stored.response.headers.has(name), "{name}");
    }
    assert!(stored.response.status != 304);
}

fn served(serve: &Serve, variants: &[&StoredResponse]) -> Option<Forward> {
    let stored = variants[serve.variant];
    if let Answer::Part(range) = serve.answer {
        let mut headers = stored.response.headers.clone();
        partial_headers(&mut headers, range.of(stored, 10));
    }
    serve.revalidate.clone()
}

fn settled(settlement: Settlement, outcome: Outcome<'_>, forward: &Forward, variants: &[&StoredResponse]) {
    let answered = match outcome {
        Outcome::Response(response) => Some(response),
        Outcome::Failed | Outcome::TimedOut => None,
    };
    match settlement {
        Settlement::Deliver { store, supersedes, unchanged, .. } => {
            assert!(answered.is_some());
            assert!(supersedes.iter().chain(&unchanged).all(|index| *index < variants.len()));
            let may_store = forward.store == Store::Store;
            assert!(may_store || store.is_none() && supersedes.is_empty() && unchanged.is_none());
            assert!(unchanged.is_none_or(|index| supersedes.contains(&index)));
            store.iter().for_each(|stored| sound(stored));
        }
        Settlement::Freshened { variant, stored, .. } => {
            assert!(
                forward.store == Store::Store
                    && answered.is_some_and(|head| matches!(head.status, 200 | 304))
            );
            assert_eq!(stored.response.status, variants[variant].response.status);
            sound(&stored);
        }
        Settlement::ServeStored { variant, .. } => {
            let error = answered.is_none_or(|head| head.status >= 500);
            assert!(
                error && forward.fallback == Some(variant) || answered.is_some_and(|head| head.status == 304)
            );
            assert!(variant < variants.len());
        }
        Settlement::Combine { variant, stored, keep_before, keep_after, .. } => {
            sound(&stored);
            let held = |headers: &Headers| ContentRange::of(headers).expect("a part").len();
            let (old, new) =
                (held(&variants[variant].response.headers), held(&answered.expect("a part").headers));
            assert!(keep_before.saturating_add(keep_after) <= old);
            let length = keep_before.saturating_add(new).saturating_add(keep_after).to_string();
            assert_eq!(stored.response.headers.get("content-length"), Some(length.as_str()));
        }
        Settlement::Again(again) => {
            assert!(!forward.conditional.is_empty() && again.conditional.is_empty());
        }
        Settlement::Fail => assert!(answered.is_none() && forward.fallback.is_none()),
    }
}
