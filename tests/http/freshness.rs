//! RFC 9111 §4.2: lifetime, age, and what the two come to.

use super::support::*;
use nearcache::http::{AgeFrom, Freshness, Rule, age, assess, expires_at, freshness, lifetime};
use nearcache::model::{Response, ResponseKind, StoredResponse, Timestamp};

#[test]
fn lifetimes() {
    let table = [
        // §4.2.1: max-age, then Expires minus Date.
        (200, "cache-control: max-age=60", 60),
        (200, "cache-control: max-age=60 | expires: Tue, 14 Nov 2023 13:00:00 GMT", 60),
        (200, "cache-control: max-age=0 | expires: Tue, 14 Nov 2023 13:00:00 GMT", 0),
        (200, "cache-control: max-age=oops | expires: Tue, 14 Nov 2023 13:00:00 GMT", 0),
        (200, "cache-control: private | expires: Tue, 14 Nov 2023 13:00:00 GMT", 3600),
        (200, "expires: Tue, 14 Nov 2023 11:00:00 GMT", 0),
        (200, "expires: Tuesday, 14-Nov-23 13:00:00 GMT", 3600),
        (200, "expires: Tue Nov 14 13:00:00 2023", 3600),
        (200, "date: Tue, 14 Nov 2023 11:00:00 GMT | expires: Tue, 14 Nov 2023 13:00:00 GMT", 7200),
        (200, "date: nonsense | expires: Tue, 14 Nov 2023 13:00:00 GMT", 3600),
        // §5.3: an invalid date is in the past.
        (200, "expires: 0", 0),
        (200, "expires: -1", 0),
        (200, "expires: | last-modified: Mon, 13 Nov 2023 12:00:00 GMT", 0),
        (200, "expires: Tue, 14 Nov 2023 13:00:00 PST", 0),
        (200, "expires: Tue, 14 Nov 2023 13:00:00 GMT | expires: Tue, 14 Nov 2023 13:00:00 GMT", 3600),
        (200, "expires: Tue, 14 Nov 2023 13:00:00 GMT | expires: Tue, 14 Nov 2023 14:00:00 GMT", 0),
        // s-maxage is none of a private cache's business (§5.2.2.10).
        (200, "cache-control: s-maxage=3600, max-age=60", 60),
        (200, "cache-control: s-maxage=3600", 0),
        // §4.2.2: a tenth of the time since Last-Modified, one day at most.
        (200, "last-modified: Tue, 14 Nov 2023 11:00:00 GMT", 360),
        (404, "last-modified: Tue, 14 Nov 2023 11:00:00 GMT", 360),
        (200, "last-modified: Tue, 14 Nov 2000 11:00:00 GMT", 86_400),
        (200, "last-modified: Tue, 14 Nov 2023 13:00:00 GMT", 0),
        (200, "last-modified: yesterday", 0),
        (200, "last-modified: Tue, 14 Nov 2023 11:00:00 GMT | expires: 0", 0),
        (403, "cache-control: public | last-modified: Tue, 14 Nov 2023 11:00:00 GMT", 360),
        (403, "cache-control: private | last-modified: Tue, 14 Nov 2023 11:00:00 GMT", 0),
        (200, "", 0),
        // Targeted fields are for the edge.
        (200, "cdn-cache-control: max-age=60", 0),
        (200, "surrogate-control: max-age=60", 0),
    ];
    for (status, headers, seconds) in table {
        let stored = kept(status, headers);
        assert_eq!(lifetime(&stored, &Rule::default()), secs(seconds), "{status} {headers}");
    }
}

#[test]
fn a_rule_sets_the_lifetime() {
    let ttl = |statuses: Option<Vec<u16>>| Rule { ttl: Some(secs(100)), statuses, ..Rule::default() };
    assert_eq!(lifetime(&kept(200, "cache-control: max-age=1"), &ttl(None)), secs(100));
    assert_eq!(lifetime(&kept(200, ""), &ttl(None)), secs(100));
    assert_eq!(lifetime(&kept(404, ""), &ttl(None)), secs(0), "errors keep to their headers");
    assert_eq!(lifetime(&kept(404, ""), &ttl(Some(vec![404]))), secs(100));
    assert_eq!(lifetime(&kept(200, "cache-control: max-age=1"), &ttl(Some(vec![404]))), secs(1));
    let no_cache = kept(200, "cache-control: no-cache");
    assert_eq!(freshness(&get(""), &no_cache, &ttl(None), at(0)), Freshness::Fresh, "and no-cache with it");
}

/// Headers, request and response time and now in seconds after noon, age.
#[test]
fn ages() {
    let table = [
        ("", 0, 0, 0, 0),
        ("", 0, 0, 10, 10),
        ("age: 30", 0, 0, 10, 40),
        ("age: 30 | age: 5", 0, 0, 0, 30),
        ("age: 30, 5", 0, 0, 0, 30),
        ("age: x, 5", 0, 0, 0, 5),
        ("age: -5", 0, 0, 0, 0),
        ("age: 30s", 0, 0, 0, 0),
        ("age: 3.5", 0, 0, 0, 0),
        ("age: \"30\"", 0, 0, 0, 0),
        ("age:", 0, 0, 0, 0),
        ("age: 99999999999", 0, 0, 0, 1 << 31),
        // §4.2.3: apparent age, or Age plus the delay of the response, whichever is more.
        ("", 0, 4, 4, 4),
        ("age: 30", 0, 4, 10, 40),
        ("date: Tue, 14 Nov 2023 11:59:00 GMT", 0, 0, 0, 60),
        ("date: Tue, 14 Nov 2023 11:59:00 GMT | age: 10", 0, 2, 3, 63),
        ("date: Tue, 14 Nov 2023 12:59:00 GMT", 0, 0, 5, 5),
        ("date: garbage", 0, 0, 5, 5),
        // A clock that jumped back.
        ("age: 5", 0, 0, -100, 5),
    ];
    for (headers, sent, received, now, seconds) in table {
        let stored =
            StoredResponse { request_time: at(sent), response_time: at(received), ..kept(200, headers) };
        assert_eq!(age(&stored, at(now)).as_secs(), seconds, "{headers}");
    }
}

#[test]
fn the_fraction_of_a_second_that_date_lacks_is_no_age() {
    let mut stored = kept(200, "cache-control: max-age=1");
    stored.request_time = Timestamp(at(0).0 + 900);
    stored.response_time = Timestamp(at(0).0 + 950);
    assert_eq!(age(&stored, stored.response_time).0, 50);
    assert_eq!(freshness(&get(""), &stored, &Rule::default(), stored.response_time), Freshness::Fresh);
}

#[test]
fn a_wrong_clock_can_be_left_out() {
    let stored = kept(200, "cache-control: max-age=60 | date: Tue, 14 Nov 2023 10:00:00 GMT");
    let rule = Rule { age_from: AgeFrom::Receipt, ..Rule::default() };
    assert_eq!(freshness(&get(""), &stored, &Rule::default(), at(0)), Freshness::Stale);
    assert_eq!(freshness(&get(""), &stored, &rule, at(59)), Freshness::Fresh);
    assert_eq!(expires_at(&stored, &rule), at(60));
    assert_eq!(expires_at(&stored, &Rule::default()), at(0));
}

/// Request fields, response fields, age, what it may be used for.
#[test]
fn what_it_may_be_used_for() {
    use Freshness::*;
    let table = [
        ("", "max-age=60", 59, Fresh),
        ("", "max-age=60", 60, Stale),
        ("", "no-cache, max-age=60", 0, Stale),
        ("", "no-cache=\"x\", max-age=60", 0, Fresh),
        ("", "must-revalidate, max-age=60", 59, Fresh),
        // §5.2.1: the request's wishes.
        ("no-cache", "max-age=60", 0, Stale),
        ("no-store", "max-age=60", 0, Fresh),
        ("max-age=10", "max-age=60", 10, Fresh),
        ("max-age=10", "max-age=60", 11, Stale),
        ("max-age=0", "max-age=60", 1, Stale),
        ("max-age=oops", "max-age=60", 1, Stale),
        ("max-age=100", "max-age=60", 61, Stale),
        ("min-fresh=10", "max-age=60", 50, Fresh),
        ("min-fresh=10", "max-age=60", 51, Stale),
        ("min-fresh=oops", "max-age=60", 0, Stale),
        ("max-stale", "max-age=60", 10_000, Fresh),
        ("max-stale=10", "max-age=60", 70, Fresh),
        ("max-stale=10", "max-age=60", 71, Stale),
        ("max-stale=oops", "max-age=60", 61, Stale),
        ("max-stale", "max-age=60, must-revalidate", 61, Stale),
        ("max-stale", "no-cache", 1, Stale),
        ("max-stale, no-cache", "max-age=60", 1, Stale),
        ("max-age=10, max-stale=60", "max-age=60", 20, Stale),
        ("max-age=0, max-stale", "max-age=60", 61, Fresh),
        ("unknown", "max-age=60", 1, Fresh),
        // RFC 5861.
        ("", "max-age=60, stale-while-revalidate=30", 89, StaleWhileRevalidate),
        ("", "max-age=60, stale-while-revalidate=30", 90, Stale),
        ("", "max-age=60, stale-while-revalidate=oops", 61, Stale),
        ("", "max-age=60, stale-while-revalidate=30, must-revalidate", 61, Stale),
        ("max-age=100", "max-age=60, stale-while-revalidate=30", 61, Stale),
        ("no-cache", "max-age=60, stale-while-revalidate=30", 61, Stale),
        ("", "max-age=60, stale-if-error=30", 89, StaleIfError),
        ("", "max-age=60, stale-if-error=30", 90, Stale),
        ("", "max-age=60, stale-if-error=30, must-revalidate", 61, Stale),
        ("", "no-cache, stale-if-error=30", 1, Stale),
        ("stale-if-error=30", "max-age=60", 89, StaleIfError),
        ("max-age=10", "max-age=60, stale-if-error=30", 20, StaleIfError),
        ("", "max-age=60, stale-while-revalidate=10, stale-if-error=30", 65, StaleWhileRevalidate),
        ("", "max-age=60, stale-while-revalidate=10, stale-if-error=30", 75, StaleIfError),
        // RFC 8246: a reload leaves it alone, a forced one doesn't.
        ("max-age=0", "max-age=60, immutable", 30, Fresh),
        ("max-age=0", "max-age=60, immutable", 61, Stale),
        ("max-age=5", "max-age=60, immutable", 30, Stale),
        ("no-cache", "max-age=60, immutable", 30, Stale),
    ];
    for (wish, directives, seconds, expected) in table {
        let request = get(&format!("cache-control: {wish}"));
        let stored = kept(200, &format!("cache-control: {directives}"));
        let found = freshness(&request, &stored, &Rule::default(), at(seconds));
        assert_eq!(found, expected, "{wish} | {directives} | {seconds}");
    }
}

#[test]
fn a_rule_widens_staleness_but_not_past_must_revalidate() {
    let rule =
        Rule { stale_while_revalidate: Some(secs(30)), stale_if_error: Some(secs(300)), ..Rule::default() };
    let judge = |directives: &str, seconds| {
        freshness(&get(""), &kept(200, &format!("cache-control: {directives}")), &rule, at(seconds))
    };
    assert_eq!(judge("max-age=60", 70), Freshness::StaleWhileRevalidate);
    assert_eq!(judge("max-age=60", 100), Freshness::StaleIfError);
    assert_eq!(judge("max-age=60, stale-while-revalidate=1000", 100), Freshness::StaleIfError);
    assert_eq!(judge("max-age=60, must-revalidate", 70), Freshness::Stale);
}

#[test]
fn ttl_is_what_is_left() {
    let judged =
        |seconds| assess(&get(""), &kept(200, "cache-control: max-age=60"), &Rule::default(), at(seconds));
    assert_eq!([judged(0).ttl(), judged(59).ttl(), judged(100).ttl()], [60, 1, -40]);
}

#[test]
fn hidden_headers_are_no_licence() {
    // Decision 0028. Another origin shows its Cache-Control, but not how old the response is.
    let table = [
        ("content-type: text/plain | cache-control: max-age=60", Freshness::Stale),
        ("cache-control: max-age=60 | last-modified: Tue, 14 Nov 2000 10:00:00 GMT", Freshness::Stale),
        ("expires: Tue, 14 Nov 2023 13:00:00 GMT", Freshness::Stale),
        ("", Freshness::Stale),
        ("cache-control: max-age=60 | x-exposed: 1", Freshness::Fresh),
        ("cache-control: max-age=60 | date: Tue, 14 Nov 2023 12:00:00 GMT", Freshness::Fresh),
    ];
    for (headers, expected) in table {
        let bare = Response { headers: fields(headers), kind: ResponseKind::Cors, ..response(200, "") };
        let stored = nearcache::http::store(&get(""), &bare, &Rule::default(), at(0), at(0)).expect("kept");
        assert_eq!(freshness(&get(""), &stored, &Rule::default(), at(1)), expected, "{headers}");
        let rule = Rule { ttl: Some(secs(5)), ..Rule::default() };
        assert_eq!(freshness(&get(""), &stored, &rule, at(4)), Freshness::Fresh, "{headers}");
        let again =
            nearcache::http::freshen(&stored, &get(""), &Response { status: 304, ..bare }, at(2), at(2));
        assert_eq!(freshness(&get(""), &again, &Rule::default(), at(3)), expected, "{headers}, freshened");
    }
}

#[test]
fn what_has_to_be_validated_is_never_fresh() {
    let judged = |rule: &Rule| {
        assess(&get(""), &kept(200, "cache-control: no-cache, max-age=60 | last-modified: x"), rule, at(5))
    };
    assert_eq!((judged(&Rule::default()).freshness, judged(&Rule::default()).ttl()), (Freshness::Stale, -5));
    let heuristic = kept(200, "cache-control: no-cache | last-modified: Tue, 14 Nov 2023 11:00:00 GMT");
    assert_eq!(lifetime(&heuristic, &Rule::default()), secs(0));
    assert_eq!(judged(&Rule { ttl: Some(secs(60)), ..Rule::default() }).ttl(), 55);
}

#[test]
fn what_comes_from_the_future_is_stale() {
    let stored = nearcache::http::store(
        &get(""),
        &response(200, "cache-control: max-age=160"),
        &Rule::default(),
        at(100),
        at(100),
    )
    .expect("kept");
    let judge = |rule: &Rule, seconds| freshness(&get(""), &stored, rule, at(seconds));
    let table =
        [(160, Freshness::Stale), (159, Freshness::Fresh), (99, Freshness::Fresh), (97, Freshness::Stale)];
    for (seconds, expected) in table {
        assert_eq!(judge(&Rule::default(), seconds), expected, "{seconds}");
    }
    let route = Rule { ttl: Some(secs(60)), stale_while_revalidate: Some(secs(900)), ..Rule::default() };
    assert_eq!(judge(&route, 0), Freshness::StaleWhileRevalidate, "what a route tolerates it still does");
}
