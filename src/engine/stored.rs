//! What a response becomes when it is stored, and what it puts out of date.

use super::fetch::Exchange;
use super::{Engine, Failure, Select};
use crate::http;
use crate::model::{Bytes, Kind, Meta, Request, Response, StoredResponse, Url, Version};

/// What a response's metadata weighs beside its header fields: URL, method, times.
const HEAD_OVERHEAD: u64 = 256;

impl<B: Clone + 'static> Engine<B> {
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
            self.fetches.doom(|_| true);
            let keys = self.matching("", |_, meta| {
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
        stored: StoredResponse,
        version: Version,
        body: Bytes,
    ) -> Meta {
        let route = &exchange.route;
        let mut tags = route.tags.clone();
        let groups = http::cache_groups(&stored.response);
        tags.extend(groups.iter().map(|group| group_tag(&exchange.request.url, group)));
        let head: usize = stored.response.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        Meta {
            version,
            expires: Some(http::expires_at(&stored, &route.rule)),
            stale_until: None,
            size: body + Bytes(head as u64 + HEAD_OVERHEAD),
            tags,
            kind: Kind::Response(Box::new(stored)),
        }
    }
}

/// The body's share of a stored response's size.
pub(super) fn body_size(meta: &Meta) -> Bytes {
    let head = meta.response().map_or(0, |stored| {
        stored.response.headers.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() as u64
    });
    meta.size.saturating_sub(Bytes(head + HEAD_OVERHEAD))
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
    if text.is_empty() { text } else { crate::origin::identity::digest(&text) }
}
