//! Structured fields: what is parsed, written in the canonical form (RFC 9651 §4.1), is parsed as the same.

use super::value;
use crate::support::{get, response};
use nearcache::http::{
    BareItem, Item, Member, Parameters, cache_group_invalidation, cache_groups, clear_site_data, last,
    parse_dictionary, parse_list,
};

pub(crate) fn check(data: &[u8]) {
    let text = value(data);
    if let Some(list) = parse_list(&text) {
        assert!(list.iter().all(|(key, _)| key.is_empty()));
        let members: Vec<_> = list.iter().map(|(_, member)| written(member)).collect();
        if let Some(members) = members.into_iter().collect::<Option<Vec<_>>>() {
            assert_eq!(parse_list(&members.join(", ")), Some(list));
        }
        let twice = format!("{text},{text}");
        assert_eq!(parse_list(&twice).is_some(), !text.trim_matches(' ').is_empty(), "{twice}");
    }
    if let Some(dictionary) = parse_dictionary(&text) {
        for (key, _) in &dictionary {
            assert!(last(&dictionary, key).is_some() && is_key(key), "{key}");
        }
        let members = dictionary.iter().map(|(key, member)| Some(format!("{key}={}", written(member)?)));
        if let Some(members) = members.collect::<Option<Vec<_>>>() {
            assert_eq!(parse_dictionary(&members.join(" ,\t")), Some(dictionary));
        }
    }
    let mut head = response(200, "");
    for name in ["cache-groups", "cache-group-invalidation", "clear-site-data"] {
        head.headers.append(name, &text);
    }
    let _ = (cache_groups(&head), cache_group_invalidation(&get(""), &head), clear_site_data(&head));
}

/// RFC 9651 §4.1; `None` for a kind of value that isn't kept.
fn written(member: &Member) -> Option<String> {
    match member {
        Member::Item(one) => item(one),
        Member::List(items) => {
            let items = items.iter().map(item).collect::<Option<Vec<_>>>()?;
            Some(format!("({})", items.join(" ")))
        }
    }
}

fn item((value, parameters): &Item) -> Option<String> {
    Some(bare(value)? + &all(parameters)?)
}

fn all(parameters: &Parameters) -> Option<String> {
    parameters.iter().map(|(key, value)| Some(format!(";{key}={}", bare(value)?))).collect()
}

fn bare(value: &BareItem) -> Option<String> {
    Some(match value {
        BareItem::Integer(number) => {
            assert!(number.unsigned_abs() < 1_000_000_000_000_000);
            number.to_string()
        }
        BareItem::String(text) => {
            assert!(text.chars().all(|letter| (' '..='~').contains(&letter)));
            format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
        }
        BareItem::Token(token) => token.clone(),
        BareItem::Boolean(value) => format!("?{}", u8::from(*value)),
        BareItem::Other => return None,
    })
}

fn is_key(key: &str) -> bool {
    let starts = key.starts_with(|letter: char| letter.is_ascii_lowercase() || letter == '*');
    starts && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-.*".contains(&b))
}
