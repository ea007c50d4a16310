//! What a route adds to the headers.

use crate::model::Millis;

/// A route's say in what is kept and for how long. The default adds nothing: the headers decide.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rule {
    /// Fresh for that long, whatever the headers say of freshness. Never overrides `no-store`. Errors
    /// (4xx, 5xx) are left to their headers unless `statuses` names them.
    pub ttl: Option<Millis>,
    /// How long past its freshness a response is served while it is renewed; overrides the header's.
    pub stale_while_revalidate: Option<Millis>,
    /// How long past its freshness a response stands in for an error; overrides the header's.
    pub stale_if_error: Option<Millis>,
    /// The statuses that are kept, and no others; `None` leaves it to HTTP.
    pub statuses: Option<Vec<u16>>,
    /// Whether opaque responses are kept.
    pub store_opaque: Opaque,
    /// How `Vary: Cookie`, which no script can evaluate, is taken.
    pub vary_cookie: VaryCookie,
    /// Where age is counted from.
    pub age_from: AgeFrom,
    /// Which methods have reusable responses.
    pub methods: Methods,
    /// What is done with partial responses.
    pub ranges: Ranges,
}

/// What to do with an opaque response (Fetch: status 0, head and body hidden).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Opaque {
    /// Pass it through.
    #[default]
    Refuse,
    /// Keep it; only the rule's ttl makes it fresh.
    Store,
}

/// How `Vary: Cookie` is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VaryCookie {
    /// Never matches: the cookies of a request are unknown to scripts.
    #[default]
    NoMatch,
    /// The route vouches that cookies don't matter within a partition.
    Ignore,
}

/// Where age is counted from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AgeFrom {
    /// The origin's `Date` and `Age`, as RFC 9111 §4.2.3 says.
    #[default]
    Date,
    /// The moment of reception: for devices whose clock is known to be wrong.
    Receipt,
}

/// Which methods have reusable responses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Methods {
    /// GET, HEAD and QUERY; POST with explicit freshness and its own Content-Location, for GET.
    #[default]
    Http,
    /// Any method: the route's key tells one request from another.
    Any,
}

/// What is done with partial responses (206).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ranges {
    /// Kept one by one; a whole response answers ranges.
    Slice,
    /// Also joined with each other, and completed by a request for what is missing.
    #[default]
    Combine,
}
