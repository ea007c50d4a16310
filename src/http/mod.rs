//! HTTP caching as a private cache does it: RFC 9111, and what the web added to it.
//!
//! Plain functions over plain data. Nothing here reads a clock, does I/O or panics, whatever bytes a
//! header holds; a value that doesn't parse is taken in the most restrictive way its standard allows.
//!
//! - what may be kept: [`store()`]; what a kept response is worth: [`freshness()`], [`age`], [`lifetime`]
//! - which kept response answers: [`select()`] (Vary), [`same_resource`] (No-Vary-Search)
//! - how it answers: [`answer`] (conditionals, ranges, HEAD), [`served_headers`]
//! - how it is renewed: [`conditional`], [`freshen`]
//! - what a response ends: [`invalidated`], [`cache_group_invalidation`], [`clear_site_data`]
//! - what happened: [`CacheStatus`] for what we serve, [`Edge`] for what the edge says

mod cache_control;
mod combine;
mod date;
mod edge;
mod freshness;
mod groups;
mod invalidation;
mod no_vary_search;
mod precondition;
mod range;
mod rule;
mod select;
mod served;
mod status;
mod storage;
mod structured;
mod text;
mod update;
mod validation;
mod vary;

pub use cache_control::{CacheControl, MaxStale};
pub use combine::{Combined, combine, missing_range};
pub use date::{format_date, parse_date, retry_after};
pub use edge::{Edge, EdgeVerdict};
pub use freshness::{Assessment, Freshness, age, assess, expires_at, freshness, is_from_future, lifetime};
pub use groups::{cache_group_invalidation, cache_groups, clear_site_data};
pub use invalidation::invalidated;
pub use no_vary_search::{NoVarySearch, same_resource};
pub use precondition::{Answer, answer};
pub use range::{ByteRange, ContentRange, RangeAnswer, partial_headers};
pub use rule::{AgeFrom, Methods, Opaque, Ranges, Rule, VaryCookie};
pub use select::select;
pub use served::{age_value, served_headers, validated_headers};
pub use status::{CacheStatus, Fwd};
pub use storage::store;
pub use structured::{BareItem, Item, Member, Parameters, last, parse_dictionary, parse_list};
pub use update::freshen;
pub use validation::{conditional, same_etag};

pub(crate) use freshness::{assess_for, ttl};
pub(crate) use select::{Match, pick};
pub(crate) use storage::{is_impostor, supersedes};
pub(crate) use update::{confirms, named};
pub(crate) use validation::could_answer;
pub(crate) use vary::matches_stored;
