//! Structured fields (RFC 9651), parsed strictly: a field that doesn't parse is ignored as a whole (§4.2).
//!
//! Linear in the length of the field. Repeated keys are kept, so that parsing needs no look-ups; the last
//! one counts ([`last`]).

/// A value (§3.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BareItem {
    /// An integer.
    Integer(i64),
    /// A decimal, in thousandths: floating point would weigh more than this whole room.
    Decimal(i64),
    /// A string.
    String(String),
    /// A token.
    Token(String),
    /// A byte sequence, still in base64.
    Bytes(String),
    /// A boolean.
    Boolean(bool),
    /// A date, in seconds since the epoch.
    Date(i64),
    /// A display string.
    Display(String),
}

/// Keys and values of parameters (§3.1.2), in order.
pub type Parameters = Vec<(String, BareItem)>;

/// A value with its parameters (§3.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The value.
    pub value: BareItem,
    /// Its parameters.
    pub parameters: Parameters,
}

/// A member of a list or dictionary (§3.1, §3.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Member {
    /// A single item.
    Item(Item),
    /// An inner list and its parameters (§3.1.1).
    List(Vec<Item>, Parameters),
}

impl Member {
    /// The item, when it is one.
    #[must_use]
    pub fn into_item(self) -> Option<Item> {
        match self {
            Self::Item(item) => Some(item),
            Self::List(..) => None,
        }
    }
}

/// The value that counts for `key`: the last.
#[must_use]
pub fn last<'a, T>(members: &'a [(String, T)], key: &str) -> Option<&'a T> {
    members.iter().rfind(|(name, _)| name == key).map(|(_, value)| value)
}

/// Parses a list (§4.2.1).
///
/// ```
/// # use nearcache::http::parse_list;
/// assert_eq!(parse_list("\"a\", token;x=1, (1 2)").map(|list| list.len()), Some(3));
/// assert_eq!(parse_list("\"a\","), None);
/// ```
#[must_use]
pub fn parse_list(text: &str) -> Option<Vec<Member>> {
    members(text, Input::member)
}

/// Parses a dictionary (§4.2.2).
#[must_use]
pub fn parse_dictionary(text: &str) -> Option<Vec<(String, Member)>> {
    members(text, |input| {
        let key = input.key()?;
        let member = match input.eat(b'=') {
            Some(()) => input.member()?,
            None => Member::Item(Item { value: BareItem::Boolean(true), parameters: input.parameters()? }),
        };
        Some((key, member))
    })
}

/// Parses an item (§4.2.3).
#[must_use]
pub fn parse_item(text: &str) -> Option<Item> {
    let mut input = Input(text.trim_matches(' ').as_bytes());
    input.item().filter(|_| input.0.is_empty())
}

/// What lists and dictionaries share: members, commas, and no comma at the end.
fn members<'a, T>(text: &'a str, mut member: impl FnMut(&mut Input<'a>) -> Option<T>) -> Option<Vec<T>> {
    let mut input = Input(text.trim_matches(' ').as_bytes());
    let mut all = Vec::new();
    while !input.0.is_empty() {
        all.push(member(&mut input)?);
        input.skip(b" \t");
        if input.0.is_empty() {
            break;
        }
        input.eat(b',')?;
        input.skip(b" \t");
        input.peek()?;
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

    fn eat(&mut self, byte: u8) -> Option<()> {
        self.0 = self.0.strip_prefix(&[byte])?;
        Some(())
    }

    fn skip(&mut self, bytes: &[u8]) {
        while self.peek().is_some_and(|byte| bytes.contains(&byte)) {
            self.next();
        }
    }

    fn take(&mut self, fits: impl Fn(u8) -> bool) -> String {
        let len = self.0.iter().position(|byte| !fits(*byte)).unwrap_or(self.0.len());
        let (taken, rest) = self.0.split_at_checked(len).unwrap_or_default();
        self.0 = rest;
        taken.iter().map(|byte| char::from(*byte)).collect()
    }

    fn member(&mut self) -> Option<Member> {
        if self.eat(b'(').is_none() {
            return self.item().map(Member::Item);
        }
        let mut items = Vec::new();
        loop {
            self.skip(b" ");
            if self.eat(b')').is_some() {
                return Some(Member::List(items, self.parameters()?));
            }
            items.push(self.item()?);
            if !matches!(self.peek()?, b' ' | b')') {
                return None;
            }
        }
    }

    fn item(&mut self) -> Option<Item> {
        Some(Item { value: self.bare_item()?, parameters: self.parameters()? })
    }

    fn parameters(&mut self) -> Option<Parameters> {
        let mut all = Vec::new();
        while self.eat(b';').is_some() {
            self.skip(b" ");
            let key = self.key()?;
            let value = match self.eat(b'=') {
                Some(()) => self.bare_item()?,
                None => BareItem::Boolean(true),
            };
            all.push((key, value));
        }
        Some(all)
    }

    /// §4.2.3.3
    fn key(&mut self) -> Option<String> {
        self.peek().filter(|byte| byte.is_ascii_lowercase() || *byte == b'*')?;
        Some(self.take(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-.*".contains(&byte)))
    }

    fn bare_item(&mut self) -> Option<BareItem> {
        match self.peek()? {
            b'"' => self.string().map(BareItem::String),
            b'-' | b'0'..=b'9' => self.number(),
            b'*' | b'A'..=b'Z' | b'a'..=b'z' => Some(BareItem::Token(self.take(is_token))),
            b'?' => {
                self.next();
                match self.next()? {
                    b'0' => Some(BareItem::Boolean(false)),
                    b'1' => Some(BareItem::Boolean(true)),
                    _ => None,
                }
            }
            b':' => {
                self.next();
                let text = self.take(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
                self.eat(b':')?;
                Some(BareItem::Bytes(text))
            }
            b'@' => {
                self.next();
                match self.number()? {
                    BareItem::Integer(seconds) => Some(BareItem::Date(seconds)),
                    _ => None,
                }
            }
            b'%' => self.display().map(BareItem::Display),
            _ => None,
        }
    }

    /// §4.2.4: at most 15 digits; a decimal has at most 12 before its point and 1 to 3 after it.
    fn number(&mut self) -> Option<BareItem> {
        let negative = self.eat(b'-').is_some();
        let whole = self.take(|byte| byte.is_ascii_digit());
        if whole.is_empty() || whole.len() > 15 {
            return None;
        }
        let mut number = whole.parse::<i64>().ok()?;
        if negative {
            number = -number;
        }
        if self.eat(b'.').is_none() {
            return Some(BareItem::Integer(number));
        }
        let fraction = self.take(|byte| byte.is_ascii_digit());
        if whole.len() > 12 || !(1..=3).contains(&fraction.len()) {
            return None;
        }
        let scale = [1000, 100, 10, 1].get(fraction.len())?;
        let thousandths = fraction.parse::<i64>().ok()? * scale;
        Some(BareItem::Decimal(number * 1000 + if negative { -thousandths } else { thousandths }))
    }

    /// §4.2.5
    fn string(&mut self) -> Option<String> {
        self.eat(b'"')?;
        let mut out = String::new();
        loop {
            match self.next()? {
                b'"' => return Some(out),
                b'\\' => out.push(char::from(self.next().filter(|byte| matches!(byte, b'"' | b'\\'))?)),
                byte @ b' '..=b'~' => out.push(char::from(byte)),
                _ => return None,
            }
        }
    }

    /// §4.2.10
    fn display(&mut self) -> Option<String> {
        self.eat(b'%')?;
        self.eat(b'"')?;
        let mut bytes = Vec::new();
        loop {
            match self.next()? {
                b'"' => return String::from_utf8(bytes).ok(),
                b'%' => bytes.push(self.hex()? << 4 | self.hex()?),
                byte @ b' '..=b'~' => bytes.push(byte),
                _ => return None,
            }
        }
    }

    fn hex(&mut self) -> Option<u8> {
        match self.next()? {
            byte @ b'0'..=b'9' => Some(byte - b'0'),
            byte @ b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        }
    }
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~:/".contains(&byte)
}
