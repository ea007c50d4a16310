//! The table cache, DAX: an item cache and a query cache that know nothing of each other.
//!
//! Writes go through to the table and refresh the item; a query keeps answering with what it found until its
//! time is up, as the DAX documentation warns.

use std::sync::Arc;

use super::table::{Query, Table};
use super::{Timed, Visit, wait};
use crate::catalogue::Item;
use crate::trace::{Layer, Outcome};

/// The cluster in front of a table.
pub(crate) struct Dax {
    table: Arc<Table>,
    /// "Not there" is an answer too: DAX caches negative results.
    items: Timed<Option<Arc<Item>>>,
    queries: Timed<Arc<Vec<Arc<Item>>>>,
}

impl Dax {
    /// An empty cluster.
    pub(crate) fn new(table: Arc<Table>) -> Self {
        Self { table, items: Timed::new(10_000), queries: Timed::new(100) }
    }

    /// Reads one item.
    pub(crate) async fn get(&self, visit: &Visit, key: &str) -> Option<Arc<Item>> {
        let switches = &visit.switches.dax;
        if !switches.enabled {
            return self.table.get(visit, key).await;
        }
        let span = visit.trace.enter(Layer::Dax);
        wait(switches.latency_ms).await;
        if let Some(item) = self.items.get(key, visit.now) {
            span.leave(Outcome::Hit);
            return item;
        }
        let item = self.table.get(visit, key).await;
        let ttl = switches.item_ttl_seconds.seconds();
        self.items.put(key.to_owned(), item.clone(), visit.now, ttl);
        span.leave(Outcome::Miss);
        item
    }

    /// Reads the items of a query.
    pub(crate) async fn query(&self, visit: &Visit, query: &Query) -> Arc<Vec<Arc<Item>>> {
        let switches = &visit.switches.dax;
        if !switches.enabled {
            return self.table.query(visit, query).await;
        }
        let span = visit.trace.enter(Layer::Dax);
        wait(switches.latency_ms).await;
        let key = query.key();
        if let Some(found) = self.queries.get(&key, visit.now) {
            span.leave(Outcome::Hit);
            return found;
        }
        let found = self.table.query(visit, query).await;
        let ttl = switches.query_ttl_seconds.seconds();
        self.queries.put(key, found.clone(), visit.now, ttl);
        span.leave(Outcome::Miss);
        found
    }

    /// Writes one item: the table first, then the item cache, never the query cache.
    pub(crate) async fn put(&self, visit: &Visit, item: Arc<Item>) {
        let switches = &visit.switches.dax;
        if !switches.enabled {
            return self.table.put(visit, item).await;
        }
        let span = visit.trace.enter(Layer::Dax);
        wait(switches.latency_ms).await;
        self.table.put(visit, item.clone()).await;
        let ttl = switches.item_ttl_seconds.seconds();
        self.items.put(item.key(), Some(item), visit.now, ttl);
        span.leave(Outcome::Write);
    }

    /// Drops both caches.
    pub(crate) fn clear(&self) {
        self.items.clear();
        self.queries.clear();
    }
}
