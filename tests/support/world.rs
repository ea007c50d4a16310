//! Time, tasks and locks of all contexts of a test.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context as Poller, Poll, Wake, Waker};

use nearcache::model::{Millis, Timestamp};
use nearcache::tier::{LocalFuture, Lock};

/// Everything that contexts share but the stores.
pub struct World {
    now: Cell<Timestamp>,
    tasks: RefCell<Vec<LocalFuture<()>>>,
    alarms: RefCell<Vec<Weak<Cell<Timestamp>>>>,
    locks: RefCell<HashSet<String>>,
    woken: Arc<Woken>,
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl World {
    /// When each test begins.
    pub const START: Timestamp = Timestamp(1_700_000_000_000);

    pub fn new() -> Rc<Self> {
        Rc::new(Self {
            now: Cell::new(Self::START),
            tasks: RefCell::default(),
            alarms: RefCell::default(),
            locks: RefCell::default(),
            woken: Arc::default(),
        })
    }

    pub fn now(&self) -> Timestamp {
        self.now.get()
    }

    pub fn advance(&self, time: Millis) {
        self.now.set(self.now.get() + time);
        self.woken.0.store(true, Ordering::Relaxed);
    }

    /// Sets the clock of the machine back, as its owner does.
    pub fn set_back(&self, time: Millis) {
        self.now.set(Timestamp(self.now.get().0 - time.0));
    }

    pub fn spawn(&self, task: LocalFuture<()>) {
        self.tasks.borrow_mut().push(task);
    }

    /// Polls `future` and all tasks until it is done. When nothing else can happen, the next alarm rings.
    pub fn run<T>(&self, future: impl Future<Output = T>) -> T {
        let mut future = pin!(future);
        let waker = Waker::from(Arc::clone(&self.woken));
        loop {
            self.woken.0.store(false, Ordering::Relaxed);
            if let Poll::Ready(output) = future.as_mut().poll(&mut Poller::from_waker(&waker)) {
                return output;
            }
            if !self.poll_tasks(&waker) && !self.woken.0.load(Ordering::Relaxed) {
                assert!(self.ring(), "nothing is left that could wake anybody");
            }
        }
    }

    /// Runs the tasks until they wait for a caller or an alarm.
    pub fn settle(&self) {
        let waker = Waker::from(Arc::clone(&self.woken));
        loop {
            self.woken.0.store(false, Ordering::Relaxed);
            if !self.poll_tasks(&waker) && !self.woken.0.load(Ordering::Relaxed) {
                return;
            }
        }
    }

    /// Whether a task ended or a new one came.
    fn poll_tasks(&self, waker: &Waker) -> bool {
        let mut tasks = self.tasks.take();
        let before = tasks.len();
        tasks.retain_mut(|task| task.as_mut().poll(&mut Poller::from_waker(waker)).is_pending());
        let mut new = self.tasks.borrow_mut();
        let changed = tasks.len() < before || !new.is_empty();
        tasks.append(&mut new);
        *new = tasks;
        changed
    }

    fn ring(&self) -> bool {
        let mut alarms = self.alarms.borrow_mut();
        alarms.retain(|alarm| alarm.strong_count() > 0);
        let next =
            alarms.iter().filter_map(Weak::upgrade).map(|at| at.get()).filter(|at| *at > self.now()).min();
        if let Some(at) = next {
            self.now.set(at);
        }
        next.is_some()
    }

    pub fn sleep(self: &Rc<Self>, time: Millis) -> LocalFuture<()> {
        let alarm = Rc::new(Cell::new(self.now() + time));
        self.alarms.borrow_mut().push(Rc::downgrade(&alarm));
        let world = Rc::clone(self);
        Box::pin(poll_fn(move |_| if world.now() >= alarm.get() { Poll::Ready(()) } else { Poll::Pending }))
    }

    pub fn lock(self: &Rc<Self>, name: &str) -> LocalFuture<Lock> {
        let (world, name) = (Rc::clone(self), name.to_owned());
        Box::pin(async move {
            let mut waited = false;
            poll_fn(|_| {
                if world.locks.borrow_mut().insert(name.clone()) {
                    return Poll::Ready(());
                }
                waited = true;
                Poll::Pending
            })
            .await;
            let hold = Box::new(Hold { world, name });
            if waited { Lock::Waited(hold) } else { Lock::Free(hold) }
        })
    }
}

struct Hold {
    world: Rc<World>,
    name: String,
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.world.locks.borrow_mut().remove(&self.name);
        self.world.woken.0.store(true, Ordering::Relaxed);
    }
}
