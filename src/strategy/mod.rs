//! What to do with a request, decided without doing it.
//!
//! [`plan`] looks at the request and at what is stored, and names the next action: serve, forward, or give
//! up. After a forward, [`settle`] takes what came of it and names the next one: deliver, freshen, serve
//! what is stored, ask again, or fail. The engine carries them out; nothing here waits or knows the time.

mod plan;
mod settle;

pub use plan::{Forward, Plan, Serve, Store, plan};
pub use settle::{Outcome, Settlement, settle};

use crate::model::Millis;

/// How a route uses the cache. All but [`Http`](Self::Http) are the route's own word on freshness and
/// override what the headers say of it (never `no-store`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strategy {
    /// What the headers say.
    #[default]
    Http,
    /// What is stored, until the rule's ttl is over (for ever without one); else the network.
    CacheFirst,
    /// The network; what is stored when that fails or takes too long.
    NetworkFirst {
        /// How long the network may take.
        timeout: Option<Millis>,
    },
    /// What is stored, renewed meanwhile unless it is fresh; else the network.
    StaleWhileRevalidate,
    /// What is stored, or 504.
    CacheOnly,
    /// The network, and nothing is stored.
    NetworkOnly,
}

impl Strategy {
    /// Reads a strategy's name.
    ///
    /// ```
    /// # use nearcache::strategy::Strategy;
    /// assert_eq!(Strategy::parse("cache-first"), Some(Strategy::CacheFirst));
    /// assert_eq!(Strategy::parse("guess"), None);
    /// ```
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "http" => Self::Http,
            "cache-first" => Self::CacheFirst,
            "network-first" => Self::NetworkFirst { timeout: None },
            "stale-while-revalidate" => Self::StaleWhileRevalidate,
            "cache-only" => Self::CacheOnly,
            "network-only" => Self::NetworkOnly,
            _ => return None,
        })
    }
}
