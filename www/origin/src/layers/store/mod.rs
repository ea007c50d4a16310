//! Where a layer keeps what it caches: in this process, or in the real service whose place the layer takes.
//!
//! All are good for the same time: an entry's end is kept with it and compared to the caller's `now`, since a
//! service's own clock may tell seconds only. A service that does not answer is a cache that has nothing.

mod memcached;
mod portable;
mod redis;
#[cfg(test)]
mod tests;
mod timed;

use std::fmt::Display;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::{Buf, BufMut, Bytes};

use self::memcached::Memcached;
use self::redis::Redis;
use crate::message::millis;

pub(crate) use portable::Portable;
pub(crate) use timed::Timed;

/// Values by text key, each with an end.
pub(crate) enum Store<V: Clone + Send + Sync + 'static> {
    /// In this process.
    Embedded(Timed<V>),
    /// In the service that listens on a socket of its folder.
    Memcached(Memcached),
    /// In the service that listens on a socket of its folder.
    Redis(Redis),
}

impl<V: Portable> Store<V> {
    /// An empty store in this process.
    pub(crate) fn embedded() -> Self {
        Self::Embedded(Timed::new(10_000))
    }

    /// The memcached of this folder.
    pub(crate) async fn memcached(folder: &Path) -> Result<Self, String> {
        Memcached::open(folder.join("memcached.sock"))
            .await
            .map(Self::Memcached)
            .map_err(unready("memcached"))
    }

    /// The Redis of this folder.
    pub(crate) async fn redis(folder: &Path) -> Result<Self, String> {
        Redis::open(&folder.join("redis.sock")).await.map(Self::Redis).map_err(unready("redis"))
    }

    /// What it is kept in.
    pub(crate) fn part(&self) -> &'static str {
        match self {
            Self::Embedded(_) => "embedded",
            Self::Memcached(_) => "memcached",
            Self::Redis(_) => "redis",
        }
    }

    /// The value, if it has not ended.
    pub(crate) async fn get(&self, key: &str, now: SystemTime) -> Option<V> {
        let kept = match self {
            Self::Embedded(timed) => return timed.get(key, now),
            Self::Memcached(service) => service.get(key).await.unwrap_or_else(failed("memcached")),
            Self::Redis(service) => service.get(key).await.unwrap_or_else(failed("redis")),
        };
        let mut kept = Bytes::from(kept?);
        let end = UNIX_EPOCH + Duration::from_millis(kept.try_get_u64().ok()?);
        (now < end).then(|| V::unpack(kept)).flatten()
    }

    /// Keeps a value for a while; for no time, not at all.
    pub(crate) async fn put(&self, key: String, value: V, now: SystemTime, ttl: Duration) {
        if let Self::Embedded(timed) = self {
            return timed.put(key, value, now, ttl);
        }
        if ttl.is_zero() {
            self.remove(&key).await;
            return;
        }
        let mut kept = Vec::new();
        kept.put_u64(millis(now + ttl));
        value.pack(&mut kept);
        match self {
            Self::Embedded(_) => {}
            Self::Memcached(service) => {
                service.set(&key, &kept, ttl).await.unwrap_or_else(failed("memcached"));
            }
            Self::Redis(service) => service.set(&key, &kept, ttl).await.unwrap_or_else(failed("redis")),
        }
    }

    /// Drops a value, and says whether there was one.
    pub(crate) async fn remove(&self, key: &str) -> bool {
        match self {
            Self::Embedded(timed) => timed.remove(key),
            Self::Memcached(service) => service.delete(key).await.unwrap_or_else(failed("memcached")),
            Self::Redis(service) => service.delete(key).await.unwrap_or_else(failed("redis")),
        }
    }

    /// Drops everything.
    pub(crate) async fn clear(&self) {
        match self {
            Self::Embedded(timed) => timed.clear(),
            Self::Memcached(service) => service.flush().await.unwrap_or_else(failed("memcached")),
            Self::Redis(service) => service.flush().await.unwrap_or_else(failed("redis")),
        }
    }
}

fn unready<E: Display>(part: &'static str) -> impl FnOnce(E) -> String {
    move |error| format!("{part} does not answer: {error}")
}

/// Says that a service failed, and goes on with nothing.
fn failed<T: Default, E: Display>(part: &'static str) -> impl FnOnce(E) -> T {
    move |error| {
        eprintln!("{part}: {error}");
        T::default()
    }
}
