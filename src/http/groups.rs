//! Cache Groups (RFC 9875) and `Clear-Site-Data`.

use super::structured::{BareItem, parse_list};
use super::text::list;
use crate::model::{Headers, Request, Response};

/// RFC 9875 §2: caches support at least 32 groups of 32 characters; more are ignored past this.
const MAX_GROUPS: usize = 128;

/// The groups that a response belongs to, within its origin (RFC 9875 §2).
#[must_use]
pub fn cache_groups(response: &Response) -> Vec<String> {
    strings(&response.headers, "cache-groups")
}

/// The groups of the origin that a response to an unsafe request ends (RFC 9875 §3).
#[must_use]
pub fn cache_group_invalidation(request: &Request, response: &Response) -> Vec<String> {
    if request.is_safe() { Vec::new() } else { strings(&response.headers, "cache-group-invalidation") }
}

fn strings(headers: &Headers, name: &str) -> Vec<String> {
    let Some(members) = headers.combined(name).and_then(|value| parse_list(&value)) else {
        return Vec::new();
    };
    let texts = members.into_iter().filter_map(|member| match member.into_item()?.value {
        BareItem::String(text) => Some(text),
        _ => None,
    });
    texts.take(MAX_GROUPS).collect()
}

/// Whether a response asks for the origin's cache to be cleared (Clear Site Data §3.1).
#[must_use]
pub fn clear_site_data(response: &Response) -> bool {
    let mut types = response.headers.values("clear-site-data").flat_map(list);
    types.any(|kind| kind == "\"cache\"" || kind == "\"*\"")
}
