//! The Cache API: the contract, and opaque responses.

use nearcache::error::TierError;
use nearcache::model::Entry;
use nearcache::tier::cache_storage::CacheTier;
use nearcache::tier::indexed_db::IndexedDb;
use nearcache::tier::{Change, Read, Tier};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Response, ResponseType};

use super::support::{Holds, Subject, assert_found, change, entry, get, key, meta, namespace, put, run};

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

/// Copies all records of one cache into another.
const COPY: &str = "async (from, to) => {
    const [source, target] = [await caches.open(from), await caches.open(to)];
    for (const request of await source.keys()) await target.put(request, await source.match(request, { ignoreVary: true }));
}";

#[wasm_bindgen_test]
async fn a_write_that_was_cut_off_leaves_the_old_entry_or_the_new_one() {
    let subject = subject();
    let (tier, k) = (&*subject.elsewhere, key("k"));
    let [older, old, new] = [1, 2, 3].map(|n| {
        let mut meta = meta(100);
        meta.version.counter = n;
        Entry { meta: meta.into(), body: f64::from(n).into() }
    });
    // What comes next, and whether the new entry or nothing is left.
    let next = [
        (Change::RemoveUpTo(old.meta.version), true),
        (Change::Put(old.clone()), true),
        (Change::Put(new.clone()), true),
        (Change::Remove, false),
    ];
    for (next, is_left) in next {
        // The new one stands in either place of the two.
        for before in [&[&old][..], &[&older, &old]] {
            for entry in before {
                put(tier, &k, (*entry).clone()).await;
            }
            let kept = namespace();
            run(COPY, &[subject.namespace.as_str().into(), kept.as_str().into()]).await;
            put(tier, &k, new.clone()).await;
            assert_eq!(tier.list().await.unwrap().entries.len(), 1);
            run(COPY, &[kept.as_str().into(), subject.namespace.as_str().into()]).await;
            assert_eq!(tier.list().await.unwrap().entries.len(), 2);
            assert_found(tier, &k, &new).await;

            let is_refused = matches!(&next, Change::Put(entry) if entry.meta.version < new.meta.version);
            change(tier, &k, next.clone()).await.unwrap();
            let listed = tier.list().await.unwrap().entries.len();
            assert_eq!(listed, usize::from(is_left) + usize::from(is_refused), "{next:?}");
            match is_left {
                true => assert_found(tier, &k, &new).await,
                false => assert!(matches!(get(tier, &k).await, Read::Missing)),
            }
            tier.clear().await.unwrap();
            run("(name) => caches.delete(name)", &[kept.as_str().into()]).await;
        }
    }
    subject.tidy().await;
}
