//! The Cache API: the contract, and opaque responses.

use nearcache::error::TierError;
use nearcache::tier::cache_storage::CacheTier;
use nearcache::tier::indexed_db::IndexedDb;
use nearcache::tier::{Read, Tier};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Response, ResponseType};

use super::support::{Holds, Subject, entry, get, key, namespace, put, run};

const PLANT: &str = "async (namespace, key, record) => {
    const cache = await caches.open(namespace);
    const url = 'https://nearcache.invalid/' + encodeURIComponent(key);
    const headers = { 'x-nearcache-meta': encodeURIComponent(record) };
    await cache.put(new Request(url, { headers }), new Response('junk'));
}";

/// The test server under its other name is another origin, which has not allowed us to read it.
const OPAQUE: &str = "() => {
    const url = new URL('/', location.href);
    url.hostname = url.hostname === 'localhost' ? '127.0.0.1' : 'localhost';
    return fetch(url, { mode: 'no-cors' }).catch(() => null);
}";

fn subject() -> Subject {
    Subject::new(CacheTier::new, PLANT, Holds::Bodies)
}

contract!(subject());

#[wasm_bindgen_test]
async fn keeps_opaque_responses_whole() {
    let opaque = run(OPAQUE, &[]).await;
    if opaque.is_null() {
        // The runner's contexts are isolated and get none; with WASM_BINDGEN_TEST_NO_ORIGIN_ISOLATION=1 they do.
        return;
    }
    let opaque: Response = opaque.unchecked_into();
    let subject = subject();
    assert_eq!(opaque.type_(), ResponseType::Opaque);
    let written = entry(opaque);
    let elsewhere = IndexedDb::new(&namespace()).accepts(&key("k"), &written);
    assert!(matches!(elsewhere, Err(TierError::Unsupported(_))), "{elsewhere:?}");
    put(&*subject.tier, &key("k"), written.clone()).await;
    // It can be written and read again and again: what is kept is a copy.
    put(&*subject.tier, &key("k2"), written.clone()).await;
    for name in ["k", "k2", "k"] {
        let Read::Found(found) = get(&*subject.elsewhere, &key(name)).await else { panic!("{name} is gone") };
        assert_eq!(found.meta, written.meta);
        let found: Response = found.body.unchecked_into();
        assert_eq!(found.type_(), ResponseType::Opaque);
    }
    subject.tidy().await;
}
