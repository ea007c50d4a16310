//! Ranges of bytes (RFC 9110 §14): what is asked for, what a part holds, which bytes that makes.

use super::precondition::if_range_holds;
use super::text::{integer, push_number, trim};
use crate::model::{Headers, Request, StoredResponse};

/// One range as it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteRange {
    /// `first-last`, `first-`: from the first to the last byte, both included.
    From {
        /// The position of the first byte.
        first: u64,
        /// The position of the last one; `None` for the end.
        last: Option<u64>,
    },
    /// `-length`: that many bytes at the end.
    Suffix(u64),
}

/// What a range comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangeAnswer {
    /// 200: all of it.
    Full,
    /// 206 with these bytes, counted from the start of the whole.
    Part {
        /// The first byte.
        start: u64,
        /// The last byte.
        end_inclusive: u64,
        /// The length of the whole, where it is known.
        total: Option<u64>,
    },
    /// 416.
    Unsatisfiable {
        /// The length of the whole.
        total: u64,
    },
}

/// `Content-Range` (§14.4) of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContentRange {
    /// The position of the first byte.
    pub first: u64,
    /// The position of the last byte.
    pub last: u64,
    /// The length of the whole, where it is known.
    pub total: Option<u64>,
}

impl ByteRange {
    /// The single byte range that a GET asks for; `None` for none, several, other units or nonsense.
    #[must_use]
    pub fn asked(request: &Request) -> Option<Self> {
        if request.method != "GET" {
            return None;
        }
        let mut values = request.headers.values("range");
        let (value, None) = (values.next()?, values.next()) else { return None };
        Self::parse(value)
    }

    /// Reads the value of a `Range` field.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let (unit, set) = value.split_once('=')?;
        let (first, last) = trim(set).split_once('-')?;
        if !trim(unit).eq_ignore_ascii_case("bytes") {
            return None;
        }
        if first.is_empty() {
            return integer(last).map(Self::Suffix);
        }
        let first = integer(first)?;
        let last = if last.is_empty() { None } else { Some(integer(last)?) };
        // §14.1.1: a last position before the first makes the range invalid.
        last.is_none_or(|last| last >= first).then_some(Self::From { first, last })
    }

    /// Which bytes this is of a stored response whose body has `body_len` bytes. A stored part (206)
    /// begins at its [`ContentRange::first`]; its positions are those of the whole.
    #[must_use]
    pub fn of(self, stored: &StoredResponse, body_len: u64) -> RangeAnswer {
        if stored.response.status != 206 {
            return self.within(body_len, Some(body_len));
        }
        match ContentRange::of(&stored.response.headers) {
            Some(held) => self.within(held.last.saturating_add(1), held.total),
            None => RangeAnswer::Full,
        }
    }

    /// Which bytes this is where those before `end` are at hand, of `total`.
    fn within(self, end: u64, total: Option<u64>) -> RangeAnswer {
        let (start, end_inclusive) = match self {
            // §14.1.2: a suffix of nothing is unsatisfiable; one longer than the whole is the whole.
            Self::Suffix(0) => return RangeAnswer::Unsatisfiable { total: end },
            Self::Suffix(length) => (end.saturating_sub(length), end.saturating_sub(1)),
            Self::From { first, last } => (first, last.unwrap_or(u64::MAX).min(end.saturating_sub(1))),
        };
        if start >= end {
            return RangeAnswer::Unsatisfiable { total: end };
        }
        RangeAnswer::Part { start, end_inclusive, total }
    }
}

impl ContentRange {
    /// The `Content-Range` of a part; `None` when it is missing or invalid.
    #[must_use]
    pub fn of(headers: &Headers) -> Option<Self> {
        Self::parse(headers.get("content-range")?)
    }

    /// Reads the value of a `Content-Range` field.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let (unit, rest) = trim(value).split_once(' ')?;
        let (range, total) = rest.split_once('/')?;
        let (first, last) = range.split_once('-')?;
        let (first, last) = (integer(first)?, integer(last)?);
        let total = if total == "*" { None } else { Some(integer(total)?) };
        // §14.4: invalid when it ends before it begins, or beyond the whole.
        let sound = unit.eq_ignore_ascii_case("bytes") && first <= last && total.is_none_or(|all| last < all);
        sound.then_some(Self { first, last, total })
    }

    /// The value of the field.
    #[must_use]
    pub fn to_header(&self) -> String {
        let mut out = String::from("bytes ");
        push_number(&mut out, self.first);
        out.push('-');
        push_number(&mut out, self.last);
        out.push('/');
        match self.total {
            Some(total) => push_number(&mut out, total),
            None => out.push('*'),
        }
        out
    }

    /// How many bytes it holds.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.last.saturating_sub(self.first).saturating_add(1)
    }

    /// Never: a part holds at least one byte.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        false
    }
}

/// Whether the part in `stored` holds all of the range that `request` asks for.
pub(super) fn covers(request: &Request, stored: &StoredResponse) -> bool {
    let (Some(asked), Some(held)) = (ByteRange::asked(request), ContentRange::of(&stored.response.headers))
    else {
        return false;
    };
    let at_end = held.total.is_some_and(|total| held.last + 1 == total);
    let inside = match asked {
        ByteRange::From { first, last } => {
            first >= held.first
                && first <= held.last
                && (at_end || last.is_some_and(|last| last <= held.last))
        }
        ByteRange::Suffix(length) => at_end && length > 0 && length <= held.len(),
    };
    inside && if_range_holds(request, stored)
}

/// Makes the headers of a stored response those of a 206 or 416 (§15.3.7, §15.5.17); [`RangeAnswer::Full`]
/// leaves them as they are.
pub fn partial_headers(headers: &mut Headers, answer: RangeAnswer) {
    let (range, length) = match answer {
        RangeAnswer::Full => return,
        RangeAnswer::Part { start, end_inclusive, total } => {
            let part = ContentRange { first: start, last: end_inclusive, total };
            (part.to_header(), part.len())
        }
        RangeAnswer::Unsatisfiable { total } => {
            let mut range = String::from("bytes */");
            push_number(&mut range, total);
            (range, 0)
        }
    };
    headers.set("content-range", &range);
    let mut text = String::new();
    push_number(&mut text, length);
    headers.set("content-length", &text);
}
