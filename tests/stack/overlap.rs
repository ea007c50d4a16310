//! Operations that overlap, under budgets too small for all of them.
//!
//! When the dust has settled, the newest confirmed operation of a key has won: its value is in the home that the
//! write resolved to, unless an eviction was told, and nowhere else; a reload finds the same.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use nearcache::event::Event;
use nearcache::model::{Bytes, Version};
use nearcache::sync::Notice;
use nearcache::tier::{Put, Stack, TierId};
use proptest::prelude::*;

use super::setup::Setup;
use super::support::{key, sized};

#[derive(Clone, Debug)]
enum Op {
    Put { key: u8, size: u64, tier: Option<TierId> },
    Get { key: u8 },
    Remove { key: u8 },
}

fn op() -> impl Strategy<Value = Op> {
    let tier =
        prop_oneof![3 => Just(None), 1 => Just(Some(TierId::Local)), 1 => Just(Some(TierId::IndexedDb))];
    prop_oneof![
        4 => (0..4u8, 10..400u64, tier).prop_map(|(key, size, tier)| Op::Put { key, size, tier }),
        1 => (0..4u8).prop_map(|key| Op::Get { key }),
        1 => (0..4u8).prop_map(|key| Op::Remove { key }),
    ]
}

type Outcome = Option<(u8, Version, TierId)>;

/// The operation, and what it confirmed.
fn run(stack: &Rc<Stack<u32>>, op: Op) -> Pin<Box<dyn Future<Output = Outcome>>> {
    let stack = Rc::clone(stack);
    Box::pin(async move {
        match op {
            Op::Put { key: name, size, tier } => {
                let entry = sized(stack.tick(), size, 0);
                let version = entry.meta.version;
                let how = Put { tier, ..Put::default() };
                let home = stack.put(&key(&name.to_string()), entry, how).await.ok()?;
                Some((name, version, home))
            }
            Op::Get { key: name } => {
                stack.get(&key(&name.to_string())).await;
                None
            }
            Op::Remove { key: name } => {
                stack.remove(&[key(&name.to_string())]).await.unwrap();
                None
            }
        }
    })
}

fn check(setup: &Setup, newest: &HashMap<u8, (Version, TierId)>) {
    for (name, (version, home)) in newest {
        let k = key(&name.to_string());
        for store in [&setup.local, &setup.db] {
            let id = if Rc::ptr_eq(store, &setup.local) { TierId::Local } else { TierId::IndexedDb };
            let found = store.get(&k).map(|entry| entry.meta.version);
            let wanted = (id == *home).then_some(*version);
            assert_eq!(found, wanted, "{name} in {id:?}");
        }
        if *home == TierId::Memory {
            continue;
        }
        let (_, reloaded) = setup.another(2);
        for stack in [&setup.stack, &reloaded] {
            let found = setup.world.run(stack.get(&k)).map(|found| found.entry.meta.version);
            assert_eq!(found, Some(*version), "{name}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_newest_operation_wins(
        bursts in prop::collection::vec(prop::collection::vec(op(), 1..6), 1..8),
        memory in prop_oneof![Just(0u64), Just(300), Just(10_000)],
        delays in (0..3u32, 0..3u32),
    ) {
        let mut budgets = [Bytes::ZERO; TierId::ALL.len()];
        budgets[TierId::Memory as usize] = Bytes(memory);
        budgets[TierId::Local as usize] = Bytes(500);
        budgets[TierId::IndexedDb as usize] = Bytes(700);
        let setup = Setup::new(budgets);
        setup.db.delay.set(delays.0);
        setup.local.delay.set(delays.1);
        let mut newest: HashMap<u8, (Version, TierId)> = HashMap::new();
        for burst in bursts {
            let mut pending: Vec<_> = burst.into_iter().map(|op| run(&setup.stack, op)).collect();
            let outcomes = setup.world.run(async {
                let mut outcomes = Vec::new();
                while !pending.is_empty() {
                    for mut operation in std::mem::take(&mut pending) {
                        match futures_poll(&mut operation).await {
                            Some(outcome) => outcomes.extend(outcome),
                            None => pending.push(operation),
                        }
                    }
                    super::support::breathe().await;
                }
                outcomes
            });
            setup.world.settle();
            for (name, version, home) in outcomes {
                let known = newest.entry(name).or_insert((version, home));
                *known = (*known).max((version, home));
            }
            for notice in setup.context.take_announced() {
                if let Notice::Removed(keys, at) = notice {
                    newest.retain(|name, (version, _)| *version > at || !keys.contains(&key(&name.to_string())));
                }
            }
            for event in setup.context.take_events() {
                if let Event::Evict { key, tier } = event {
                    newest.retain(|name, (_, home)| *home != tier || name.to_string() != key);
                }
            }
            check(&setup, &newest);
        }
    }
}

/// Polls once.
async fn futures_poll<T>(future: &mut Pin<Box<dyn Future<Output = T>>>) -> Option<T> {
    std::future::poll_fn(|context| match future.as_mut().poll(context) {
        std::task::Poll::Ready(output) => std::task::Poll::Ready(Some(output)),
        std::task::Poll::Pending => std::task::Poll::Ready(None),
    })
    .await
}
