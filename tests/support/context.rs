//! One context: a page or a worker, as far as the stack sees it.

use std::cell::RefCell;
use std::rc::Rc;

use nearcache::event::Event;
use nearcache::model::{Bytes, Entry, Key, Millis, Timestamp};
use nearcache::sync::Notice;
use nearcache::tier::{Host, LocalFuture, Lock, Put, Stack, Tier, TierId};

use super::{Store, World};

/// The host of one stack. What it announces and emits is kept until it is taken.
pub struct Context {
    world: Rc<World>,
    announced: RefCell<Vec<Notice>>,
    events: RefCell<Vec<Event>>,
    listener: RefCell<Option<Listener>>,
}

/// Who hears what a context announces.
type Listener = Box<dyn Fn(&Notice)>;

impl Context {
    pub fn new(world: &Rc<World>) -> Rc<Self> {
        Rc::new(Self {
            world: Rc::clone(world),
            announced: RefCell::default(),
            events: RefCell::default(),
            listener: RefCell::default(),
        })
    }

    /// Lets `listener` hear everything at once.
    pub fn listen(&self, listener: impl Fn(&Notice) + 'static) {
        self.listener.replace(Some(Box::new(listener)));
    }

    /// An open stack over `stores`.
    pub fn open<B: Clone + Default + 'static>(
        self: &Rc<Self>,
        node: u32,
        stores: &[Rc<Store<B>>],
        budgets: [Bytes; TierId::ALL.len()],
    ) -> Rc<Stack<B>> {
        let host: Rc<dyn Host> = Rc::clone(self) as _;
        let tiers = stores.iter().map(|store| Rc::clone(store).tier() as Rc<dyn Tier<B>>).collect();
        let stack = Rc::new(Stack::new(host, tiers, budgets, node));
        self.world.run(stack.open());
        stack
    }

    pub fn take_announced(&self) -> Vec<Notice> {
        self.announced.take()
    }

    pub fn take_events(&self) -> Vec<Event> {
        self.events.take()
    }

    /// Writes an entry and awaits its home.
    pub fn put<B: Clone + Default + 'static>(&self, stack: &Stack<B>, key: &Key, entry: Entry<B>) -> TierId {
        self.world.run(stack.put(key, entry, Put::default())).unwrap()
    }
}

impl Host for Context {
    fn now(&self) -> Timestamp {
        self.world.now()
    }

    fn random(&self) -> u32 {
        0
    }

    fn spawn(&self, task: LocalFuture<()>) {
        self.world.spawn(task);
    }

    fn sleep(&self, time: Millis) -> LocalFuture<()> {
        self.world.sleep(time)
    }

    fn idle(&self) -> LocalFuture<()> {
        self.world.sleep(Millis(1))
    }

    fn lock(&self, name: &str) -> LocalFuture<Lock> {
        self.world.lock(name)
    }

    fn announce(&self, notice: &Notice) {
        // As over a channel: only the encoded form survives.
        let notice = Notice::decode(&notice.encode()).unwrap();
        if let Some(listener) = &*self.listener.borrow() {
            listener(&notice);
        }
        self.announced.borrow_mut().push(notice);
    }

    fn emit(&self, event: Event) {
        self.events.borrow_mut().push(event);
    }
}
