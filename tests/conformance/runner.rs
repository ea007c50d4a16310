//! Runs the cases of `cases/` against the pure policy, with the smallest engine that can. `browser.mjs` runs
//! them end to end, reads what is printed here, and writes the table of docs/http.md.

use std::collections::BTreeMap;
use std::path::Path;

use nearcache::http::{
    Answer, CacheStatus, Methods, Opaque, RangeAnswer, Ranges, Rule, VaryCookie, cache_group_invalidation,
    cache_groups, clear_site_data, format_date, invalidated, partial_headers, same_resource, served_headers,
    validated_headers,
};
use nearcache::model::{
    CacheMode, Headers, Millis, Mode, Request, Response, ResponseKind, StoredResponse, Timestamp, Url,
};
use nearcache::strategy::{Forward, Outcome, Plan, Settlement, Strategy, plan, settle};
use serde_json::Value;

const ORIGIN: &str = "https://origin.example";
const START: u64 = 1_699_963_200_000;

#[test]
fn cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/cases");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).expect("cases").map(|file| file.expect("file").path()).collect();
    files.sort();
    let mut failures = Vec::new();
    let mut played = 0;
    let mut sections: BTreeMap<String, [Tally; 2]> = BTreeMap::new();
    let mut ids = std::collections::BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("readable");
        let cases: Value =
            serde_json::from_str(&text).unwrap_or_else(|why| panic!("{}: {why}", file.display()));
        for case in cases.as_array().expect("an array") {
            let id = case["id"].as_str().expect("id");
            assert!(ids.insert(id.to_owned()), "{id} is there twice");
            let column = match case["requirement"].as_str() {
                Some("R") => 0,
                Some("O") => 1,
                _ => panic!("{id}: requirement is R or O"),
            };
            if case.get("browsers").is_some() {
                continue;
            }
            played += 1;
            let tally = &mut sections
                .entry(case["section"].as_str().expect("section").to_owned())
                .or_default()[column];
            tally.played += 1;
            match run(case) {
                Ok(()) => tally.passed += 1,
                Err(why) => failures.push(format!("case {id} failed: {why}")),
            }
        }
    }
    // Read by `native.mjs`; shown by `cargo test -- --nocapture`.
    failures.iter().for_each(|failure| eprintln!("{failure}"));
    eprintln!("{played} cases, {} failed", failures.len());
    assert!(failures.is_empty(), "\n{}\n", failures.join("\n"));
    if std::env::var_os("CONFORMANCE_TABLE").is_none() {
        check_page(&sections);
    }
}

/// How many cases there are, and how many passed.
#[derive(Default)]
struct Tally {
    played: usize,
    passed: usize,
}

/// docs/http.md has a line a section that begins with what was found here; the browsers' columns follow.
fn check_page(sections: &BTreeMap<String, [Tally; 2]>) {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/http.md");
    let page = std::fs::read_to_string(page).expect("docs/http.md");
    for (section, [required, optional]) in sections {
        let cell = |tally: &Tally| format!("{}/{}", tally.passed, tally.played);
        let line = format!("\n| {section} | {} | {} |", cell(required), cell(optional));
        assert!(page.contains(&line), "docs/http.md has an old table; `make conformance` renews it:{line}");
    }
}

struct Kept {
    url: Url,
    /// What was asked with it (QUERY): the engine's key holds it.
    asked: String,
    stored: StoredResponse,
    body: String,
}

/// What the caller got.
#[derive(Default)]
struct Got {
    from: &'static str,
    status: u16,
    headers: Headers,
    body: String,
    sent: Option<Headers>,
    cache_status: String,
}

struct World {
    strategy: Strategy,
    rule: Rule,
    kept: Vec<Kept>,
}

fn run(case: &Value) -> Result<(), String> {
    let strategy =
        case["strategy"].as_str().map_or(Some(Strategy::Http), Strategy::parse).ok_or("strategy")?;
    let mut world = World { strategy, rule: rule(&case["rule"]), kept: Vec::new() };
    let mut seconds = 0;
    for (number, step) in case["steps"].as_array().ok_or("steps")?.iter().enumerate() {
        seconds = step["at"].as_u64().unwrap_or(seconds);
        let now = Timestamp(START + seconds * 1000);
        let got = world
            .fetch(&request(&step["request"], now), step, now)
            .map_err(|why| format!("step {number}: {why}"))?;
        check(&step["expect"], &got, now).map_err(|why| format!("step {number}: {why}"))?;
    }
    Ok(())
}

fn check(expect: &Value, got: &Got, now: Timestamp) -> Result<(), String> {
    let differs = |what: &str, wanted: &dyn std::fmt::Debug, found: &dyn std::fmt::Debug| {
        Err(format!("{what}: wanted {wanted:?}, got {found:?}"))
    };
    let from = expect["from"].as_str().ok_or("expect.from")?;
    if from != got.from {
        return differs("from", &from, &got.from);
    }
    if let Some(status) = expect["status"].as_u64()
        && status != u64::from(got.status)
    {
        return differs("status", &status, &got.status);
    }
    if let Some(body) = expect["body"].as_str()
        && body != got.body
    {
        return differs("body", &body, &got.body);
    }
    if let Some(status) = expect["cache_status"].as_str()
        && status != got.cache_status
    {
        return differs("cache_status", &status, &got.cache_status);
    }
    for (which, headers) in [("headers", Some(&got.headers)), ("sent", got.sent.as_ref())] {
        let Some(wanted) = expect[which].as_object() else { continue };
        let Some(headers) = headers else { return Err("nothing was sent".into()) };
        for (name, value) in wanted {
            let value = value.as_str().map(|text| dated(text, now));
            let found = headers.combined(name);
            if found != value {
                return differs(name, &value, &found);
            }
        }
    }
    Ok(())
}

impl World {
    fn fetch(&mut self, request: &Request, step: &Value, now: Timestamp) -> Result<Got, String> {
        let asked = step["request"]["body"].as_str().unwrap_or_default();
        // No-Vary-Search lets other URLs' responses answer.
        let here: Vec<usize> = (0..self.kept.len())
            .filter(|index| {
                let kept = &self.kept[*index];
                if request.method == "QUERY" && kept.asked != asked {
                    return false;
                }
                let search = kept.stored.response.headers.combined("no-vary-search").unwrap_or_default();
                same_resource(&search, &kept.url, &request.url)
            })
            .collect();
        let heads: Vec<StoredResponse> = here.iter().map(|index| self.kept[*index].stored.clone()).collect();
        let variants: Vec<&StoredResponse> = heads.iter().collect();
        match plan(self.strategy, &self.rule, request, &variants, now) {
            Plan::Serve(serve) => {
                let kept = &self.kept[here[serve.variant]];
                let mut got =
                    answered(&kept.stored, &kept.body, serve.answer, served_headers(&kept.stored, now));
                got.cache_status = serve.status.to_header();
                got.from = "cache";
                if let Some(forward) = serve.revalidate {
                    got.from = "cache+renew";
                    let renewed = self.forward(&forward, request, &here, &variants, step, now)?;
                    got.sent = renewed.sent;
                } else if step.get("response").is_some() {
                    return Err("the origin was to be asked; the cache answered".into());
                }
                Ok(got)
            }
            Plan::Forward(forward) => self.forward(&forward, request, &here, &variants, step, now),
            Plan::GatewayTimeout => Ok(Got { from: "gateway-timeout", status: 504, ..Got::default() }),
            Plan::NetworkError => Ok(Got { from: "error", ..Got::default() }),
        }
    }

    fn forward(
        &mut self,
        forward: &Forward,
        request: &Request,
        here: &[usize],
        variants: &[&StoredResponse],
        step: &Value,
        now: Timestamp,
    ) -> Result<Got, String> {
        let mut sent = request.headers.clone();
        for (name, value) in forward.conditional.iter() {
            sent.set(name, value);
        }
        let Some(scripted) = step.get("response") else {
            return Err(format!("the origin was not to be asked (fwd={})", forward.why.as_str()));
        };
        let (response, body) = response(scripted, request, now);
        let outcome = response.as_ref().map_or(Outcome::Failed, Outcome::Response);
        let settled = settle(forward, &self.rule, request, variants, outcome, now, now);
        // A route that makes every method reusable says with it that they change nothing.
        if let Some(response) = response.as_ref().filter(|_| self.rule.methods == Methods::Http) {
            self.end(request, response);
        }
        let mut got = match settled {
            Settlement::Deliver { store, supersedes, status, .. } => {
                let response = response.ok_or("delivered nothing")?;
                let gone: Vec<&StoredResponse> = supersedes.iter().map(|index| variants[*index]).collect();
                self.kept.retain(|kept| !gone.contains(&&kept.stored));
                self.kept.extend(store.map(|stored| Kept {
                    url: request.url.clone(),
                    asked: step["request"]["body"].as_str().unwrap_or_default().to_owned(),
                    stored: *stored,
                    body: body.clone(),
                }));
                let body = if request.method == "HEAD" { String::new() } else { body };
                let cache_status = status.to_header();
                Got {
                    from: "network",
                    status: response.status,
                    headers: response.headers,
                    body,
                    cache_status,
                    sent: None,
                }
            }
            Settlement::Freshened { variant, stored, answer, status } => {
                let kept = &mut self.kept[here[variant]];
                let headers = validated_headers(&stored, now);
                kept.stored = *stored;
                from("validated", answered(&kept.stored, &kept.body, answer, headers), &status)
            }
            Settlement::ServeStored { variant, answer, status } => {
                let kept = &self.kept[here[variant]];
                let name = if status.fwd_status == Some(304) { "validated" } else { "stale" };
                from(
                    name,
                    answered(&kept.stored, &kept.body, answer, served_headers(&kept.stored, now)),
                    &status,
                )
            }
            Settlement::Combine { variant, stored, keep_before, keep_after, answer, status } => {
                let kept = &mut self.kept[here[variant]];
                let before = &kept.body[..usize::try_from(keep_before).map_err(|_| "huge")?];
                let after =
                    &kept.body[kept.body.len() - usize::try_from(keep_after).map_err(|_| "huge")?..];
                kept.body = [before, &body, after].concat();
                kept.stored = *stored;
                let headers = served_headers(&kept.stored, now);
                from("combined", answered(&kept.stored, &kept.body, answer, headers), &status)
            }
            Settlement::Again(again) => {
                let step = serde_json::json!({ "request": step["request"], "response": step["again"] });
                return self.forward(&again, request, here, variants, &step, now);
            }
            Settlement::Fail => Got { from: "error", ..Got::default() },
        };
        got.sent = Some(sent);
        Ok(got)
    }

    /// What a response ends.
    fn end(&mut self, request: &Request, response: &Response) {
        let urls = invalidated(request, response, &|base, reference| {
            let absolute = reference.contains("://");
            Some(Url::new(&if absolute { reference.to_owned() } else { [base.origin(), reference].concat() }))
        });
        let groups = cache_group_invalidation(request, response);
        let clear = clear_site_data(response);
        self.kept.retain(|kept| {
            let grouped = cache_groups(&kept.stored.response).iter().any(|group| groups.contains(group));
            !urls.contains(&kept.url) && !grouped && !clear
        });
    }
}

fn from(name: &'static str, got: Got, status: &CacheStatus) -> Got {
    Got { from: name, cache_status: status.to_header(), ..got }
}

fn answered(stored: &StoredResponse, body: &str, answer: Answer, mut headers: Headers) -> Got {
    let head = &stored.response;
    let (status, body) = match answer {
        Answer::Full => (head.status, body.to_owned()),
        Answer::NotModified => (304, String::new()),
        Answer::HeadOnly => (head.status, String::new()),
        Answer::Part(range) => {
            let part = range.of(stored, body.len() as u64);
            partial_headers(&mut headers, part);
            match part {
                RangeAnswer::Full => (head.status, body.to_owned()),
                RangeAnswer::Unsatisfiable { .. } => (416, String::new()),
                RangeAnswer::Part { start, end_inclusive, .. } => {
                    let base = nearcache::http::ContentRange::of(&head.headers).map_or(0, |held| held.first);
                    let cut = (start - base) as usize..=(end_inclusive - base) as usize;
                    (206, body.get(cut).unwrap_or_default().to_owned())
                }
            }
        }
    };
    Got { status, body, headers, ..Got::default() }
}

fn request(value: &Value, now: Timestamp) -> Request {
    let url = value["url"].as_str().unwrap_or("/r");
    let mut request = Request::get(Url::new(&[ORIGIN, url].concat()));
    request.method = value["method"].as_str().unwrap_or("GET").to_owned();
    request.headers = headers(&value["headers"], now);
    request.destination = value["destination"].as_str().unwrap_or_default().to_owned();
    request.cache = match value["cache"].as_str() {
        None | Some("default") => CacheMode::Default,
        Some("no-store") => CacheMode::NoStore,
        Some("reload") => CacheMode::Reload,
        Some("no-cache") => CacheMode::NoCache,
        Some("force-cache") => CacheMode::ForceCache,
        Some("only-if-cached") => CacheMode::OnlyIfCached,
        Some(other) => panic!("cache mode {other}"),
    };
    request.mode = match value["mode"].as_str() {
        None | Some("cors") => Mode::Cors,
        Some("same-origin") => Mode::SameOrigin,
        Some("no-cors") => Mode::NoCors,
        Some(_) => Mode::Navigate,
    };
    request
}

fn response(value: &Value, request: &Request, now: Timestamp) -> (Option<Response>, String) {
    if value.is_null() {
        return (None, String::new());
    }
    let mut headers = headers(&value["headers"], now);
    if !headers.has("date") && !matches!(value["headers"].get("date"), Some(Value::Null)) {
        headers.append("date", &format_date(now));
    }
    let kind = match value["kind"].as_str() {
        Some("opaque") => ResponseKind::Opaque,
        Some("redirected") => ResponseKind::Redirected,
        Some("cors") => ResponseKind::Cors,
        _ => ResponseKind::Readable,
    };
    let status = value["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(200);
    let body = value["body"].as_str().unwrap_or_default().to_owned();
    (Some(Response { status, status_text: String::new(), headers, url: request.url.clone(), kind }), body)
}

fn headers(value: &Value, now: Timestamp) -> Headers {
    let mut headers = Headers::new();
    for (name, value) in value.as_object().into_iter().flatten() {
        match value {
            Value::String(text) => headers.append(name, &dated(text, now)),
            Value::Array(lines) => {
                lines
                    .iter()
                    .filter_map(Value::as_str)
                    .for_each(|line| headers.append(name, &dated(line, now)));
            }
            _ => {}
        }
    }
    headers
}

/// Puts dates in the place of `{date}`, `{date+5}`, `{date-5}`, and of `{rfc850}` and `{asctime}` likewise.
fn dated(text: &str, now: Timestamp) -> String {
    let Some((before, rest)) = text.split_once('{') else { return text.to_owned() };
    let (inside, after) = rest.split_once('}').expect("a closing brace");
    let (form, shift) = inside.split_at(inside.find(['+', '-']).unwrap_or(inside.len()));
    let seconds: i64 = if shift.is_empty() { 0 } else { shift.parse().expect("seconds") };
    let date = format_date(Timestamp(now.0.saturating_add_signed(seconds * 1000)));
    [before, &formed(form, &date), &dated(after, now)].concat()
}

/// An IMF-fixdate in another of HTTP's three forms (RFC 9110 §5.6.7).
fn formed(form: &str, date: &str) -> String {
    let parts: Vec<&str> = date.split([' ', ',']).filter(|part| !part.is_empty()).collect();
    let [short, day, month, year, time, _] = parts[..] else { panic!("{date} is no IMF-fixdate") };
    match form {
        "date" => date.to_owned(),
        "rfc850" => {
            let days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
            let long = days.iter().find(|name| name.starts_with(short)).expect("a day");
            format!("{long}, {day}-{month}-{} {time} GMT", &year[2..])
        }
        "asctime" => format!("{short} {month} {:>2} {time} {year}", day.trim_start_matches('0')),
        _ => panic!("{form} is no form of a date"),
    }
}

fn rule(value: &Value) -> Rule {
    let seconds = |name: &str| value[name].as_u64().map(Millis::from_secs);
    let is = |name: &str, word: &str| value[name].as_str() == Some(word);
    let statuses = value["statuses"].as_array();
    Rule {
        ttl: seconds("ttl"),
        stale_while_revalidate: seconds("swr"),
        stale_if_error: seconds("sie"),
        statuses: statuses.map(|all| all.iter().filter_map(Value::as_u64).map(|s| s as u16).collect()),
        store_opaque: if is("opaque", "store") { Opaque::Store } else { Opaque::Refuse },
        vary_cookie: if is("cookie", "ignore") { VaryCookie::Ignore } else { VaryCookie::NoMatch },
        methods: if is("methods", "any") { Methods::Any } else { Methods::Http },
        ranges: if is("ranges", "slice") { Ranges::Slice } else { Ranges::Combine },
        ..Rule::default()
    }
}
