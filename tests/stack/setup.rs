//! One context over two stores.

use std::rc::Rc;

use nearcache::model::{Bytes, Entry, Key};
use nearcache::tier::{Put, Stack, TierId};

use super::support::{Context, Store, World, entry, key};

/// Room for everything.
pub const ROOMY: [Bytes; TierId::ALL.len()] = [Bytes::mib(1); TierId::ALL.len()];

/// No memory tier.
pub const NO_MEMORY: [Bytes; TierId::ALL.len()] =
    [Bytes::ZERO, Bytes::mib(1), Bytes::mib(1), Bytes::mib(1), Bytes::mib(1), Bytes::mib(1)];

/// A context, its stack, and the stores behind it: IndexedDB, preferred, and localStorage.
pub struct Setup {
    pub world: Rc<World>,
    pub context: Rc<Context>,
    pub stack: Rc<Stack<u32>>,
    pub db: Rc<Store<u32>>,
    pub local: Rc<Store<u32>>,
    budgets: [Bytes; TierId::ALL.len()],
}

impl Setup {
    pub fn new(budgets: [Bytes; TierId::ALL.len()]) -> Self {
        let world = World::new();
        let (db, local) = (Store::new(TierId::IndexedDb), Store::new(TierId::Local));
        let context = Context::new(&world);
        let stack = context.open(1, &[Rc::clone(&local), Rc::clone(&db)], budgets);
        Self { world, context, stack, db, local, budgets }
    }

    /// The same stores after a reload, or in another tab.
    pub fn another(&self, node: u32) -> (Rc<Context>, Rc<Stack<u32>>) {
        let context = Context::new(&self.world);
        let stack = context.open(node, &[Rc::clone(&self.local), Rc::clone(&self.db)], self.budgets);
        (context, stack)
    }

    /// The next entry of this context.
    pub fn next(&self, body: u32) -> Entry<u32> {
        entry(self.stack.tick(), body)
    }

    /// Writes `body` under `name`; returns its home.
    pub fn put(&self, name: &str, body: u32) -> TierId {
        self.context.put(&self.stack, &key(name), self.next(body))
    }

    /// What the stack answers under `name`.
    pub fn get(&self, name: &str) -> Option<u32> {
        self.found(name).map(|(body, _)| body)
    }

    /// The same, and who had it.
    pub fn found(&self, name: &str) -> Option<(u32, TierId)> {
        let found = self.world.run(self.stack.get(&key(name)))?;
        Some((found.entry.body, found.tier))
    }

    pub fn remove(&self, name: &str) -> Result<usize, nearcache::error::Error> {
        self.world.run(self.stack.remove(&[key(name)]))
    }

    pub fn store(&self, id: TierId) -> &Rc<Store<u32>> {
        if id == TierId::Local { &self.local } else { &self.db }
    }

    /// The body of the record under `name`, in localStorage and in IndexedDB.
    pub fn records(&self, name: &str) -> (Option<u32>, Option<u32>) {
        let body = |store: &Store<u32>, key: &Key| store.get(key).map(|entry| entry.body);
        (body(&self.local, &key(name)), body(&self.db, &key(name)))
    }
}

/// To this tier and no other.
pub fn to(tier: TierId) -> Put {
    Put { tier: Some(tier), ..Put::default() }
}
