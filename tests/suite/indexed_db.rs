//! IndexedDB: the contract, and what connections do by themselves.

use core::future::ready;
use core::task::{Context, Poll, Waker};

use nearcache::error::TierError;
use nearcache::tier::indexed_db::IndexedDb;
use nearcache::tier::{Change, Durability, LocalFuture};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use super::support::{Holds, Subject, assert_found, assert_missing, entry, js, key, put, run, sized};

const PLANT: &str = "(namespace, key, record) => new Promise((resolve, reject) => {
    const opening = indexedDB.open(namespace);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
        const writing = opening.result.transaction('meta', 'readwrite');
        writing.objectStore('meta').put(record === '{}' ? {} : [record], key);
        writing.oncomplete = () => { opening.result.close(); resolve() };
        writing.onabort = () => reject(writing.error);
    };
})";

const DELETE: &str = "(name) => new Promise((resolve, reject) => {
    const deleting = indexedDB.deleteDatabase(name);
    deleting.onsuccess = resolve;
    deleting.onerror = deleting.onblocked = () => reject(new Error('blocked'));
})";

/// Lets the next call of a store's `clear` fail.
const BREAK_CLEAR: &str = "() => {
    const { clear } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.clear = () => {
        IDBObjectStore.prototype.clear = clear;
        throw new DOMException('on demand', 'UnknownError');
    };
}";

fn subject() -> Subject {
    Subject::new(IndexedDb::new, PLANT, Holds::Clones)
}

contract!(subject());

/// A body apart from its metadata may be one that a request's result cannot be told from nothing by.
#[wasm_bindgen_test]
async fn keeps_nothing_as_a_large_entry() {
    let subject = subject();
    for value in ["undefined", "null", "false", "0", "''"] {
        let written = sized(1 << 20, js(value));
        put(&*subject.tier, &key(value), written.clone()).await;
        assert_found(&*subject.tier, &key(value), &written).await;
        assert_found(&*subject.elsewhere, &key(value), &written).await;
    }
    subject.tidy().await;
}

#[wasm_bindgen_test]
async fn commits_all_or_nothing() {
    let subject = subject();
    put(&*subject.tier, &key("old"), entry("old")).await;
    let changes = vec![
        (key("old"), Change::Remove),
        (key("good"), Change::Put(entry("good"))),
        (key("large"), Change::Put(sized(10_000, "large"))),
        (key("bad"), Change::Put(entry(js("() => 1")))),
    ];
    let failed = subject.tier.change_many(changes, Durability::Relaxed).await;
    assert!(matches!(failed, Err(TierError::Unsupported(_))), "{failed:?}");
    assert_found(&*subject.tier, &key("old"), &entry("old")).await;
    for name in ["good", "large", "bad"] {
        assert_missing(&*subject.tier, &key(name)).await;
    }
    subject.tidy().await;
}

/// Devtools, storage pressure, another tab: the handle is dropped, and the next call opens a new one.
#[wasm_bindgen_test]
async fn outlives_its_database() {
    let subject = subject();
    put(&*subject.tier, &key("k"), entry(1)).await;
    put(&*subject.tier, &key("large"), sized(10_000, "large")).await;
    subject.elsewhere.release();
    run(DELETE, &[subject.namespace.as_str().into()]).await;
    assert_missing(&*subject.tier, &key("k")).await;
    assert!(subject.tier.list().await.unwrap().entries.is_empty());
    put(&*subject.tier, &key("k"), entry(2)).await;
    put(&*subject.tier, &key("large"), sized(10_000, "again")).await;
    assert_found(&*subject.tier, &key("k"), &entry(2)).await;
    assert_found(&*subject.tier, &key("large"), &sized(10_000, "again")).await;
    subject.tidy().await;
}

/// Overlapping calls open one connection, and all are answered.
#[wasm_bindgen_test]
async fn opens_once_for_many_callers() {
    let subject = subject();
    let calls: Vec<_> = (0..20)
        .map(|n| {
            let change = Change::Put(entry(n));
            subject.tier.change_many(vec![(key(&n.to_string()), change)], Durability::Relaxed)
        })
        .collect();
    for call in calls {
        call.await.unwrap();
    }
    assert_eq!(subject.tier.list().await.unwrap().entries.len(), 20);
    subject.tidy().await;
}

/// What each context knows of a record may be what it was before the other one wrote.
#[wasm_bindgen_test]
async fn reads_what_another_context_has_put_apart() {
    let subject = subject();
    for large in [true, false, true] {
        let kept = if large { sized(10_000, "large") } else { entry("small") };
        put(&*subject.elsewhere, &key("k"), kept.clone()).await;
        assert_found(&*subject.tier, &key("k"), &kept).await;
        assert_found(&*subject.elsewhere, &key("k"), &kept).await;
    }
    subject.tidy().await;
}

/// `work`, whose first part is done when this returns.
fn begun<T: 'static>(mut work: LocalFuture<T>) -> LocalFuture<T> {
    match work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(early) => Box::pin(ready(early)),
        Poll::Pending => work,
    }
}

/// Nobody waits for the first to end; the second is written whatever becomes of it.
#[wasm_bindgen_test]
async fn commits_behind_one_that_fails_or_comes_too_late() {
    let subject = subject();
    for (turn, other_was_here) in [(0, false), (1, true)] {
        subject.tier.list().await.unwrap();
        if other_was_here {
            put(&*subject.elsewhere, &key("other"), entry("other's")).await;
        }
        let bad = if other_was_here { "fine after all".into() } else { js("() => 1") };
        let begin = |name: &str, body: JsValue| {
            let change = Change::Put(entry(body));
            begun(subject.tier.change_many(vec![(key(name), change)], Durability::Relaxed))
        };
        let (first, second) = (begin("first", bad), begin("second", turn.into()));
        assert_eq!(second.await, Ok(()));
        assert_eq!(first.await.is_ok(), other_was_here);
        assert_found(&*subject.elsewhere, &key("second"), &entry(turn)).await;
    }
    assert_found(&*subject.elsewhere, &key("first"), &entry("fine after all")).await;
    assert_found(&*subject.tier, &key("other"), &entry("other's")).await;
    subject.tidy().await;
}

/// A write that is done anew, since another context was here, would come after a `clear` that was begun meanwhile. One
/// that fails has taken nothing, so the write must not be lost.
#[wasm_bindgen_test]
async fn a_write_done_anew_stays_before_a_clear_unless_that_fails() {
    for clear_fails in [false, true] {
        let subject = subject();
        subject.tier.list().await.unwrap();
        put(&*subject.elsewhere, &key("other"), entry("other's")).await;
        let change = Change::Put(entry("kept"));
        let write = begun(subject.tier.change_many(vec![(key("k"), change)], Durability::Relaxed));
        if clear_fails {
            run(BREAK_CLEAR, &[]).await;
        }
        let clear = begun(subject.tier.clear());
        let change = Change::Put(entry("later"));
        let later = begun(subject.tier.change_many(vec![(key("later"), change)], Durability::Relaxed));
        let (written, cleared, later) = tokio::join!(write, clear, later);
        assert_eq!((written, cleared.is_err(), later), (Ok(()), clear_fails, Ok(())));
        assert_found(&*subject.elsewhere, &key("later"), &entry("later")).await;
        match clear_fails {
            true => assert_found(&*subject.elsewhere, &key("k"), &entry("kept")).await,
            false => assert_missing(&*subject.elsewhere, &key("k")).await,
        }
        subject.tidy().await;
    }
}
