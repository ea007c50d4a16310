//! `No-Vary-Search`: two queries, against decoding and comparing them pair by pair.

use super::value;
use nearcache::http::{NoVarySearch, same_resource};
use nearcache::model::Url;

/// Lines: what the field says, a query, another one.
pub(crate) fn check(data: &[u8]) {
    let Some((kind, rest)) = data.split_first() else { return };
    let mut lines = rest.splitn(3, |byte| *byte == b'\n').map(value);
    let mut next = || lines.next().unwrap_or_default();
    let (said, a, b) = (next(), next(), next());
    let (a, b) = (url(&a), url(&b));
    let field = match kind % 4 {
        0 => said.clone(),
        kind => made(kind, kind_order(data), &said),
    };
    let variance = NoVarySearch::parse(&field);
    let (of_a, of_b) = (variance.canonical(&a), variance.canonical(&b));
    assert_eq!(variance.canonical(&of_a), of_a, "a canonical form is its own");
    let same = same_resource(&field, &a, &b);
    assert_eq!(same, same_resource(&field, &b, &a));
    assert_eq!(same, of_a == of_b);
    assert!(same_resource(&field, &a, &of_a) && same_resource(&field, &a, &a));
    if kind % 4 != 0 {
        assert_eq!(same, slowly(kind % 4, kind_order(data), &said, &a, &b), "{field}");
    }
}

fn url(query: &str) -> Url {
    // Whether the query is there, but empty, is nobody's business.
    Url::new(&["https://shop.example/search", if query.is_empty() { "" } else { "?" }, query].concat())
}

/// Whether the order of keys makes a difference.
fn kind_order(data: &[u8]) -> bool {
    data[0] & 4 == 0
}

/// A valid field of the keys in `said`, with commas between them.
fn made(kind: u8, ordered: bool, said: &str) -> String {
    let quoted: Vec<String> = keys(said)
        .iter()
        .map(|key| format!("\"{}\"", key.replace('\\', "\\\\").replace('"', "\\\"")))
        .collect();
    let list = quoted.join(" ");
    let params = match kind % 4 {
        1 => format!("params=({list})"),
        2 => format!("params, except=({list})"),
        _ => "params=?0".into(),
    };
    if ordered { params } else { format!("key-order, {params}") }
}

fn keys(said: &str) -> Vec<String> {
    said.split(',').map(|key| key.chars().filter(|c| (' '..='~').contains(c)).collect()).collect()
}

fn slowly(kind: u8, ordered: bool, said: &str, a: &Url, b: &Url) -> bool {
    let keys: Vec<String> = keys(said).iter().map(|key| decoded(key)).collect();
    let pairs = |url: &Url| {
        let query = url.query().unwrap_or_default();
        let mut pairs: Vec<(String, String)> = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            pairs.push((decoded(key), decoded(value)));
        }
        pairs.retain(|(key, _)| match kind {
            1 => !keys.contains(key),
            2 => keys.contains(key),
            _ => true,
        });
        if !ordered {
            pairs.sort_by(|(a, _), (b, _)| a.cmp(b));
        }
        pairs
    };
    // Where all matters nothing is decoded either: the draft compares the URLs themselves.
    if kind == 3 && ordered { a == b } else { pairs(a) == pairs(b) }
}

/// application/x-www-form-urlencoded, as the URL standard decodes it.
fn decoded(text: &str) -> String {
    let text = text.replace('+', " ");
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let code = text.get(at + 1..at + 3).filter(|code| code.bytes().all(|b| b.is_ascii_hexdigit()));
        match code.filter(|_| bytes[at] == b'%') {
            Some(code) => {
                out.push(u8::from_str_radix(code, 16).expect("two digits"));
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
