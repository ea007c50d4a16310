//! The table, DynamoDB: the one place the data really is, and the only layer that never forgets.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Visit, wait};
use crate::catalogue::Item;
use crate::trace::{Layer, Outcome};

/// Items by key, and what reading them has cost.
pub(crate) struct Table(Mutex<Content>);

struct Content {
    items: BTreeMap<String, Arc<Item>>,
    consumed: Units,
}

/// Capacity units consumed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Units {
    /// Half a unit for each 4 KB read with eventual consistency.
    pub(crate) read: f64,
    /// One unit for each KB written.
    pub(crate) write: f64,
}

/// A query: which items, in the order of their keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Query {
    /// All products.
    Products,
    /// The products of one category.
    Category(String),
}

impl Query {
    /// The query's identity, for the cache in front.
    pub(crate) fn key(&self) -> String {
        match self {
            Self::Products => "products".to_owned(),
            Self::Category(slug) => format!("category#{slug}"),
        }
    }

    fn selects(&self, item: &Item) -> bool {
        match (self, item) {
            (_, Item::Profile(_)) => false,
            (Self::Products, Item::Product(_)) => true,
            (Self::Category(slug), Item::Product(product)) => product.category == *slug,
        }
    }
}

impl Table {
    /// A table with these items.
    pub(crate) fn new(items: Vec<Item>) -> Self {
        Self(Mutex::new(Content { items: by_key(items), consumed: Units::default() }))
    }

    /// Reads one item.
    pub(crate) async fn get(&self, visit: &Visit, key: &str) -> Option<Arc<Item>> {
        let span = visit.trace.enter(Layer::Table);
        wait(visit.switches.table.latency_ms).await;
        let item = self.peek(key);
        self.content().consumed.read += read_units(item.as_ref().map_or(0, |item| item.size()));
        span.leave(Outcome::Read);
        item
    }

    /// Reads the items of a query.
    pub(crate) async fn query(&self, visit: &Visit, query: &Query) -> Arc<Vec<Arc<Item>>> {
        let span = visit.trace.enter(Layer::Table);
        wait(visit.switches.table.latency_ms).await;
        let found: Vec<_> = {
            let mut content = self.content();
            let found: Vec<_> = content.items.values().filter(|item| query.selects(item)).cloned().collect();
            // A query is billed on the sum of its items, not item by item.
            content.consumed.read += read_units(found.iter().map(|item| item.size()).sum());
            found
        };
        span.leave(Outcome::Read);
        Arc::new(found)
    }

    /// Writes one item.
    pub(crate) async fn put(&self, visit: &Visit, item: Arc<Item>) {
        let span = visit.trace.enter(Layer::Table);
        wait(visit.switches.table.latency_ms).await;
        self.content().consumed.write += item.size().div_ceil(1024).max(1) as f64;
        self.replace(item);
        span.leave(Outcome::Write);
    }

    /// Looks at an item from outside the stack: no latency, no cost, no trace.
    pub(crate) fn peek(&self, key: &str) -> Option<Arc<Item>> {
        self.content().items.get(key).cloned()
    }

    /// All items, seen from outside the stack.
    pub(crate) fn items(&self) -> Vec<Arc<Item>> {
        self.content().items.values().cloned().collect()
    }

    /// Changes an item from outside the stack.
    pub(crate) fn replace(&self, item: Arc<Item>) {
        self.content().items.insert(item.key(), item);
    }

    /// Puts the first content back and forgets what was consumed.
    pub(crate) fn restore(&self, items: Vec<Item>) {
        *self.content() = Content { items: by_key(items), consumed: Units::default() };
    }

    /// What reading and writing has cost so far.
    pub(crate) fn consumed(&self) -> Units {
        self.content().consumed
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn by_key(items: Vec<Item>) -> BTreeMap<String, Arc<Item>> {
    items.into_iter().map(|item| (item.key(), Arc::new(item))).collect()
}

/// DynamoDB Developer Guide, "Read consistency": an eventually consistent read of up to 4 KB is half a unit;
/// one that finds nothing costs the minimum too.
fn read_units(bytes: usize) -> f64 {
    bytes.div_ceil(4096).max(1) as f64 / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_are_billed_by_four_kilobytes() {
        for (bytes, units) in [(0, 0.5), (1, 0.5), (4096, 0.5), (4097, 1.0), (40_960, 5.0)] {
            assert_eq!(read_units(bytes), units, "{bytes}");
        }
    }
}
