//! `Cache-Status`: what we write parses as RFC 9211 has it; what an edge writes is read the same beside ours.

use super::dice::Dice;
use super::value;
use nearcache::http::{BareItem, CacheStatus, Edge, EdgeVerdict, Fwd, Member, last, parse_list};
use nearcache::model::Headers;

pub(crate) fn check(data: &[u8]) {
    let Some((kind, rest)) = data.split_first() else { return };
    match kind % 2 {
        0 => ours(rest),
        _ => theirs(rest),
    }
}

fn ours(data: &[u8]) {
    let mut dice = Dice(data);
    let all = [
        Fwd::Bypass,
        Fwd::Method,
        Fwd::UriMiss,
        Fwd::VaryMiss,
        Fwd::Miss,
        Fwd::Request,
        Fwd::Stale,
        Fwd::Partial,
    ];
    let flags = dice.byte();
    let fwd = (flags & 1 == 1).then(|| dice.pick(&all));
    let fwd_status = (flags & 2 == 2).then(|| dice.byte().into());
    // RFC 9651 §3.3.1: no more than 15 digits, some 30 million years.
    let ttl = (flags & 4 == 4).then(|| (dice.number() % 2_000_000_000_000) as i64 - 1_000_000_000_000);
    let (stored, collapsed) = (flags & 8 == 8, flags & 16 == 16);
    let detail = (flags & 32 == 32).then(|| value(dice.0));
    let status = CacheStatus { fwd, fwd_status, ttl, stored, collapsed, detail };
    let text = status.to_header();
    let list = parse_list(&text).expect("a list");
    let [(_, Member::Item((BareItem::Token(name), parameters)))] = list.as_slice() else { panic!("{text}") };
    assert_eq!(name, "nearcache");
    let yes = |is: bool| is.then_some(BareItem::Boolean(true));
    let number = |n: Option<i64>| n.map(BareItem::Integer);
    assert_eq!(last(parameters, "hit").cloned(), yes(status.fwd.is_none()));
    assert_eq!(last(parameters, "fwd").cloned(), status.fwd.map(|why| BareItem::Token(why.as_str().into())));
    assert_eq!(last(parameters, "fwd-status").cloned(), number(status.fwd_status.map(i64::from)));
    assert_eq!(last(parameters, "ttl").cloned(), number(status.ttl));
    assert_eq!(last(parameters, "stored").cloned(), yes(status.stored));
    assert_eq!(last(parameters, "collapsed").cloned(), yes(status.collapsed));
    let kept = status.detail.map(|text| text.chars().filter(|c| (' '..='~').contains(c)).collect::<String>());
    match last(parameters, "detail") {
        None => assert_eq!(kept, None),
        Some(BareItem::Token(found) | BareItem::String(found)) => assert_eq!(Some(found), kept.as_ref()),
        other => panic!("{other:?}"),
    }
    // None of the edge's.
    assert_eq!(edge(&[("cache-status", &text)]).verdict, EdgeVerdict::Unknown);
}

/// Lines: a Cache-Status, an X-Cache, an Age.
fn theirs(data: &[u8]) {
    let mut lines = data.splitn(3, |byte| *byte == b'\n').map(value);
    let mut next = || lines.next().unwrap_or_default();
    let (status, x_cache, age) = (next(), next(), next());
    let both = edge(&[("cache-status", &status), ("x-cache", &x_cache), ("age", &age)]);
    let alone = edge(&[("cache-status", &status)]);
    let other = edge(&[("x-cache", &x_cache)]);
    assert!(both.verdict == alone.verdict || alone.verdict == EdgeVerdict::Unknown);
    assert!(both.verdict == other.verdict || both.verdict == alone.verdict);
    assert!(both.age.is_none_or(|age| age <= 1 << 31) && alone.age.is_none());
    if !status.trim_matches(' ').is_empty() && parse_list(&status).is_some() {
        assert_eq!(edge(&[("cache-status", &status), ("cache-status", "nearcache; fwd=stale")]), alone);
        let nearer = edge(&[("cache-status", &status), ("cache-status", "Edge; fwd=stale; fwd-status=304")]);
        assert_eq!(nearer.verdict, EdgeVerdict::RefreshHit);
    }
}

fn edge(fields: &[(&str, &str)]) -> Edge {
    Edge::of(&fields.iter().copied().collect::<Headers>())
}
