//! RFC 9651 §4.2.

use nearcache::http::{BareItem, Item, Member, last, parse_dictionary, parse_list};

/// The one item of a list.
fn parse_item(text: &str) -> Option<Item> {
    match parse_list(text)?.pop()? {
        (_, Member::Item(item)) => Some(item),
        _ => None,
    }
}

#[test]
fn bare_items() {
    use BareItem::*;
    let text = |value: &str| value.to_owned();
    let table: &[(&str, Option<BareItem>)] = &[
        ("42", Some(Integer(42))),
        ("-42", Some(Integer(-42))),
        ("007", Some(Integer(7))),
        ("  42  ", Some(Integer(42))),
        ("999999999999999", Some(Integer(999_999_999_999_999))),
        ("1000000000000000", None),
        ("-", None),
        ("--1", None),
        ("1.5", Some(Other)),
        ("-0.125", Some(Other)),
        ("1.", None),
        ("1.2345", None),
        (".5", None),
        ("1234567890123.1", None),
        ("\"a b\"", Some(String(text("a b")))),
        (r#""a\"b\\""#, Some(String(text("a\"b\\")))),
        (r#""a\x""#, None),
        ("\"open", None),
        ("\"\u{e9}\"", None),
        ("\"\t\"", None),
        ("tok/en:x", Some(Token(text("tok/en:x")))),
        ("*tok", Some(Token(text("*tok")))),
        ("?1", Some(Boolean(true))),
        ("?0", Some(Boolean(false))),
        ("?2", None),
        (":aGk=:", Some(Other)),
        (":a b:", None),
        (":open", None),
        ("@1659578233", Some(Other)),
        ("@1.5", None),
        ("@", None),
        ("%\"f%c3%bc\"", Some(Other)),
        ("%\"f%C3%BC\"", None),
        ("%\"%c3\"", None),
        ("%x", None),
        ("", None),
        ("a b", None),
        ("\t1", None),
        ("{}", None),
    ];
    for (input, value) in table {
        assert_eq!(parse_item(input).map(|(value, _)| value), *value, "{input}");
    }
}

#[test]
fn parameters() {
    let (_, parameters) = parse_item("a;x;y=2;x=\"z\"; w").expect("item");
    assert_eq!(last(&parameters, "x"), Some(&BareItem::String("z".into())));
    assert_eq!(last(&parameters, "y"), Some(&BareItem::Integer(2)));
    assert_eq!(last(&parameters, "w"), Some(&BareItem::Boolean(true)));
    assert_eq!(last(&parameters, "v"), None);
    for bad in ["a;", "a;X", "a;x=", "a ;x", "a;1"] {
        assert_eq!(parse_item(bad), None, "{bad}");
    }
}

#[test]
fn lists() {
    let table = [
        ("", Some(0)),
        ("   ", Some(0)),
        ("a", Some(1)),
        ("a,b", Some(2)),
        ("a \t,\t b", Some(2)),
        ("(a b), c;x", Some(2)),
        ("()", Some(1)),
        ("( a  b );x", Some(1)),
        ("a,", None),
        (",a", None),
        ("a,,b", None),
        ("a b", None),
        ("(a", None),
        ("(a,b)", None),
        ("(a\"b\")", None),
        ("((a))", None),
    ];
    for (input, members) in table {
        assert_eq!(parse_list(input).map(|list| list.len()), members, "{input}");
    }
}

#[test]
fn dictionaries() {
    let members = parse_dictionary("a=1, b;x, c=(1 2), a=2").expect("dictionary");
    assert!(matches!(last(&members, "a"), Some(Member::Item((BareItem::Integer(2), _)))));
    assert!(matches!(last(&members, "b"), Some(Member::Item((BareItem::Boolean(true), _)))));
    assert!(matches!(last(&members, "c"), Some(Member::List(items)) if items.len() == 2));
    for bad in ["a=", "A=1", "a=1,", "a=1 b=2", "=1", "a = 1", "1"] {
        assert_eq!(parse_dictionary(bad), None, "{bad}");
    }
}
