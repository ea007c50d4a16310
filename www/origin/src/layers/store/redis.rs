//! Redis, or Valkey, as a service of bytes.

use std::path::Path;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncCommands, Client, RedisResult};

/// A connection that all requests share.
pub(crate) struct Redis(MultiplexedConnection);

impl Redis {
    /// Connects to a socket.
    pub(super) async fn open(socket: &Path) -> RedisResult<Self> {
        let client = Client::open(format!("redis+unix://{}", socket.display()))?;
        client.get_multiplexed_async_connection().await.map(Self)
    }

    /// The bytes of a key.
    pub(super) async fn get(&self, key: &str) -> RedisResult<Option<Vec<u8>>> {
        self.0.clone().get(key).await
    }

    /// Keeps bytes for a while.
    pub(super) async fn set(&self, key: &str, bytes: &[u8], ttl: Duration) -> RedisResult<()> {
        let milliseconds = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX);
        self.0.clone().pset_ex(key, bytes, milliseconds).await
    }

    /// Drops a key, and says whether it was there.
    pub(super) async fn delete(&self, key: &str) -> RedisResult<bool> {
        self.0.clone().del(key).await
    }

    /// Drops everything.
    pub(super) async fn flush(&self) -> RedisResult<()> {
        redis::cmd("FLUSHDB").query_async(&mut self.0.clone()).await
    }
}
