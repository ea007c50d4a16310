//! `No-Vary-Search` (draft-ietf-httpbis-no-vary-search): which query parameters make no difference.

use super::structured::{BareItem, Member, last, parse_dictionary};
use super::text::{Names, order};
use crate::model::Url;

/// How much of a query matters: the draft's URL search variance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoVarySearch {
    params: Params,
    key_order_matters: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Params {
    /// All but these matter.
    AllBut(Names),
    /// Only these matter.
    Only(Names),
}

impl Default for NoVarySearch {
    fn default() -> Self {
        Self { params: Params::AllBut(Names::default()), key_order_matters: true }
    }
}

impl NoVarySearch {
    /// Reads a field's value. Whatever isn't understood makes it the default, for which everything
    /// matters (§4.1 "Parse a URL search variance").
    ///
    /// ```
    /// # use nearcache::{http::NoVarySearch, model::Url};
    /// let variance = NoVarySearch::parse("params=(\"utm_source\"), key-order");
    /// let url = Url::new("https://shop.example/?b=2&utm_source=x&a=1");
    /// assert_eq!(variance.canonical(&url).as_str(), "https://shop.example/?a=1&b=2");
    /// ```
    #[must_use]
    pub fn parse(value: &str) -> Self {
        parse_dictionary(value).and_then(|members| Self::from_members(&members)).unwrap_or_default()
    }

    fn from_members(members: &[(String, Member)]) -> Option<Self> {
        let key_order_matters = match last(members, "key-order") {
            None => true,
            Some(member) => !boolean(member)?,
        };
        let except = last(members, "except");
        let params = match last(members, "params") {
            None | Some(Member::Item((BareItem::Boolean(false), _))) => Params::AllBut(Names::default()),
            Some(Member::Item((BareItem::Boolean(true), _))) => {
                Params::Only(except.map_or(Some(Names::default()), keys)?)
            }
            Some(list) => Params::AllBut(keys(list)?),
        };
        // `except` belongs to `params` as a boolean, true.
        let sound = except.is_none() || matches!(params, Params::Only(_));
        sound.then_some(Self { params, key_order_matters })
    }

    /// `url` with what doesn't matter taken out of its query: two URLs are equivalent modulo this
    /// variance exactly when these are equal (§5 "Comparing").
    #[must_use]
    pub fn canonical(&self, url: &Url) -> Url {
        if *self == Self::default() {
            return url.clone();
        }
        let mut keys = Vec::new();
        let mut pairs = Vec::new();
        for pair in url.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let key = decode(key);
            if self.matters(&key) {
                let mut pair = String::new();
                encode(&key, &mut pair);
                pair.push('=');
                encode(&decode(value), &mut pair);
                pairs.push(pair);
                keys.push(key);
            }
        }
        if !self.key_order_matters {
            let sorted = order(&keys).into_iter().filter_map(|at| pairs.get_mut(at).map(core::mem::take));
            pairs = sorted.collect();
        }
        let query = pairs.join("&");
        url.with_query(&query)
    }

    fn matters(&self, key: &str) -> bool {
        match &self.params {
            Params::AllBut(keys) => !keys.has(key),
            Params::Only(keys) => keys.has(key),
        }
    }
}

/// Whether two URLs name the same resource, as far as the value of a `No-Vary-Search` field says.
#[must_use]
pub fn same_resource(no_vary_search: &str, a: &Url, b: &Url) -> bool {
    if a == b {
        return true;
    }
    let variance = NoVarySearch::parse(no_vary_search);
    a.same_origin(b) && a.path() == b.path() && variance.canonical(a) == variance.canonical(b)
}

fn boolean(member: &Member) -> Option<bool> {
    match member {
        Member::Item((BareItem::Boolean(value), _)) => Some(*value),
        _ => None,
    }
}

/// The strings of an inner list, decoded and sorted; `None` when it holds anything else.
fn keys(member: &Member) -> Option<Names> {
    let Member::List(items) = member else { return None };
    let keys = items
        .iter()
        .map(|(value, _)| match value {
            BareItem::String(text) => Some(decode(text)),
            _ => None,
        })
        .collect::<Option<_>>()?;
    Some(Names::new(keys))
}

/// Decodes a name or value as the application/x-www-form-urlencoded parser of the URL standard does.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    loop {
        rest = match rest {
            [] => break,
            [b'+', rest @ ..] => {
                bytes.push(b' ');
                rest
            }
            [b'%', high, low, after @ ..] => match hex(*high).zip(hex(*low)) {
                Some((high, low)) => {
                    bytes.push(high << 4 | low);
                    after
                }
                None => {
                    bytes.push(b'%');
                    rest.get(1..).unwrap_or_default()
                }
            },
            [byte, rest @ ..] => {
                bytes.push(*byte);
                rest
            }
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

fn encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"*-._".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                out.push(char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase());
            }
        }
    }
}
