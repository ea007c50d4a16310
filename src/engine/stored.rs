//! What a response becomes when it is stored, and what it puts out of date.

use super::fetch::{Exchange, Variant};
use super::{Engine, Failure, Select};
use crate::http;
use crate::model::{Bytes, Key, Kind, Meta, Request, Response, StoredResponse, Url, Version, digest};
use crate::origin::key;

/// A resource has at most that many stored variants and parts; the longest unchanged makes room.
const MAX_VARIANTS: usize = 16;

/// What a response's metadata weighs beside the text of its header fields: their places, URL, method, times, and the
/// entry's own. Measured: 1.5 to 3 KB in memory.
const HEAD_OVERHEAD: u64 = 2048;

impl<B: Clone + Default + 'static> Engine<B> {
    /// What a response puts out of date: RFC 9111 §4.4, RFC 9875, Clear-Site-Data.
    pub(super) async fn invalidate_after(
        &self,
        request: &Request,
        head: &Response,
    ) -> Result<(), Failure<B>> {
        let resolve = |base: &Url, relative: &str| {
            self.origin.resolve(base.as_str(), relative).map(|url| Url::new(&url))
        };
        for url in http::invalidated(request, head, &resolve) {
            self.invalidate(&Select::Url(url.as_str().to_owned())).await?;
        }
        let groups = http::cache_group_invalidation(request, head);
        if !groups.is_empty() {
            let tags = groups.iter().map(|group| group_tag(&request.url, group)).collect();
            self.invalidate(&Select::Tags(tags)).await?;
        }
        if http::clear_site_data(head) {
            let origin = request.url.origin();
            self.fetches.doom(&|_| true);
            let keys = self.matching("", &|_, meta| {
                meta.response().is_some_and(|stored| stored.response.url.origin() == origin)
            });
            self.stack.remove(&keys).await?;
        }
        Ok(())
    }

    /// The metadata that `stored` is kept with.
    pub(super) fn meta(
        &self,
        exchange: &Exchange<B>,
        mut stored: Box<StoredResponse>,
        version: Version,
        body: Bytes,
    ) -> Meta {
        // A signature is the caller's own, and a secret.
        stored.response.url = key::unsigned(self.options.profile, &stored.response.url);
        let route = &exchange.route;
        let mut tags = route.tags.clone();
        tags.extend(route.limit.iter().map(|limit| limit.tag.clone()));
        let groups = http::cache_groups(&stored.response);
        tags.extend(groups.iter().map(|group| group_tag(&exchange.request.url, group)));
        Meta {
            version,
            expires: Some(http::expires_at(&stored, &route.rule)),
            stale_until: None,
            size: body + head_size(&stored),
            tags,
            kind: Kind::Response(stored),
        }
    }
}

/// What the head of a response weighs.
pub(super) fn head_size(stored: &StoredResponse) -> Bytes {
    let fields: usize = stored.response.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    Bytes(fields as u64 + HEAD_OVERHEAD)
}

/// The body's share of a stored response's size.
pub(super) fn body_size(meta: &Meta) -> Bytes {
    meta.size.saturating_sub(meta.response().map_or(Bytes(HEAD_OVERHEAD), head_size))
}

/// A Cache-Groups member as a tag: groups are per origin (RFC 9875 §2).
fn group_tag(url: &Url, group: &str) -> String {
    [url.origin(), " ", group].concat()
}

/// Tells the variants of one primary key apart: by the values of the nominated fields, and the range.
pub(super) fn mark(stored: &StoredResponse) -> String {
    let mut text = String::new();
    for (name, value) in stored.vary.iter() {
        text.push_str(name);
        text.push(':');
        text.push_str(value);
        text.push('\n');
    }
    if stored.response.status == 206 {
        text.push_str(stored.response.headers.get("content-range").unwrap_or_default());
    }
    if text.is_empty() { text } else { digest(text.as_bytes()) }
}

/// The keys that go when `key` comes: those it supersedes, and the oldest of too many.
pub(super) fn make_room(variants: &[Variant], mut superseded: Vec<Key>, key: &Key) -> Vec<Key> {
    superseded.retain(|old| old != key);
    let mut others: Vec<&Variant> =
        variants.iter().filter(|v| v.key != *key && !superseded.contains(&v.key)).collect();
    while others.len() >= MAX_VARIANTS
        && let Some(oldest) = (0..others.len()).min_by_key(|&at| others.get(at).map(|v| v.meta.version))
    {
        superseded.push(others.swap_remove(oldest).key.clone());
    }
    superseded
}
