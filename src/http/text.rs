//! The lexical ground: lists, numbers and white space (RFC 9110 §5.6), in linear time and without `fmt`.

use crate::model::Headers;

/// The largest delta-seconds we tell apart (RFC 9111 §1.2.2: 2^31 stands for everything above it).
pub(crate) const MAX_DELTA: u64 = 1 << 31;

/// `text` without optional white space (RFC 9110 §5.6.3) around it.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// Digits as a number, capped at [`MAX_DELTA`]; `None` for anything else (RFC 9111 §1.2.2).
pub(crate) fn delta_seconds(text: &str) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.bytes().try_fold(0, |sum: u64, byte| {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
        Some((sum * 10 + u64::from(digit)).min(MAX_DELTA))
    })
}

/// Digits as a number; `None` for anything else and for more than 63 bits.
pub(crate) fn integer(text: &str) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.bytes().try_fold(0, |sum: u64, byte| {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
        sum.checked_mul(10)?.checked_add(u64::from(digit)).filter(|n| *n <= i64::MAX as u64)
    })
}

/// Appends `n` in decimal.
pub(crate) fn push_number(out: &mut String, n: u64) {
    let mut digits = [0_u8; 20];
    let mut rest = n;
    let mut len = 0;
    for digit in &mut digits {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
        len += 1;
        if rest == 0 {
            break;
        }
    }
    out.extend(digits.iter().take(len).rev().map(|digit| char::from(*digit)));
}

/// The members of a comma-separated list (RFC 9110 §5.6.1), trimmed, empty ones left out. Commas in
/// quoted strings don't separate; a quote that is never closed is an ordinary character, and so are all
/// that follow it, which keeps the scan linear.
pub(crate) fn list(text: &str) -> List<'_> {
    List { rest: text, quotes: true }
}

/// See [`list`].
pub(crate) struct List<'a> {
    rest: &'a str,
    quotes: bool,
}

impl<'a> List<'a> {
    fn member_len(&mut self) -> usize {
        let bytes = self.rest.as_bytes();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b',' => return at,
                b'"' if self.quotes => match closing_quote(bytes, at + 1) {
                    Some(end) => at = end + 1,
                    None => self.quotes = false,
                },
                _ => at += 1,
            }
        }
        at
    }
}

impl<'a> Iterator for List<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        while !self.rest.is_empty() {
            let len = self.member_len();
            let member = trim(self.rest.get(..len).unwrap_or_default());
            self.rest = self.rest.get(len + 1..).unwrap_or_default();
            if !member.is_empty() {
                return Some(member);
            }
        }
        None
    }
}

/// Where the quoted string that has begun before `at` ends.
fn closing_quote(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// What is between a pair of double quotes; the text itself without them.
pub(crate) fn unquote(text: &str) -> &str {
    text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text)
}

/// Every member of the lists in all fields called `name`, in order (RFC 9110 §5.3: they are one list).
pub(crate) fn members<'a>(headers: &'a Headers, name: &'a str) -> impl Iterator<Item = &'a str> {
    Members { fields: headers.values(name), list: list("") }
}

/// See [`members`]: a type of its own, so that its users share one copy of the code.
struct Members<'a, I> {
    fields: I,
    list: List<'a>,
}

impl<'a, I: Iterator<Item = &'a str>> Iterator for Members<'a, I> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        loop {
            if let Some(member) = self.list.next() {
                return Some(member);
            }
            self.list = list(self.fields.next()?);
        }
    }
}

/// The order that sorts `keys`, equal ones as they came. A merge sort of our own: each use of the standard
/// library's with another type or comparison would weigh 4 KB.
pub(crate) fn order(keys: &[String]) -> Vec<usize> {
    let mut from: Vec<usize> = (0..keys.len()).collect();
    let mut width = 1;
    while width < from.len() {
        let mut to = Vec::with_capacity(from.len());
        for pair in from.chunks(width * 2) {
            let (mut a, mut b) = pair.split_at(width.min(pair.len()));
            while let (Some((x, rest_of_a)), Some((y, rest_of_b))) = (a.split_first(), b.split_first()) {
                if keys.get(*y) < keys.get(*x) {
                    to.push(*y);
                    b = rest_of_b;
                } else {
                    to.push(*x);
                    a = rest_of_a;
                }
            }
            to.extend_from_slice(a);
            to.extend_from_slice(b);
        }
        from = to;
        width *= 2;
    }
    from
}

/// Texts, sorted once, so that asking for each of many stays cheap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Names(Vec<String>);

impl Names {
    pub(crate) fn new(mut names: Vec<String>) -> Self {
        let order = order(&names);
        Self(order.into_iter().filter_map(|at| names.get_mut(at).map(core::mem::take)).collect())
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.binary_search_by(|other| other.as_str().cmp(name)).is_ok()
    }
}
