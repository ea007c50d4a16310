//! The memory tier, as far as the contract is its too: what it holds are the very values that were put in.

use nearcache::evict::Cost;
use nearcache::model::{Bytes, Timestamp};
use nearcache::tier::{Memory, TierId};
use wasm_bindgen_test::wasm_bindgen_test;

use super::samples::{RICH, TEXT, UNCLONEABLE};
use super::support::{entry, js, key, same, sized};

const NOW: Timestamp = Timestamp(1_700_000_000_000);

#[wasm_bindgen_test]
async fn returns_whatever_it_was_given() {
    let memory = Memory::new(Bytes::mib(1));
    let rich = RICH.iter().map(|(value, _)| value);
    for value in TEXT.iter().chain(rich).chain(UNCLONEABLE) {
        let written = entry(js(value));
        assert!(memory.put(&key(value), written.clone(), TierId::Local, Cost(1)).is_empty());
        let (found, home) = memory.get(key(value).as_str(), NOW).unwrap();
        assert_eq!((found.meta, home), (written.meta, TierId::Local), "{value}");
        assert!(same(&found.body, &written.body).await, "{value}");
    }
}

#[wasm_bindgen_test]
fn overwrites_removes_and_clears() {
    let memory = Memory::new(Bytes::mib(1));
    for body in ["first", "second"] {
        memory.put(&key("k"), entry(body), TierId::Memory, Cost(1));
        assert_eq!(memory.get(key("k").as_str(), NOW).unwrap().0.body, body);
    }
    memory.put(&key("l"), entry(1), TierId::Memory, Cost(1));
    assert_eq!(memory.used(), (Bytes(200), 2));
    memory.remove(key("k").as_str());
    assert!(memory.get(key("k").as_str(), NOW).is_none());
    memory.clear();
    assert_eq!(memory.used(), (Bytes::ZERO, 0));
    assert!(memory.keys().is_empty());
}

#[wasm_bindgen_test]
fn refuses_what_is_heavier_than_itself() {
    let memory = Memory::new(Bytes::kib(1));
    memory.put(&key("small"), entry(1), TierId::Memory, Cost(1));
    assert_eq!(memory.put(&key("large"), sized(2048, 1), TierId::Memory, Cost(1)), [], "nothing left for it");
    assert!(memory.get(key("large").as_str(), NOW).is_none());
    assert!(memory.used().0 <= memory.budget());
}
