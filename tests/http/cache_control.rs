//! RFC 9111 §5.2: the directives, however they are written.

use super::support::*;
use nearcache::http::{CacheControl, MaxStale};

#[test]
fn max_age_as_servers_write_it() {
    // RFC 9111 §1.2.2, §4.2.1, §5.2: value, seconds; None where there is no such directive.
    let table: &[(&str, Option<u64>)] = &[
        ("max-age=60", Some(60)),
        ("MAX-AGE=60", Some(60)),
        ("max-age=\"60\"", Some(60)),
        ("max-age=060", Some(60)),
        ("max-age=0", Some(0)),
        (" max-age=60 , private", Some(60)),
        ("private,max-age=60", Some(60)),
        (",,max-age=60,,", Some(60)),
        ("max-age=2147483648", Some(1 << 31)),
        ("max-age=99999999999999999999999999", Some(1 << 31)),
        ("max-age=60, max-age=3600", Some(60)),
        ("max-age=3600, max-age=60", Some(60)),
        ("max-age", Some(0)),
        ("max-age=", Some(0)),
        ("max-age=\"\"", Some(0)),
        ("max-age=-1", Some(0)),
        ("max-age=1.5", Some(0)),
        ("max-age=0x10", Some(0)),
        ("max-age='60'", Some(0)),
        ("max-age=60s", Some(0)),
        ("max-age=60;x", Some(0)),
        ("max-age= 60", Some(0)),
        ("max-age =60", Some(60)),
        ("max-age=\u{e9}", Some(0)),
        ("max-age:60", None),
        ("xmax-age=60", None),
        ("max-agex=60", None),
        ("s-maxage=60", None),
        ("ext=\"max-age=60\"", None),
        ("ext=\"a, max-age=60, b\", no-cache", None),
        ("ext=\"a\\\", max-age=60\"", None),
        ("", None),
    ];
    for (value, seconds) in table {
        let headers = fields(&format!("cache-control: {value}"));
        assert_eq!(CacheControl::of(&headers).max_age, seconds.map(secs), "{value}");
    }
}

#[test]
fn flags_in_any_company() {
    let read = |value: &str| {
        let headers = fields(&format!("cache-control: {value}"));
        let cc = CacheControl::of(&headers);
        let flags = [
            (cc.no_store, "no-store"),
            (cc.no_cache, "no-cache"),
            (cc.must_revalidate, "must-revalidate"),
            (cc.must_understand, "must-understand"),
            (cc.public, "public"),
            (cc.private, "private"),
            (cc.immutable, "immutable"),
            (cc.only_if_cached, "only-if-cached"),
        ];
        flags.iter().filter(|(set, _)| *set).map(|(_, name)| *name).collect::<Vec<_>>().join(" ")
    };
    let table = [
        ("no-store", "no-store"),
        ("No-Store", "no-store"),
        ("no-store=1", "no-store"),
        ("no-store, max-age=60", "no-store"),
        ("no-cache", "no-cache"),
        ("no-cache=\"\"", "no-cache"),
        ("no-cache=\"set-cookie\"", ""),
        ("no-cache=\"set-cookie\", no-cache", "no-cache"),
        ("private=\"x-user\"", "private"),
        ("must-revalidate, proxy-revalidate", "must-revalidate"),
        ("must-understand, no-store", "no-store must-understand"),
        ("public, immutable", "public immutable"),
        ("only-if-cached", "only-if-cached"),
        ("ext=\"no-store\"", ""),
        ("ext=\"no-store", ""),
        ("ext=\"a, no-store", "no-store"),
        ("no-store ext", ""),
        ("unknown, other=1", ""),
    ];
    for (value, flags) in table {
        assert_eq!(read(value), flags, "{value}");
    }
}

#[test]
fn several_lines_are_one_list() {
    let headers = fields("cache-control: max-age=60 | cache-control: ext=\"open | cache-control: no-store");
    let cc = CacheControl::of(&headers);
    assert!(cc.no_store && cc.max_age == Some(secs(60)));
}

#[test]
fn field_names_of_no_cache() {
    // What is left of the fields a, b and c.
    let table = [
        ("no-cache=\"a, B ,c\"", ""),
        ("no-cache=a", "b c"),
        ("no-cache=\"a\", NO-CACHE=\"b\"", "c"),
        ("no-cache=\"\"", "a b c"),
        ("x=\"no-cache=a\"", "a b c"),
        ("no-cache", "a b c"),
    ];
    for (value, left) in table {
        let stored = kept(200, &format!("cache-control: {value} | a: 1 | b: 1 | c: 1"));
        let headers = nearcache::http::served_headers(&stored, at(0));
        let names: Vec<&str> = ["a", "b", "c"].into_iter().filter(|name| headers.has(name)).collect();
        assert_eq!(names.join(" "), left, "{value}");
    }
}

#[test]
fn wishes_of_requests() {
    let max_stale: &[(&str, Option<MaxStale>)] = &[
        ("max-stale", Some(MaxStale::Any)),
        ("max-stale=10", Some(MaxStale::For(secs(10)))),
        ("max-stale=x", Some(MaxStale::For(secs(0)))),
        ("max-stale, max-stale=10", Some(MaxStale::For(secs(10)))),
        ("max-age=1", None),
    ];
    for (value, wish) in max_stale {
        assert_eq!(
            CacheControl::of_request(&fields(&format!("cache-control: {value}"))).max_stale,
            *wish,
            "{value}"
        );
    }
    let min_fresh = fields("cache-control: min-fresh=10, min-fresh=20");
    assert_eq!(CacheControl::of_request(&min_fresh).min_fresh, Some(secs(20)));
}

#[test]
fn pragma_counts_alone() {
    // RFC 9111 §5.4.
    let table = [
        ("pragma: no-cache", true),
        ("pragma: No-Cache", true),
        ("pragma: x, no-cache", true),
        ("pragma: no-cache | cache-control: max-age=60", false),
        ("pragma: no-cache | cache-control:", false),
        ("pragma: other", false),
    ];
    for (headers, no_cache) in table {
        assert_eq!(CacheControl::of_request(&fields(headers)).no_cache, no_cache, "{headers}");
    }
    assert!(!CacheControl::of(&fields("pragma: no-cache")).no_cache, "not in responses");
}
