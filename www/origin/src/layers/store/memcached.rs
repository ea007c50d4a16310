//! memcached, as a service of bytes.

use std::path::PathBuf;
use std::time::Duration;

use async_memcached::{AsciiProtocol, Client, Error, Status};
use sha2::{Digest, Sha256};
use tokio::sync::{Mutex, MutexGuard};

/// A connection, opened anew when a request that was given up has left it in the middle of an answer.
pub(crate) struct Memcached {
    address: String,
    client: Mutex<Client>,
}

impl Memcached {
    /// Connects to a socket.
    pub(super) async fn open(socket: PathBuf) -> Result<Self, Error> {
        let address = format!("unix://{}", socket.display());
        let client = Mutex::new(Client::new(&address).await?);
        Ok(Self { address, client })
    }

    /// The bytes of a key.
    pub(super) async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.client().await?.get(named(key)).await?.and_then(|value| value.data))
    }

    /// Keeps bytes for a while.
    pub(super) async fn set(&self, key: &str, bytes: &[u8], ttl: Duration) -> Result<(), Error> {
        let seconds = i64::try_from(ttl.as_millis().div_ceil(1000)).unwrap_or(i64::MAX);
        self.client().await?.set(named(key), bytes, Some(seconds), None).await
    }

    /// Drops a key, and says whether it was there.
    pub(super) async fn delete(&self, key: &str) -> Result<bool, Error> {
        match self.client().await?.delete(named(key)).await {
            Ok(()) => Ok(true),
            Err(Error::Protocol(Status::NotFound)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Drops everything.
    pub(super) async fn flush(&self) -> Result<(), Error> {
        self.client().await?.flush_all().await
    }

    async fn client(&self) -> Result<MutexGuard<'_, Client>, Error> {
        let mut client = self.client.lock().await;
        if client.is_closed() {
            *client = Client::new(&self.address).await?;
        }
        Ok(client)
    }
}

/// A key of memcached has 250 bytes at most, and neither blanks nor line breaks.
fn named(key: &str) -> String {
    Sha256::digest(key).iter().map(|byte| format!("{byte:02x}")).collect()
}
