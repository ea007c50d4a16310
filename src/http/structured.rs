//! Structured fields (RFC 9651), parsed strictly: a field that doesn't parse is ignored as a whole (§4.2).
//!
//! Linear in the length of the field. Repeated keys are kept, so that parsing needs no look-ups; the last
//! one counts ([`last`]). Kinds of values that no field here uses are checked and not kept: they would be
//! code that every user downloads and nobody runs.

use super::text::integer;

/// A value (§3.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BareItem {
    /// An integer.
    Integer(i64),
    /// A string.
    String(String),
    /// A token.
    Token(String),
    /// A boolean.
    Boolean(bool),
    /// A decimal, byte sequence, date or display string.
    Other,
}

/// Keys and values of parameters (§3.1.2), in order.
pub type Parameters = Vec<(String, BareItem)>;

/// A value with its parameters (§3.3).
pub type Item = (BareItem, Parameters);

/// A member of a list or dictionary (§3.1, §3.2), without the parameters of inner lists (§3.1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Member {
    /// A single item.
    Item(Item),
    /// An inner list.
    List(Vec<Item>),
}

/// The value that counts for `key`: the last.
#[must_use]
pub fn last<'a, T>(members: &'a [(String, T)], key: &str) -> Option<&'a T> {
    members.iter().rfind(|(name, _)| name == key).map(|(_, value)| value)
}

/// Parses a list (§4.2.1); the members have no keys.
///
/// ```
/// # use nearcache::http::parse_list;
/// assert_eq!(parse_list("\"a\", token;x=1, (1 2)").map(|list| list.len()), Some(3));
/// assert_eq!(parse_list("\"a\","), None);
/// ```
#[must_use]
pub fn parse_list(text: &str) -> Option<Vec<(String, Member)>> {
    members(text, Kind::List)
}

/// Parses a dictionary (§4.2.2).
#[must_use]
pub fn parse_dictionary(text: &str) -> Option<Vec<(String, Member)>> {
    members(text, Kind::Dictionary)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    List,
    Dictionary,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Text {
    Plain,
    Display,
}

fn members(text: &str, kind: Kind) -> Option<Vec<(String, Member)>> {
    let mut input = Input(text.trim_matches(' ').as_bytes());
    let mut all = Vec::new();
    while !input.0.is_empty() {
        let mut key = String::new();
        let mut valued = true;
        if kind == Kind::Dictionary {
            key = input.key()?;
            valued = input.eat(b'=');
        }
        let member = match valued {
            true => input.member()?,
            false => Member::Item((BareItem::Boolean(true), input.parameters()?)),
        };
        all.push((key, member));
        input.white_space();
        if !input.0.is_empty() {
            // A comma, and something after it.
            if !input.eat(b',') {
                return None;
            }
            input.white_space();
            input.peek()?;
        }
    }
    Some(all)
}

struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn peek(&self) -> Option<u8> {
        self.0.first().copied()
    }

    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.next();
        }
        found
    }

    fn white_space(&mut self) {
        while self.eat(b' ') || self.eat(b'\t') {}
    }

    fn take(&mut self, fits: fn(u8) -> bool) -> String {
        let mut taken = String::new();
        while let Some(byte) = self.peek().filter(|byte| fits(*byte)) {
            taken.push(char::from(byte));
            self.next();
        }
        taken
    }

    fn member(&mut self) -> Option<Member> {
        if !self.eat(b'(') {
            return self.item().map(Member::Item);
        }
        let mut items = Vec::new();
        loop {
            while self.eat(b' ') {}
            if self.eat(b')') {
                self.parameters()?;
                return Some(Member::List(items));
            }
            items.push(self.item()?);
            if !matches!(self.peek()?, b' ' | b')') {
                return None;
            }
        }
    }

    fn item(&mut self) -> Option<Item> {
        Some((self.bare_item()?, self.parameters()?))
    }

    fn parameters(&mut self) -> Option<Parameters> {
        let mut all = Vec::new();
        while self.eat(b';') {
            while self.eat(b' ') {}
            let key = self.key()?;
            let value = if self.eat(b'=') { self.bare_item()? } else { BareItem::Boolean(true) };
            all.push((key, value));
        }
        Some(all)
    }

    /// §4.2.3.3
    fn key(&mut self) -> Option<String> {
        self.peek().filter(|byte| matches!(byte, b'a'..=b'z' | b'*'))?;
        Some(self.take(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.' | b'*')))
    }

    fn bare_item(&mut self) -> Option<BareItem> {
        match self.peek()? {
            b'"' => self.string(Text::Plain).map(BareItem::String),
            b'-' | b'0'..=b'9' => self.number(),
            b'*' | b'A'..=b'Z' | b'a'..=b'z' => Some(BareItem::Token(self.take(is_token))),
            mark => {
                self.next();
                match mark {
                    b'?' => match self.next()? {
                        bit @ (b'0' | b'1') => Some(BareItem::Boolean(bit == b'1')),
                        _ => None,
                    },
                    // §4.2.7: a byte sequence.
                    b':' => {
                        self.take(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='));
                        self.eat(b':').then_some(BareItem::Other)
                    }
                    // §4.2.9: a date.
                    b'@' => matches!(self.number()?, BareItem::Integer(_)).then_some(BareItem::Other),
                    // §4.2.10: a display string.
                    b'%' => self.string(Text::Display).map(|_| BareItem::Other),
                    _ => None,
                }
            }
        }
    }

    /// §4.2.4: at most 15 digits; a decimal has at most 12 before its point and 1 to 3 after it.
    fn number(&mut self) -> Option<BareItem> {
        let sign = if self.eat(b'-') { -1 } else { 1 };
        let digits = self.take(|byte| byte.is_ascii_digit());
        let whole = integer(&digits).filter(|_| digits.len() <= 15)?;
        if !self.eat(b'.') {
            return i64::try_from(whole).ok().map(|number| BareItem::Integer(number * sign));
        }
        let fraction = self.take(|byte| byte.is_ascii_digit());
        (digits.len() <= 12 && matches!(fraction.len(), 1..=3)).then_some(BareItem::Other)
    }

    /// §4.2.5, and §4.2.10 for a display string, whose bytes may be in percent-encoded UTF-8.
    fn string(&mut self, kind: Text) -> Option<String> {
        let mut bytes = Vec::new();
        if !self.eat(b'"') {
            return None;
        }
        loop {
            bytes.push(match self.next()? {
                b'"' => return String::from_utf8(bytes).ok(),
                b'\\' if kind == Text::Plain => self.next().filter(|byte| matches!(byte, b'"' | b'\\'))?,
                b'%' if kind == Text::Display => hex(self.next()?)? << 4 | hex(self.next()?)?,
                byte @ b' '..=b'~' => byte,
                _ => return None,
            });
        }
    }
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// §3.3.4; the first character is checked where tokens are told from other values.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\"(),;<=>?@[\\]{}".contains(&byte)
}
