//! The stored form of metadata: decimal numbers and length-prefixed texts, one string for every tier.
//!
//! A text format serves cookies and Web Storage as it is, and costs the others nothing; netstring-like
//! lengths need no escaping, so any header value survives. Lengths count UTF-8 bytes.

/// The text was not written by [`Writer`], or is cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Corrupt;

/// Builds a stored form.
#[derive(Debug)]
pub struct Writer(String);

impl Default for Writer {
    /// With room for the metadata of a value.
    fn default() -> Self {
        Self(String::with_capacity(96))
    }
}

impl Writer {
    /// Appends a number.
    pub fn number(&mut self, n: u64) {
        self.0.push_str(&n.to_string());
        self.0.push(';');
    }

    /// Appends a text.
    pub fn text(&mut self, text: &str) {
        self.0.push_str(&text.len().to_string());
        self.0.push(':');
        self.0.push_str(text);
    }

    /// Whether nothing was appended yet.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The finished form.
    #[must_use]
    pub fn finish(self) -> String {
        self.0
    }
}

/// Reads a stored form from its start.
#[derive(Debug)]
pub struct Reader<'a>(&'a str);

impl<'a> Reader<'a> {
    /// Starts at the beginning of `form`.
    #[must_use]
    pub const fn new(form: &'a str) -> Self {
        Self(form)
    }

    /// The next number.
    ///
    /// # Errors
    /// [`Corrupt`] when there is none.
    pub fn number(&mut self) -> Result<u64, Corrupt> {
        self.digits(';')
    }

    /// The next text.
    ///
    /// # Errors
    /// [`Corrupt`] when there is none, or it is cut off.
    pub fn text(&mut self) -> Result<&'a str, Corrupt> {
        let len = usize::try_from(self.digits(':')?).map_err(|_| Corrupt)?;
        let (text, rest) = self.0.split_at_checked(len).ok_or(Corrupt)?;
        self.0 = rest;
        Ok(text)
    }

    /// What is left.
    #[must_use]
    pub const fn rest(&self) -> &'a str {
        self.0
    }

    fn digits(&mut self, end: char) -> Result<u64, Corrupt> {
        let (digits, rest) = self.0.split_once(end).ok_or(Corrupt)?;
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Corrupt);
        }
        self.0 = rest;
        digits.parse().map_err(|_| Corrupt)
    }
}
