//! Cache Groups (RFC 9875) and `Clear-Site-Data`.

use super::structured::{BareItem, Member, parse_list};
use super::text::members;
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
    let mut texts = Vec::new();
    for (_, member) in headers.combined(name).and_then(|value| parse_list(&value)).unwrap_or_default() {
        match member {
            Member::Item((BareItem::String(text), _)) if texts.len() < MAX_GROUPS => texts.push(text),
            _ => {}
        }
    }
    texts
}

/// Whether a response asks for the origin's cache to be cleared (Clear Site Data §3.1).
#[must_use]
pub fn clear_site_data(response: &Response) -> bool {
    let mut types = members(&response.headers, "clear-site-data");
    types.any(|kind| kind == "\"cache\"" || kind == "\"*\"")
}
