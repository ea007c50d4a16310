//! Single flight: callers that want the same thing at the same time share one piece of work.
//!
//! Invariants: every waiter is answered, also when the leader is dropped; the table holds only what is in
//! the air; what an invalidation overtakes in the air is not kept when it lands, and nobody joins it any more.

use core::cell::{Cell, RefCell};
use std::rc::Rc;

use tokio::sync::oneshot;

use crate::model::{Key, Millis, Table, Timestamp};

/// The work in the air, by key. Cheap to clone: clones share one table.
pub struct Flights<T>(Rc<RefCell<Table<Shared<T>>>>);

/// The flights of one key: the first that is not doomed is joined.
type Shared<T> = Vec<Rc<Flight<T>>>;

struct Flight<T> {
    waiters: RefCell<Vec<oneshot::Sender<T>>>,
    doomed: Cell<bool>,
    /// Since when its outcome is on its way into the store.
    storing: Cell<Option<Timestamp>>,
}

impl<T> Flight<T> {
    fn is_storing(&self, now: Timestamp, at_most: Millis) -> bool {
        self.storing.get().is_some_and(|at| now.since(at) < at_most) && !self.doomed.get()
    }
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
        if let Some(flight) =
            self.0.borrow().get(key).and_then(|all| all.iter().find(|flight| !flight.doomed.get()))
        {
            let (waiter, outcome) = oneshot::channel();
            flight.waiters.borrow_mut().push(waiter);
            return Boarding::Follower(outcome);
        }
        Boarding::Leader(self.alone(key))
    }

    /// Work on `key` of one's own, beside what is in the air: an invalidation overtakes it as well.
    pub fn alone(&self, key: &Key) -> Landing<T> {
        let flight = Rc::new(Flight {
            waiters: RefCell::default(),
            doomed: Cell::new(false),
            storing: Cell::new(None),
        });
        self.0.borrow_mut().entry(key.clone()).or_default().push(Rc::clone(&flight));
        Landing { flights: self.clone(), key: key.clone(), flight, _hold: None }
    }

    /// Whether there is an outcome on its way into the store, and not for longer than `at_most`, of a key that `hit` names.
    pub fn is_storing(&self, (now, at_most): (Timestamp, Millis), hit: impl Fn(&Key) -> bool) -> bool {
        let all = self.0.borrow();
        all.iter().any(|(key, all)| all.iter().any(|flight| flight.is_storing(now, at_most)) && hit(key))
    }

    /// The ends of that work.
    pub fn storing(
        &self,
        (now, at_most): (Timestamp, Millis),
        hit: impl Fn(&Key) -> bool,
    ) -> Vec<oneshot::Receiver<T>> {
        let all = self.0.borrow();
        let mut ends = Vec::new();
        for (key, flights) in all.iter() {
            for flight in flights.iter().filter(|flight| flight.is_storing(now, at_most) && hit(key)) {
                let (waiter, outcome) = oneshot::channel();
                flight.waiters.borrow_mut().push(waiter);
                ends.push(outcome);
            }
        }
        ends
    }

    /// Marks the work on the keys that `hit` names: its outcome is for its waiters only.
    pub fn doom(&self, hit: &dyn Fn(&Key) -> bool) {
        for flight in self.0.borrow().iter().filter(|(key, _)| hit(key)).flat_map(|(_, all)| all) {
            flight.doomed.set(true);
        }
    }
}

/// The leader's hold on its work. Dropped, it clears the table, however the work ended.
pub struct Landing<T> {
    flights: Flights<T>,
    key: Key,
    flight: Rc<Flight<T>>,
    _hold: Option<Box<dyn core::any::Any>>,
}

impl<T> Landing<T> {
    /// The same, with something that is to be held as long.
    #[must_use]
    pub fn holding(mut self, hold: Box<dyn core::any::Any>) -> Self {
        self._hold = Some(hold);
        self
    }

    /// Notes that the outcome is handed on, and on its way into the store.
    pub fn store(&self, now: Timestamp) {
        self.flight.storing.set(Some(now));
    }

    /// Whether an invalidation has overtaken the work.
    #[must_use]
    pub fn is_doomed(&self) -> bool {
        self.flight.doomed.get()
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
        let mut flights = self.flights.0.borrow_mut();
        if let Some(all) = flights.get_mut(&self.key) {
            all.retain(|flight| !Rc::ptr_eq(flight, &self.flight));
            if all.is_empty() {
                flights.remove(&self.key);
            }
        }
        self.flight.waiters.take()
    }
}

impl<T> Drop for Landing<T> {
    fn drop(&mut self) {
        drop(self.take());
    }
}
