//! A connection to a database that lives as long as the page, though the browser's does not.
//!
//! The browser may close a connection at any time (pitfalls: suspended tabs, deleted databases). The handle is
//! dropped on `close` and `versionchange`, and when a transaction cannot be started; it is then opened anew and
//! the operation is run once more, never twice on the same handle.

use core::cell::RefCell;
use core::future::poll_fn;
use core::task::Poll;
use std::rc::Rc;

use indexed_db_futures::database::Database;
use indexed_db_futures::error::{Error, OpenDbError};
use indexed_db_futures::internals::SystemRepr;
use indexed_db_futures::prelude::*;
use indexed_db_futures::transaction::{
    Transaction, TransactionDurability, TransactionMode, TransactionOptions,
};
use tokio::sync::oneshot;
use wasm_bindgen_futures::spawn_local;

use super::Durability;
use crate::dom;
use crate::error::TierError;

/// What a request, or several, came to.
pub(super) type Outcome<T> = Result<T, Error>;

/// One database of the origin, opened when it is first used.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    name: Rc<str>,
    layout: u8,
    stores: &'static [&'static str],
    handle: Rc<RefCell<Option<Open>>>,
}

/// An open connection, and what its watch lasts as long as.
#[derive(Debug)]
struct Open {
    database: Database,
    _until: oneshot::Sender<()>,
}

impl Connection {
    /// To the database called `name`, which has these stores.
    pub(super) fn new(name: &str, layout: u8, stores: &'static [&'static str]) -> Self {
        Self { name: name.into(), layout, stores, handle: Rc::default() }
    }

    async fn database(&self) -> Result<Database, TierError> {
        if let Some(Open { database, .. }) = self.handle.borrow().as_ref() {
            return Ok(database.clone());
        }
        let stores = self.stores;
        let opening =
            Database::open(&*self.name).with_version(self.layout).with_on_upgrade_needed(move |_, db| {
                for store in stores {
                    db.create_object_store(store).build()?;
                }
                Ok(())
            });
        let database = opening.await.map_err(open_error)?;
        if let Some(Open { database: first, .. }) = self.handle.borrow().as_ref() {
            // Another operation opened one meanwhile; a second would be nobody's.
            database.close();
            return Ok(first.clone());
        }
        let until = self.watch(&database);
        *self.handle.borrow_mut() = Some(Open { database: database.clone(), _until: until });
        Ok(database)
    }

    /// Drops the handle as soon as the browser closes it or another context wants to upgrade or delete.
    /// The watch ends when what this returns is dropped.
    fn watch(&self, database: &Database) -> oneshot::Sender<()> {
        let (until, mut over) = oneshot::channel::<()>();
        let Ok(mut changes) = database.version_changes() else { return until };
        let handle = Rc::clone(&self.handle);
        spawn_local(async move {
            let is_over = poll_fn(|context| match changes.poll_recv(context) {
                Poll::Ready(_) => Poll::Ready(false),
                Poll::Pending => core::pin::Pin::new(&mut over).poll(context).map(|_| true),
            });
            if !is_over.await
                && let Some(Open { database, .. }) = handle.take()
            {
                database.close();
            }
        });
        until
    }

    /// Runs `work` in a transaction; once more on a new connection when this one turns out to be dead.
    pub(super) async fn run<T, W>(
        &self,
        mode: TransactionMode,
        durability: Durability,
        work: W,
    ) -> Result<T, TierError>
    where
        W: AsyncFn(&Transaction<'_>) -> Outcome<T>,
    {
        for last in [false, true] {
            let database = self.database().await?;
            let options = TransactionOptions::new().with_durability(match durability {
                Durability::Relaxed => TransactionDurability::Relaxed,
                Durability::Strict => TransactionDurability::Strict,
            });
            let begun = database.transaction(self.stores).with_mode(mode).with_options(options).build();
            let transaction = match begun {
                Ok(transaction) => transaction,
                Err(error) if last => return Err(failure(error)),
                Err(_) => {
                    self.release();
                    continue;
                }
            };
            let raw = transaction.as_sys().clone();
            // Each request of an aborted transaction fires an error, and the crate's listener takes one.
            raw.set_onerror(None);
            // A full disk shows in the transaction, whose requests and events only say that it was aborted.
            let why = |error| raw.error().map_or_else(|| failure(error), |why| dom::tier_error(why.into()));
            let output = work(&transaction).await.map_err(why)?;
            transaction.commit().await.map_err(why)?;
            return Ok(output);
        }
        Err(TierError::Unavailable("its connection keeps closing"))
    }

    /// Closes it; the next use opens it anew.
    pub(super) fn release(&self) {
        if let Some(Open { database, .. }) = self.handle.take() {
            database.close();
        }
    }
}

fn failure(error: Error) -> TierError {
    match error {
        Error::DomException(exception) => dom::tier_error(exception.into()),
        _ => TierError::Failed("IndexedDB gave no reason".into()),
    }
}

fn open_error(error: OpenDbError) -> TierError {
    match error {
        OpenDbError::Base(error) => failure(error),
        _ => TierError::Unavailable("this context has no IndexedDB"),
    }
}
