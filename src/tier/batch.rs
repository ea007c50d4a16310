//! Batched I/O: all reads of a tick share one transaction, all writes of a tick another.
//!
//! The first call of a tick schedules the flush; it runs when the current burst of work is done. Writes keep
//! their order: a batch is committed before the next one starts, and the last change of a key wins. Of a long
//! burst each part is handed on as it fills, to a store that keeps the order by itself.

use core::cell::{Cell, RefCell};
use core::future::poll_fn;
use core::task::{Context, Poll, Waker};
use std::rc::Rc;

use tokio::sync::oneshot;

use super::{Change, Durability, Host, LocalFuture, Lock, Read, Tier};
use crate::error::TierError;
use crate::model::{Key, Millis, Table};

/// How long a read may take. IndexedDB has been seen to stall for ever without an error.
pub(super) const READ_TIME: Millis = Millis(3_000);
/// How long a commit may take.
pub(super) const WRITE_TIME: Millis = Millis(15_000);

/// So many changes are handed on while their burst still goes on.
const PART: usize = 256;

/// A durable tier whose calls are gathered.
pub struct Batched<B> {
    tier: Rc<dyn Tier<B>>,
    host: Rc<dyn Host>,
    reads: RefCell<Vec<(Key, Reply<Read<B>>)>>,
    writes: RefCell<Writes<B>>,
    writing: Cell<bool>,
    /// Whether no part of a burst is sent ahead.
    held: Cell<bool>,
    /// The parts of a burst that are being committed.
    ahead: RefCell<Vec<oneshot::Receiver<()>>>,
}

type Reply<T> = oneshot::Sender<Result<T, TierError>>;

struct Writes<B> {
    changes: Vec<(Key, Change<B>)>,
    waiting: Vec<Reply<()>>,
    durability: Durability,
}

impl<B> Default for Writes<B> {
    fn default() -> Self {
        Self { changes: Vec::new(), waiting: Vec::new(), durability: Durability::Relaxed }
    }
}

impl<B: Clone + 'static> Batched<B> {
    /// Gathers the calls to `tier`.
    pub fn new(tier: Rc<dyn Tier<B>>, host: Rc<dyn Host>) -> Rc<Self> {
        Rc::new(Self {
            tier,
            host,
            reads: RefCell::default(),
            writes: RefCell::default(),
            writing: Cell::new(false),
            held: Cell::new(false),
            ahead: RefCell::default(),
        })
    }

    /// The tier itself, for what is not batched.
    #[must_use]
    pub fn tier(&self) -> &Rc<dyn Tier<B>> {
        &self.tier
    }

    /// Reads `key` with the others of this tick.
    ///
    /// # Errors
    /// What the tier says.
    pub async fn get(self: Rc<Self>, key: Key) -> Result<Read<B>, TierError> {
        let (reply, answer) = oneshot::channel();
        let first = {
            let mut reads = self.reads.borrow_mut();
            reads.push((key, reply));
            reads.len() == 1
        };
        if first {
            self.host.spawn(Box::pin(Rc::clone(&self).flush_reads()));
        }
        answer.await.unwrap_or_else(|_| Err(lost()))
    }

    /// Changes `key` with the others of this tick; resolves when committed.
    ///
    /// # Errors
    /// What the tier says. A failed commit fails each change in it.
    pub async fn change(
        self: Rc<Self>,
        key: Key,
        change: Change<B>,
        durability: Durability,
    ) -> Result<(), TierError> {
        let (reply, answer) = oneshot::channel();
        let is_part = {
            let mut writes = self.writes.borrow_mut();
            writes.changes.push((key, change));
            writes.waiting.push(reply);
            writes.durability = writes.durability.max(durability);
            writes.changes.len() >= PART && !self.held.get() && self.tier.keeps_order()
        };
        if !self.writing.replace(true) {
            self.host.spawn(Box::pin(Rc::clone(&self).flush_writes()));
        }
        if is_part {
            self.send_ahead();
        }
        answer.await.unwrap_or_else(|_| Err(lost()))
    }

    /// While it is held, all that is gathered is one commit.
    pub fn hold(&self, is_held: bool) {
        self.held.set(is_held);
    }

    /// Resolves when every change accepted so far is committed or has failed.
    pub async fn settled(&self) {
        if self.writing.get() {
            let (reply, answer) = oneshot::channel();
            self.writes.borrow_mut().waiting.push(reply);
            // Dropped or answered: either way nothing is pending any more.
            let _ = answer.await;
        }
    }

    async fn flush_reads(self: Rc<Self>) {
        let (keys, waiting): (Vec<Key>, Vec<_>) = self.reads.take().into_iter().unzip();
        match in_time(&*self.host, READ_TIME, self.tier.get_many(keys)).await {
            Ok(found) => {
                for (reply, read) in waiting.into_iter().zip(found) {
                    // A caller that has gone away needs no answer.
                    let _ = reply.send(Ok(read));
                }
            }
            Err(error) => answer(waiting, &Err(error)),
        }
    }

    async fn flush_writes(self: Rc<Self>) {
        loop {
            let (batch, ahead) = (self.writes.take(), self.ahead.take());
            if batch.waiting.is_empty() && ahead.is_empty() {
                break;
            }
            let outcome = self.commit(batch.changes, batch.durability).await;
            for part in ahead {
                // Dropped or done.
                let _ = part.await;
            }
            answer(batch.waiting, &outcome);
        }
        self.writing.set(false);
    }

    /// Hands on what is gathered so far, at once.
    fn send_ahead(self: Rc<Self>) {
        let (done, part) = oneshot::channel();
        self.ahead.borrow_mut().push(part);
        let host = Rc::clone(&self.host);
        let mut work: LocalFuture<()> = Box::pin(async move {
            let batch = self.writes.take();
            answer(batch.waiting, &self.commit(batch.changes, batch.durability).await);
            let _ = done.send(());
        });
        if work.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() {
            host.spawn(work);
        }
    }

    async fn commit(&self, changes: Vec<(Key, Change<B>)>, durability: Durability) -> Result<(), TierError> {
        let id = self.tier.id();
        let _turn = match id.has_transactions() || changes.is_empty() {
            true => Lock::None,
            false => self.host.lock(id.name()).await,
        };
        let commit = self.tier.change_many(last_of_each(changes), durability);
        in_time(&*self.host, WRITE_TIME, commit).await
    }
}

/// Awaits `operation` for at most `time`: a store that stalls without an error must not hold anybody up.
pub(super) async fn in_time<T>(
    host: &dyn Host,
    time: Millis,
    mut operation: LocalFuture<Result<T, TierError>>,
) -> Result<T, TierError> {
    let mut alarm = host.sleep(time);
    poll_fn(|context| match operation.as_mut().poll(context) {
        Poll::Ready(result) => Poll::Ready(result),
        Poll::Pending => alarm.as_mut().poll(context).map(|()| Err(TierError::Failed("it timed out".into()))),
    })
    .await
}

/// Gives all who wait the same answer.
fn answer<T: Clone>(waiting: Vec<Reply<T>>, outcome: &Result<T, TierError>) {
    for reply in waiting {
        // A caller that has gone away needs no answer.
        let _ = reply.send(outcome.clone());
    }
}

/// Keeps the last change of each key, in order of first mention.
fn last_of_each<B>(changes: Vec<(Key, Change<B>)>) -> Vec<(Key, Change<B>)> {
    let mut at: Table<usize> = Table::default();
    let mut kept: Vec<(Key, Change<B>)> = Vec::with_capacity(changes.len());
    for (key, change) in changes {
        match at.get(&key).and_then(|&index| kept.get_mut(index)) {
            Some((_, earlier)) if gives_way(&change, earlier) => {}
            Some(earlier) => earlier.1 = change,
            None => {
                at.insert(key.clone(), kept.len());
                kept.push((key, change));
            }
        }
    }
    kept
}

/// Whether `change` adds nothing to the one before it.
fn gives_way<B>(change: &Change<B>, earlier: &Change<B>) -> bool {
    match (change, earlier) {
        // A write that took a detour (making room) must not undo a newer one.
        (_, Change::Put(entry)) => change.yields_to(entry.meta.version),
        // A removal of less must not take the place of one of more.
        (Change::RemoveUpTo(_), Change::Remove) => true,
        (Change::RemoveUpTo(later), Change::RemoveUpTo(earlier)) => later < earlier,
        _ => false,
    }
}

fn lost() -> TierError {
    TierError::Failed("the operation was dropped".into())
}
