//! `No-Vary-Search`: which query parameters make no difference.

use crate::model::Url;

/// How much of a query matters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoVarySearch {}

/// Whether two URLs name the same resource, as far as the value of a `No-Vary-Search` field says.
#[must_use]
pub fn same_resource(_no_vary_search: &str, a: &Url, b: &Url) -> bool {
    a == b
}
