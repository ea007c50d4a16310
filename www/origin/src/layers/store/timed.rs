//! A bounded cache whose entries end at a time its owner names: the store inside every layer that caches.
//!
//! Moka bounds and evicts; the end is kept with the entry rather than by moka's own clock, so that what is
//! fresh depends on the `now` of the caller alone.

use std::time::{Duration, SystemTime};

use moka::sync::Cache;

/// Values by text key, each with an end.
#[derive(Clone)]
pub(crate) struct Timed<V: Clone + Send + Sync + 'static>(Cache<String, (SystemTime, V)>);

impl<V: Clone + Send + Sync + 'static> Timed<V> {
    /// An empty cache of at most this many entries.
    pub(crate) fn new(capacity: u64) -> Self {
        Self(Cache::new(capacity))
    }

    /// The value, if it has not ended.
    pub(crate) fn get(&self, key: &str, now: SystemTime) -> Option<V> {
        let (end, value) = self.0.get(key)?;
        (now < end).then_some(value)
    }

    /// Keeps a value for a while; for no time, not at all.
    pub(crate) fn put(&self, key: String, value: V, now: SystemTime, ttl: Duration) {
        if ttl.is_zero() {
            self.0.invalidate(&key);
        } else {
            self.0.insert(key, (now + ttl, value));
        }
    }

    /// Drops a value, and says whether there was one.
    pub(crate) fn remove(&self, key: &str) -> bool {
        self.0.remove(key).is_some()
    }

    /// Drops everything.
    pub(crate) fn clear(&self) {
        self.0.invalidate_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_ends_when_its_owner_said() {
        let start = SystemTime::UNIX_EPOCH;
        let cache = Timed::new(10);
        cache.put("a".to_owned(), 1, start, Duration::from_secs(5));
        cache.put("b".to_owned(), 2, start, Duration::ZERO);
        assert_eq!(cache.get("a", start + Duration::from_secs(4)), Some(1));
        assert_eq!(cache.get("a", start + Duration::from_secs(5)), None);
        assert_eq!(cache.get("b", start), None);
        assert!(cache.remove("a") && !cache.remove("a"));
    }
}
