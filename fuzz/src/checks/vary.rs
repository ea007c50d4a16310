//! `Vary`: whether a second request may have what the first one got, against a comparison name by name.

use super::dice::Dice;
use super::value;
use crate::support::{at, get, response};
use nearcache::http::{Rule, select, store};
use nearcache::model::{Headers, Request};

const NAMES: [&str; 6] = ["accept", "accept-language", "authorization", "x", "cookie", "y"];

/// Lines: the value of Vary, after its mark; a field of the first, of the second request, or of both.
pub(crate) fn check(data: &[u8]) {
    let mut dice = Dice(data);
    let (mut old, mut new) = (get(""), get(""));
    let mut varied = response(200, "cache-control: max-age=60");
    while let Some(line) = dice.line() {
        let Some((mark, rest)) = line.split_first() else { continue };
        let (name, value) = (NAMES[usize::from(mark >> 2) % NAMES.len()], value(rest));
        match mark & 3 {
            0 => varied.headers.append("vary", &value),
            1 => old.headers.append(name, &value),
            2 => new.headers.append(name, &value),
            _ => {
                old.headers.append(name, &value);
                new.headers.append(name, &value);
            }
        }
    }
    let Some(stored) = store(&old, &varied, &Rule::default(), at(0), at(0)) else {
        assert!(varied.headers.has("vary"));
        return;
    };
    let found = |request: &Request| select(request, &[&stored]).is_some();
    let fields: Vec<&str> = varied.headers.values("vary").collect();
    let names = fields.iter().flat_map(|field| field.split(',')).map(|name| name.trim_matches([' ', '\t']));
    let names: Vec<String> = names.filter(|name| !name.is_empty()).map(str::to_lowercase).collect();
    let has = |name: &str| names.iter().any(|other| other == name);
    if !has("cookie") {
        // Quotes have no business here; whatever they do, it is the same for the request that stored it.
        assert!(fields.iter().any(|field| field.contains('"')) || found(&old));
    }
    let quoted = |headers: &Headers| headers.iter().any(|(_, value)| value.contains('"'));
    if quoted(&varied.headers) || quoted(&old.headers) || quoted(&new.headers) {
        return;
    }
    let same = names.iter().all(|name| normal(&old, name) == normal(&new, name));
    assert_eq!(found(&new), same && !has("*") && !has("cookie"), "{names:?}");
}

/// What RFC 9111 §4.1 lets be compared.
fn normal(request: &Request, name: &str) -> Option<Vec<String>> {
    let values: Vec<&str> = request.headers.values(name).collect();
    if values.is_empty() {
        return None;
    }
    let all = values.join(", ");
    if name == "authorization" {
        return Some(vec![all]);
    }
    let members = all.split(',').map(|member| member.trim_matches([' ', '\t']).to_owned());
    let mut members: Vec<String> = members.filter(|member| !member.is_empty()).collect();
    if name.starts_with("accept") {
        for member in &mut members {
            *member = member.replace([' ', '\t'], "").to_ascii_lowercase();
        }
        members.sort();
    }
    Some(members)
}
