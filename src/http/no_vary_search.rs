//! `No-Vary-Search` (draft-ietf-httpbis-no-vary-search): which query parameters make no difference.

use super::structured::{BareItem, Item, Member, last, parse_dictionary};
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
    AllBut(Vec<String>),
    /// Only these matter.
    Only(Vec<String>),
}

impl Default for NoVarySearch {
    fn default() -> Self {
        Self { params: Params::AllBut(Vec::new()), key_order_matters: true }
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
            None | Some(Member::Item(Item { value: BareItem::Boolean(false), .. })) => {
                Params::AllBut(Vec::new())
            }
            Some(Member::Item(Item { value: BareItem::Boolean(true), .. })) => {
                Params::Only(except.map_or(Some(Vec::new()), keys)?)
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
        let mut pairs: Vec<(String, String)> =
            form_pairs(url.query().unwrap_or_default()).filter(|(key, _)| self.matters(key)).collect();
        if !self.key_order_matters {
            pairs.sort_by(|(a, _), (b, _)| a.cmp(b));
        }
        let mut query = String::new();
        for (key, value) in &pairs {
            if !query.is_empty() {
                query.push('&');
            }
            encode(key, &mut query);
            query.push('=');
            encode(value, &mut query);
        }
        url.with_query(&query)
    }

    fn matters(&self, key: &str) -> bool {
        let among = |keys: &[String]| keys.binary_search_by(|other| other.as_str().cmp(key)).is_ok();
        match &self.params {
            Params::AllBut(keys) => !among(keys),
            Params::Only(keys) => among(keys),
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
        Member::Item(Item { value: BareItem::Boolean(value), .. }) => Some(*value),
        _ => None,
    }
}

/// The strings of an inner list, decoded and sorted; `None` when it holds anything else.
fn keys(member: &Member) -> Option<Vec<String>> {
    let Member::List(items, _) = member else { return None };
    let mut keys: Vec<String> = items
        .iter()
        .map(|item| match &item.value {
            BareItem::String(text) => Some(decode(text)),
            _ => None,
        })
        .collect::<Option<_>>()?;
    keys.sort_unstable();
    Some(keys)
}

/// The application/x-www-form-urlencoded parser of the URL standard.
fn form_pairs(query: &str) -> impl Iterator<Item = (String, String)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(key), decode(value))
    })
}

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
