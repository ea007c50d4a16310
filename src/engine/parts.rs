//! Parts (206) of one body: what touches becomes one.

use super::Engine;
use super::stored::{head_size, mark};
use crate::http::{Ranges, combine};
use crate::model::{Bytes, Key, Kind, Meta};
use crate::origin::key;

/// A response on its way into the store.
pub(super) struct Part<B> {
    pub(super) key: Key,
    pub(super) meta: Meta,
    pub(super) body: B,
    pub(super) size: Bytes,
    /// The keys that it takes the place of.
    pub(super) superseded: Vec<Key>,
}

impl<B: Clone + Default + 'static> Engine<B> {
    /// A part that has come in, joined with those that it touches by now: others may have landed meanwhile,
    /// and one that fills a gap touches two.
    pub(super) async fn grown(&self, primary: &str, ranges: Ranges, mut part: Part<B>) -> Part<B> {
        if ranges != Ranges::Combine {
            return part;
        }
        let mut others = self.stack.list(&key::variant_prefix(primary));
        others.retain(|(key, _)| !part.superseded.contains(key));
        loop {
            let Some(new) = part.meta.response().filter(|new| new.response.status == 206) else {
                return part;
            };
            let touching = others.iter().enumerate().find_map(|(index, (_, place))| {
                let old = place.meta.response().filter(|old| old.vary == new.vary)?;
                Some((index, combine(old, new)?))
            });
            let Some((index, joined)) = touching else { return part };
            let (old, _) = others.swap_remove(index);
            let Some(found) = self.stack.get(&old).await else { continue };
            let (before, after) = (joined.keep_before, joined.keep_after);
            let Ok((body, size)) = self.origin.join(&found.entry.body, &part.body, before, after).await
            else {
                continue;
            };
            part.meta.size = head_size(&joined.stored);
            part.key = key::variant_key(primary, &mark(&joined.stored));
            part.meta.kind = Kind::Response(Box::new(joined.stored));
            (part.body, part.size) = (body, size);
            part.superseded.push(old);
            part.superseded.retain(|old| *old != part.key);
        }
    }
}
