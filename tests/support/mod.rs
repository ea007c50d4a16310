//! A world without a browser: a clock that only tests move, tasks that run when they are told to, contexts that
//! share stores and locks, stores that fail on demand.

#![allow(dead_code, reason = "each suite uses its part")]

mod context;
mod store;
mod world;

pub use context::Context;
#[allow(unused_imports, reason = "the same")]
pub use store::{Fault, Store, breathe};
pub use world::World;

use std::future::poll_fn;
use std::task::Poll;

use nearcache::model::{Bytes, Entry, Key, Kind, Meta, Millis, Timestamp, Version};

/// A value's key.
pub fn key(name: &str) -> Key {
    Key::value(name).unwrap()
}

/// A value of 100 bytes that lives for ever.
pub fn entry<B>(version: Version, body: B) -> Entry<B> {
    sized(version, 100, body)
}

/// A value of that size that lives for ever.
pub fn sized<B>(version: Version, size: u64, body: B) -> Entry<B> {
    Entry { meta: meta(version, size).into(), body }
}

/// A value of 100 bytes that dies at `expires`.
pub fn mortal<B>(version: Version, expires: Timestamp, body: B) -> Entry<B> {
    Entry { meta: Meta { expires: Some(expires), ..meta(version, 100) }.into(), body }
}

/// Metadata of a value that lives for ever.
pub fn meta(version: Version, size: u64) -> Meta {
    Meta { version, expires: None, stale_until: None, size: Bytes(size), tags: Vec::new(), kind: Kind::Value }
}

/// The version that some context made `ms` after the start.
pub fn version(ms: u64) -> Version {
    Version { time: World::START + Millis(ms), counter: 0, node: 99 }
}

/// A version from long before the test.
pub fn old_version(ms: u64) -> Version {
    Version { time: Timestamp(ms), ..version(0) }
}

/// Drives all at once, in their order; their outputs.
pub async fn join_all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut slots: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    poll_fn(|context| {
        for (future, output) in slots.iter_mut().filter(|(_, output)| output.is_none()) {
            if let Poll::Ready(ready) = future.as_mut().poll(context) {
                *output = Some(ready);
            }
        }
        if slots.iter().all(|(_, output)| output.is_some()) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    slots.into_iter().filter_map(|(_, output)| output).collect()
}
