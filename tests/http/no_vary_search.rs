//! `No-Vary-Search`: the tables of the draft, and then some.

use nearcache::http::same_resource;
use nearcache::model::Url;
use proptest::prelude::*;

fn same(field: &str, a: &str, b: &str) -> bool {
    let url = |query: &str| Url::new(&["https://shop.example/list", query].concat());
    same_resource(field, &url(a), &url(b))
}

#[test]
fn what_matters() {
    let table = [
        // Without a word, everything does.
        ("", "?a=1", "?a=1", true),
        ("", "?a=1", "?a=2", false),
        ("", "", "?", false),
        ("", "?a=1&&b", "?a=1&b=", false),
        ("key-order", "?a=1&b=2", "?b=2&a=1", true),
        ("key-order", "?a=1&b=2", "?b=2&a=3", false),
        ("key-order", "?a=1&a=2", "?a=2&a=1", false),
        ("key-order", "?a=1&b=2&a=3", "?b=2&a=1&a=3", true),
        ("params", "?a=1", "", true),
        ("params", "?a=1", "?b=7&c", true),
        ("params=(\"utm\")", "?utm=x&a=1", "?a=1", true),
        ("params=(\"utm\")", "?utm=x&a=1", "?a=2", false),
        ("params=(\"utm\")", "?a=1&b=2", "?b=2&a=1", false),
        ("params=(\"utm\"), key-order", "?a=1&utm=q&b=2", "?b=2&a=1", true),
        ("params=(\"a\" \"b\")", "?a=1&b=2&c=3", "?c=3", true),
        ("params, except=(\"id\")", "?id=1&x=2", "?id=1&y", true),
        ("params, except=(\"id\")", "?id=1", "?id=2", false),
        ("params, except=(\"id\")", "?id=1", "", false),
        ("params, except=()", "?id=1", "", true),
        ("params=?1, key-order=?1", "?a", "?b", true),
        // Repeated keys: the last counts (RFC 9651 §3.2).
        ("params=?0, params", "?a", "", true),
        ("params, params=?0", "?a", "", false),
        // Unconventional, and the same as nothing said.
        ("params=?0", "?a=1", "?a=2", false),
        ("params=()", "?a=1", "?a=2", false),
        ("key-order=?0", "?a&b", "?b&a", false),
        // Unknown keys are ignored.
        ("params, new=5", "?a", "", true),
        // Any parameters of members are ignored too.
        ("params;x=1", "?a", "", true),
    ];
    for (field, a, b, expected) in table {
        assert_eq!(same(field, a, b), expected, "{field} | {a} | {b}");
        assert_eq!(same(field, b, a), expected, "{field} | {b} | {a}");
    }
}

#[test]
fn what_is_not_understood_changes_nothing() {
    let fields = [
        "unknown-key",
        "key-order=\"no\"",
        "params=\"no\"",
        "params=(tok)",
        "params=(\"a\"), except=(\"x\")",
        "params=(), except=()",
        "params=?0, except=(\"x\")",
        "params, except=(tok)",
        "params, except=\"x\"",
        "params, except=?1",
        "except=(\"x\")",
        "except=()",
        "params,",
        "PARAMS",
        "params=(\"a\"",
        "params=(\"\u{e9}\")",
        "params=5",
        "key-order=1, params",
    ];
    for field in fields {
        assert!(!same(field, "?a=1&x=1", "?x=1"), "{field}");
        assert!(same(field, "?a=1", "?a=1"), "{field}");
    }
}

#[test]
fn keys_and_values_are_decoded() {
    let table = [
        ("", "?", true),
        ("?a=x", "?%61=%78", true),
        ("?a=%C3%A9", "?a=é", true),
        ("?a=%f6", "?a=%ef%bf%bd", true),
        ("?a=x&&&&", "?a=x", true),
        ("?a=", "?a", true),
        ("?a=%20", "?a=+", true),
        ("?a=%zz", "?a=%25zz", true),
        ("?a=%", "?a=%25", true),
        ("?a=1=2", "?a=1%3D2", true),
        ("?=1", "?", false),
        ("?a=b%26c", "?a=b&c", false),
    ];
    for (a, b, expected) in table {
        assert_eq!(same("key-order", a, b), expected, "{a} | {b}");
    }
    assert!(same("params=(\"%C3%A9+%E6%B0%97\")", "?%C3%A9%20%E6%B0%97=3", ""));
}

#[test]
fn origin_and_path_always_matter() {
    let url = Url::new;
    assert!(!same_resource("params", &url("https://a.example/x?1"), &url("https://b.example/x")));
    assert!(!same_resource("params", &url("https://a.example/x?1"), &url("https://a.example/y")));
    assert!(!same_resource("params", &url("https://a.example:1/x?1"), &url("https://a.example/x")));
    assert!(same_resource("params", &url("https://a.example/x?1"), &url("https://a.example/x")));
}

proptest! {
    #[test]
    fn any_field_and_any_query(field in "[ -~]{0,40}", a in "[ab&=%+2]{0,12}", b in "[ab&=%+2]{0,12}") {
        let (a, b) = (["?", &a].concat(), ["?", &b].concat());
        prop_assert_eq!(same(&field, &a, &b), same(&field, &b, &a));
        prop_assert!(same(&field, &a, &a));
    }
}
