//! Single flight: callers that want the same thing at the same time share one piece of work.
//!
//! Invariants: every waiter is answered, also when the leader is dropped; the table holds only what is in
//! the air; what an invalidation overtakes in the air is not kept when it lands.

use core::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use tokio::sync::oneshot;

use crate::model::Key;

/// The work in the air, by key. Cheap to clone: clones share one table.
pub struct Flights<T>(Rc<RefCell<HashMap<Key, Flight<T>>>>);

struct Flight<T> {
    waiters: Vec<oneshot::Sender<T>>,
    doomed: bool,
}

impl<T> Default for Flights<T> {
    fn default() -> Self {
        Self(Rc::default())
    }
}

impl<T> Clone for Flights<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

/// What a caller becomes.
pub enum Boarding<T> {
    /// It does the work.
    Leader(Landing<T>),
    /// It waits for another's. An error means that the leader was dropped half-way.
    Follower(oneshot::Receiver<T>),
}

impl<T> Flights<T> {
    /// Joins the work on `key`, or leads it.
    pub fn board(&self, key: &Key) -> Boarding<T> {
        let mut flights = self.0.borrow_mut();
        if let Some(flight) = flights.get_mut(key) {
            let (waiter, outcome) = oneshot::channel();
            flight.waiters.push(waiter);
            return Boarding::Follower(outcome);
        }
        flights.insert(key.clone(), Flight { waiters: Vec::new(), doomed: false });
        Boarding::Leader(Landing { flights: self.clone(), key: key.clone(), _hold: None })
    }

    /// Marks the work on the keys that `hit` names: its outcome is for its waiters only.
    pub fn doom(&self, hit: impl Fn(&Key) -> bool) {
        for (_, flight) in self.0.borrow_mut().iter_mut().filter(|(key, _)| hit(key)) {
            flight.doomed = true;
        }
    }
}

/// The leader's hold on its work. Dropped, it clears the table, however the work ended.
pub struct Landing<T> {
    flights: Flights<T>,
    key: Key,
    _hold: Option<Box<dyn core::any::Any>>,
}

impl<T> Landing<T> {
    /// The same, with something that is to be held as long.
    #[must_use]
    pub fn holding(mut self, hold: Box<dyn core::any::Any>) -> Self {
        self._hold = Some(hold);
        self
    }

    /// Whether an invalidation has overtaken the work.
    #[must_use]
    pub fn is_doomed(&self) -> bool {
        self.flights.0.borrow().get(&self.key).is_some_and(|flight| flight.doomed)
    }

    /// Hands `outcome` to every waiter.
    pub fn land(self, outcome: &T)
    where
        T: Clone,
    {
        for waiter in self.take() {
            // A waiter that has gone away needs no answer.
            let _ = waiter.send(outcome.clone());
        }
    }

    fn take(&self) -> Vec<oneshot::Sender<T>> {
        self.flights.0.borrow_mut().remove(&self.key).map_or_else(Vec::new, |flight| flight.waiters)
    }
}

impl<T> Drop for Landing<T> {
    fn drop(&mut self) {
        drop(self.take());
    }
}
