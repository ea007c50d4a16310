//! Fresh namespaces, entries, and a look behind a tier's back.

use std::rc::Rc;

use js_sys::{Array, Function, Math, Promise};
use nearcache::error::TierError;
use nearcache::model::{Bytes, Entry, Key, Kind, Meta, Timestamp, Version};
use nearcache::tier::{Change, Durability, Read, Tier};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// An adapter, and what is known of it.
pub struct Subject {
    /// What is tested.
    pub tier: Rc<dyn Tier<JsValue>>,
    /// The same store, as another context has it.
    pub elsewhere: Rc<dyn Tier<JsValue>>,
    /// Somebody else's part of the same store.
    pub neighbour: Rc<dyn Tier<JsValue>>,
    /// Where the tier keeps its records.
    pub namespace: String,
    /// A script `(namespace, key, record) => …` that writes a record behind the tier's back.
    pub plant: &'static str,
    /// What it can hold.
    pub holds: Holds,
}

/// What a tier can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holds {
    /// Values as text, and no more than fits in a cookie.
    LittleText,
    /// Values as text, a few megabytes.
    #[allow(dead_code, reason = "no worker has such a tier")]
    Text,
    /// Values as text, and Blobs, of any size.
    Bodies,
    /// Whatever can be cloned, of any size.
    Clones,
}

impl Subject {
    /// An adapter whose stores `make` makes, each in its namespace.
    pub fn new<T: Tier<JsValue> + 'static>(
        make: impl Fn(&str) -> T,
        plant: &'static str,
        holds: Holds,
    ) -> Self {
        let namespace = namespace();
        Self {
            tier: Rc::new(make(&namespace)),
            elsewhere: Rc::new(make(&namespace)),
            neighbour: Rc::new(make(&self::namespace())),
            namespace,
            plant,
            holds,
        }
    }

    /// Writes `record` under `key` behind the tier's back.
    pub async fn plant(&self, key: &Key, record: &str) {
        let arguments: [JsValue; 3] = [self.namespace.as_str().into(), key.as_str().into(), record.into()];
        run(self.plant, &arguments).await;
    }

    /// Removes what a test has left. Cookies would else go with every later request.
    pub async fn tidy(&self) {
        self.tier.clear().await.unwrap();
        self.neighbour.clear().await.unwrap();
    }
}

/// A name that no other test has.
pub fn namespace() -> String {
    format!("nearcache:test-{:x}:1::", (Math::random() * 2f64.powi(48)) as u64)
}

/// The value that `script` evaluates to.
pub fn js(script: &str) -> JsValue {
    js_sys::eval(&format!("({script})")).unwrap_or_else(|error| panic!("{script}: {error:?}"))
}

/// Calls the function that `script` is, and awaits what it returns.
pub async fn run(script: &str, arguments: &[JsValue]) -> JsValue {
    let function: Function = js(script).unchecked_into();
    let arguments: Array = arguments.iter().collect();
    let result = function.apply(&JsValue::UNDEFINED, &arguments);
    let promise = Promise::resolve(&result.unwrap_or_else(|error| panic!("{script}: {error:?}")));
    JsFuture::from(promise).await.unwrap_or_else(|error| panic!("{script}: {error:?}"))
}

/// Whether two values are equal as structured clones are.
pub async fn same(one: &JsValue, other: &JsValue) -> bool {
    run(include_str!("same.js"), &[one.clone(), other.clone()]).await.is_truthy()
}

/// A value's key.
pub fn key(name: &str) -> Key {
    Key::value(name).unwrap()
}

/// Metadata of a value that lives for ever.
pub fn meta(size: u64) -> Meta {
    Meta {
        version: Version { time: Timestamp(1_700_000_000_000), counter: 7, node: 42 },
        expires: None,
        stale_until: None,
        size: Bytes(size),
        tags: Vec::new(),
        kind: Kind::Value,
    }
}

/// A small value.
pub fn entry(body: impl Into<JsValue>) -> Entry<JsValue> {
    Entry { meta: meta(100).into(), body: body.into() }
}

/// A value of that size, as far as its metadata says.
pub fn sized(size: u64, body: impl Into<JsValue>) -> Entry<JsValue> {
    Entry { meta: meta(size).into(), body: body.into() }
}

/// Applies one change.
pub async fn change(tier: &dyn Tier<JsValue>, key: &Key, change: Change<JsValue>) -> Result<(), TierError> {
    tier.change_many(vec![(key.clone(), change)], Durability::Relaxed).await
}

/// Writes one entry that must be taken.
pub async fn put(tier: &dyn Tier<JsValue>, key: &Key, entry: Entry<JsValue>) {
    let name = tier.id().name();
    tier.accepts(key, &entry).unwrap_or_else(|error| panic!("{name} refuses {key:?}: {error:?}"));
    let done = change(tier, key, Change::Put(entry)).await;
    done.unwrap_or_else(|error| panic!("{name} fails on {key:?}: {error:?}"));
}

/// Reads one key.
pub async fn get(tier: &dyn Tier<JsValue>, key: &Key) -> Read<JsValue> {
    let mut found = tier.get_many(vec![key.clone()]).await.unwrap();
    assert_eq!(found.len(), 1, "{}: one answer a key", tier.id().name());
    found.remove(0)
}

/// Asserts that `key` has `wanted`, body and metadata.
pub async fn assert_found(tier: &dyn Tier<JsValue>, key: &Key, wanted: &Entry<JsValue>) {
    let name = tier.id().name();
    match get(tier, key).await {
        Read::Found(found) => {
            assert_eq!(found.meta, wanted.meta, "{name}: metadata of {key:?}");
            assert!(
                same(&found.body, &wanted.body).await,
                "{name}: {key:?} is {:?}, not {:?}",
                found.body,
                wanted.body
            );
        }
        other => panic!("{name}: {key:?} is {other:?}"),
    }
}

/// Asserts that nothing is under `key`.
pub async fn assert_missing(tier: &dyn Tier<JsValue>, key: &Key) {
    let found = get(tier, key).await;
    assert!(matches!(found, Read::Missing), "{}: {key:?} is {found:?}", tier.id().name());
}
