//! `Cache-Control`: against splitting at each comma, where no quotes are; and what must not matter doesn't.

use super::value;
use nearcache::http::{CacheControl, MaxStale};
use nearcache::model::{Headers, Millis};

pub(crate) fn check(data: &[u8]) {
    let text = value(data);
    let found = of(&[&text]);
    assert_eq!(found, of(&[&text.to_ascii_uppercase()]), "case");
    assert_eq!(found, of(&["x=y", &text]), "an extension");
    let stricter = of(&[&text, "max-age=0, no-store"]);
    assert!(stricter.no_store && stricter.max_age == Some(Millis::ZERO), "the most restrictive holds");
    assert_eq!(CacheControl { max_age: found.max_age, no_store: found.no_store, ..stricter }, found);
    if !text.contains('"') {
        let split: Vec<&str> = text.split(',').collect();
        assert_eq!(found, of(&split), "one field or several");
        assert_eq!(found, slowly(&split));
    }
    let request: Headers = [("pragma", text.as_str())].into_iter().collect();
    assert!(!CacheControl::of(&request).no_cache);
    let _ = CacheControl::of_request(&request);
}

fn of(fields: &[&str]) -> CacheControl {
    CacheControl::of(&fields.iter().map(|value| ("cache-control", *value)).collect())
}

/// RFC 9111 §5.2, directive by directive.
fn slowly(directives: &[&str]) -> CacheControl {
    let space = [' ', '\t'];
    let mut given: Vec<(String, Option<&str>)> = Vec::new();
    for directive in directives {
        let directive = directive.trim_matches(space);
        let (name, value) = directive.split_once('=').map_or((directive, None), |(n, v)| (n, Some(v)));
        given.push((name.trim_matches(space).to_lowercase(), value));
    }
    let has = |name: &str| given.iter().any(|(other, _)| other == name);
    let values = |name: &'static str| given.iter().filter(move |(n, _)| n == name).map(|(_, value)| *value);
    let seconds = |value: Option<&str>| {
        let digits = value.filter(|text| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit()))?;
        let digits = digits.trim_start_matches('0');
        let number = if digits.len() > 10 { u64::MAX } else { format!("0{digits}").parse().ok()? };
        Some(Millis::from_secs(number.min(1 << 31)))
    };
    let least = |name| values(name).map(|value| seconds(value).unwrap_or_default()).min();
    let stale = |value: Option<&str>| match value {
        Some(_) => MaxStale::For(seconds(value).unwrap_or_default()),
        None => MaxStale::Any,
    };
    CacheControl {
        max_age: least("max-age"),
        no_store: has("no-store"),
        no_cache: values("no-cache")
            .any(|names| names.is_none_or(|names| names.trim_matches(space).is_empty())),
        must_revalidate: has("must-revalidate"),
        must_understand: has("must-understand"),
        public: has("public"),
        private: has("private"),
        immutable: has("immutable"),
        stale_while_revalidate: least("stale-while-revalidate"),
        stale_if_error: least("stale-if-error"),
        min_fresh: values("min-fresh").map(|value| seconds(value).unwrap_or(Millis(u64::MAX))).max(),
        max_stale: values("max-stale").map(stale).min(),
        only_if_cached: has("only-if-cached"),
    }
}
