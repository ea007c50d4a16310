//! RFC 9211: what we say, and what the edge says.

use super::support::*;
use nearcache::http::{CacheStatus, Edge, EdgeVerdict, Fwd};

#[test]
fn what_we_say() {
    let none = CacheStatus::default;
    let table = [
        (none(), "nearcache; hit"),
        (CacheStatus { ttl: Some(-412), ..none() }, "nearcache; hit; ttl=-412"),
        (CacheStatus { ttl: Some(i64::MIN), ..none() }, "nearcache; hit; ttl=-9223372036854775808"),
        (
            CacheStatus { detail: Some("cache-storage".into()), ..none() },
            "nearcache; hit; detail=cache-storage",
        ),
        (
            CacheStatus { detail: Some("a \"b\"\r\né".into()), ..none() },
            "nearcache; hit; detail=\"a \\\"b\\\"\"",
        ),
        (
            CacheStatus { fwd: Some(Fwd::UriMiss), fwd_status: Some(200), stored: true, ..none() },
            "nearcache; fwd=uri-miss; fwd-status=200; stored",
        ),
        (CacheStatus { fwd: Some(Fwd::Stale), collapsed: true, ..none() }, "nearcache; fwd=stale; collapsed"),
    ];
    for (status, text) in table {
        assert_eq!(status.to_header(), text);
    }
    let words = [
        (Fwd::Bypass, "bypass"),
        (Fwd::Method, "method"),
        (Fwd::UriMiss, "uri-miss"),
        (Fwd::VaryMiss, "vary-miss"),
        (Fwd::Miss, "miss"),
        (Fwd::Request, "request"),
        (Fwd::Stale, "stale"),
        (Fwd::Partial, "partial"),
    ];
    for (fwd, word) in words {
        assert_eq!(fwd.as_str(), word);
    }
}

#[test]
fn what_the_edge_says() {
    use EdgeVerdict::*;
    let table = [
        ("x-cache: Hit from cloudfront", Hit),
        ("x-cache: Miss from cloudfront", Miss),
        ("x-cache: RefreshHit from cloudfront", RefreshHit),
        ("x-cache: Error from cloudfront", Error),
        ("x-cache: LimitExceeded from cloudfront", Error),
        ("x-cache: FunctionGeneratedResponse from cloudfront", Unknown),
        ("x-cache: MISS, HIT", Hit),
        ("x-cache: HIT, MISS", Miss),
        ("x-cache:", Unknown),
        ("", Unknown),
        ("cache-status: Edge; hit; ttl=5", Hit),
        ("cache-status: \"Some CDN\"; fwd=uri-miss; stored", Miss),
        ("cache-status: Origin; hit, Edge; fwd=stale; fwd-status=304", RefreshHit),
        ("cache-status: Edge; hit, nearcache; fwd=uri-miss", Hit),
        ("cache-status: Edge; hit=?0; fwd=miss", Miss),
        ("cache-status: Edge; detail=x | x-cache: Hit from cloudfront", Hit),
        ("cache-status: Edge; hit;; | x-cache: Miss from cloudfront", Miss),
        ("cache-status: nearcache; hit", Unknown),
    ];
    for (headers, verdict) in table {
        assert_eq!(Edge::of(&fields(headers)).verdict, verdict, "{headers}");
    }
    assert_eq!(Edge::of(&fields("age: 12")).age, Some(12));
    assert_eq!(Edge::of(&fields("age: soon")).age, None);
}
