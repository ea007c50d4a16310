//! What a worker removes from localStorage, which it lacks: pages take it in when they open, or when they can.

use std::rc::Rc;

use nearcache::engine::{OriginOptions, Select, SetOptions};
use nearcache::model::Millis;
use nearcache::router::Route;
use nearcache::tier::TierId;

use super::house::{House, OWN, get};
use super::origin::{Native, Scripted, ok};
use super::support::{Fault, Store, World, key};

/// One browser.
struct Shop {
    world: Rc<World>,
    origin: Rc<Scripted>,
    local: Rc<Store<Native>>,
    db: Rc<Store<Native>>,
}

impl Shop {
    fn new() -> Self {
        let world = World::new();
        let (origin, local, db) =
            (Scripted::new(&world), Store::new(TierId::Local), Store::new(TierId::IndexedDb));
        Self { world, origin, local, db }
    }

    /// A page that was just loaded, with what was noted for it taken in.
    fn page(&self, node: u32) -> House {
        let stores = [Rc::clone(&self.local), Rc::clone(&self.db)];
        let options = OriginOptions::default();
        let page = House::over(node, Rc::clone(&self.world), Rc::clone(&self.origin), &stores, options);
        self.world.run(page.engine.catch_up());
        page
    }

    fn worker(&self) -> House {
        let before = self.local.fault.replace(Fault::Absent);
        let worker = self.page(99);
        self.local.fault.set(before);
        worker
    }
}

fn to(tier: TierId) -> SetOptions {
    SetOptions { tier: Some(tier), ..SetOptions::default() }
}

#[test]
fn too_many_notes_to_keep_are_about_responses_too_and_about_nothing_else_and_nothing_newer() {
    let shop = Shop::new();
    let page = shop.page(1);
    page.set("in local", "v", &to(TierId::Local));
    page.set("in the database", "v", &to(TierId::IndexedDb));
    page.origin.then(ok("max-age=600", "old"));
    let route = Route { tier: Some(TierId::Local), ..Route::default() };
    page.fetch_with(get("/p"), route.clone());
    assert_eq!(shop.local.keys().len(), 2);
    let worker = shop.worker();
    shop.world.advance(Millis(1));
    shop.world.run(worker.engine.invalidate(&Select::Url([OWN, "/p"].concat()))).unwrap();
    for n in 0..300 {
        shop.world.run(worker.engine.invalidate(&Select::Keys(vec![key(&n.to_string())]))).unwrap();
    }
    shop.world.advance(Millis(1));
    page.set("newer", "v", &to(TierId::Local));
    let reloaded = shop.page(2);
    let found = ["in local", "in the database", "newer"].map(|name| reloaded.value(name).is_some());
    assert_eq!(found, [false, true, true]);
    page.origin.then(ok("max-age=600", "new"));
    assert_eq!(reloaded.fetch_with(get("/p"), route).body(), "new");
}

#[test]
fn a_database_that_was_only_slow_to_open_tells_its_notes_when_it_is_there() {
    let shop = Shop::new();
    shop.page(1).set("k", "v", &to(TierId::Local));
    let worker = shop.worker();
    shop.world.advance(Millis(1));
    shop.world.run(worker.engine.invalidate(&Select::Prefix("k".into()))).unwrap();
    shop.db.fault.set(Fault::Hanging);
    let page = shop.page(2);
    assert!(page.engine.has(&key("k")), "nobody could know");
    shop.db.fault.set(Fault::None);
    shop.world.run(page.engine.heal(&|| true));
    assert_eq!((page.value("k"), shop.local.keys()), (None, vec![]));
}
