//! What is kept under a key: [`Meta`] and a body.

use std::rc::Rc;

use super::{Bytes, Corrupt, Reader, StoredResponse, Timestamp, Version, Writer};

/// The format of [`Meta::encode`]. Raised with every change; older formats are dropped as corrupt.
const FORMAT: u64 = 1;

/// Everything known of an entry but its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    /// Who wrote it, and when.
    pub version: Version,
    /// Fresh until then; `None` is for ever. For responses, what the route's rule or the headers said.
    pub expires: Option<Timestamp>,
    /// Past `expires`, servable while a refresh is under way, until then.
    pub stale_until: Option<Timestamp>,
    /// Estimated size of body and metadata.
    pub size: Bytes,
    /// The names it is invalidated by.
    pub tags: Vec<String>,
    /// A value, or a response with its head.
    pub kind: Kind,
}

/// What an entry holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A value set by the application.
    Value,
    /// An HTTP response; the entry's body is the response's.
    Response(Box<StoredResponse>),
}

/// An entry: metadata, and a body of the platform's own kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<B> {
    /// Everything but the body; shared, since a memory hit must not copy it.
    pub meta: Rc<Meta>,
    /// The value, or the response's body.
    pub body: B,
}

impl Meta {
    /// Whether the entry may be answered with at `now` without a refresh.
    #[must_use]
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        self.expires.is_none_or(|at| now < at)
    }

    /// Whether the entry is of no use any more: a value past its ttl and its stale window. Responses stay
    /// until evicted, since a stale one can be validated.
    #[must_use]
    pub fn is_dead(&self, now: Timestamp) -> bool {
        matches!(self.kind, Kind::Value) && !self.is_fresh(now) && self.stale_until.is_none_or(|at| now >= at)
    }

    /// Whether a value past its ttl may still be answered with while it is refreshed.
    #[must_use]
    pub fn is_servable_stale(&self, now: Timestamp) -> bool {
        !self.is_fresh(now) && self.stale_until.is_some_and(|at| now < at)
    }

    /// The stored response's head, when the entry is one.
    #[must_use]
    pub fn response(&self) -> Option<&StoredResponse> {
        match &self.kind {
            Kind::Value => None,
            Kind::Response(stored) => Some(stored),
        }
    }

    /// The stored form.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut out = Writer::default();
        out.number(FORMAT);
        self.version.encode(&mut out);
        for time in [self.expires, self.stale_until] {
            // Shifted by one, so that "none" is 0.
            out.number(time.map_or(0, |at| at.0.saturating_add(1)));
        }
        out.number(self.size.0);
        out.number(self.tags.len() as u64);
        for tag in &self.tags {
            out.text(tag);
        }
        match &self.kind {
            Kind::Value => out.number(0),
            Kind::Response(stored) => {
                out.number(1);
                stored.encode(&mut out);
            }
        }
        out.finish()
    }

    /// Reads the stored form; returns the metadata and what follows it in `form`.
    ///
    /// # Errors
    /// [`Corrupt`] for anything that [`encode`](Self::encode) of this format did not write.
    pub fn decode(form: &str) -> Result<(Self, &str), Corrupt> {
        let mut input = Reader::new(form);
        if input.number()? != FORMAT {
            return Err(Corrupt);
        }
        let version = Version::decode(&mut input)?;
        let expires = input.number()?.checked_sub(1).map(Timestamp);
        let stale_until = input.number()?.checked_sub(1).map(Timestamp);
        let size = Bytes(input.number()?);
        let mut tags = Vec::new();
        for _ in 0..input.number()? {
            tags.push(input.text()?.to_owned());
        }
        let kind = match input.number()? {
            0 => Kind::Value,
            1 => Kind::Response(Box::new(StoredResponse::decode(&mut input)?)),
            _ => return Err(Corrupt),
        };
        Ok((Self { version, expires, stale_until, size, tags, kind }, input.rest()))
    }
}
