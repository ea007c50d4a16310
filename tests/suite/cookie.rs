//! Cookies, where a context has them: pages and service workers.

use nearcache::error::TierError;
use nearcache::tier::cookie::Cookies;
use nearcache::tier::{Change, Durability, Read, Tier as _};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::suite::support::{Holds, Subject, assert_found, entry, get, js, key, put, run};

const PLANT: &str = "async (namespace, key, record) => {
    const [name, value] = [namespace + key, record].map(encodeURIComponent);
    if (globalThis.cookieStore) await cookieStore.set({ name, value, path: '/', sameSite: 'lax' });
    else document.cookie = `${name}=${value}; Path=/`;
}";

fn subject() -> Subject {
    Subject::new(Cookies::new, PLANT, Holds::LittleText)
}

contract!(subject());

/// RFC 6265bis: 4096 bytes of name and value. A browser drops what is longer without a word.
#[wasm_bindgen_test]
async fn knows_the_limit_to_the_byte() {
    let subject = subject();
    let fits = |len: usize| subject.tier.accepts(&key("k"), &entry("x".repeat(len))).is_ok();
    let longest = (0..4096).rev().find(|&len| fits(len)).unwrap();
    assert!(longest > 3000, "only {longest} bytes of text");
    let written = entry("x".repeat(longest));
    put(&*subject.tier, &key("k"), written.clone()).await;
    assert_found(&*subject.tier, &key("k"), &written).await;
    assert_eq!(subject.tier.accepts(&key("k"), &entry("x".repeat(longest + 1))), Err(TierError::TooLarge));
    subject.tidy().await;
}

#[wasm_bindgen_test]
async fn leaves_foreign_cookies_alone() {
    let subject = subject();
    let foreign = "async (action) => {
        const name = 'foreign-cookie';
        if (!globalThis.cookieStore) {
            if (action === 'set') document.cookie = `${name}=1; Path=/`;
            if (action === 'delete') document.cookie = `${name}=; Path=/; Max-Age=0`;
            return document.cookie.includes(name);
        }
        if (action === 'set') await cookieStore.set({ name, value: '1', path: '/' });
        if (action === 'delete') await cookieStore.delete({ name, path: '/' });
        return Boolean(await cookieStore.get(name));
    }";
    run(foreign, &["set".into()]).await;
    put(&*subject.tier, &key("k"), entry(1)).await;
    assert_eq!(subject.tier.list().await.unwrap().entries.len(), 1);
    subject.tier.clear().await.unwrap();
    assert!(matches!(get(&*subject.tier, &key("k")).await, Read::Missing));
    assert!(run(foreign, &["get".into()]).await.is_truthy());
    run(foreign, &["delete".into()]).await;
}

/// What a browser refuses it refuses silently: here for a prefix that wants TLS (RFC 6265bis §4.1.3).
#[wasm_bindgen_test]
async fn says_so_when_the_browser_keeps_no_cookie() {
    if js("typeof document === 'undefined' || location.protocol === 'https:'").is_truthy() {
        return;
    }
    let refused = Cookies::new("__Secure-refused/");
    let put = Change::Put(entry(1));
    let outcome = refused.change_many(vec![(key("k"), put)], Durability::Relaxed).await;
    assert!(matches!(outcome, Err(TierError::Failed(_))), "{outcome:?}");
    assert!(matches!(get(&refused, &key("k")).await, Read::Missing));
}

#[wasm_bindgen_test]
async fn keeps_all_of_a_batch_or_nothing() {
    let subject = subject();
    let too_long = "x".repeat(5_000);
    let changes = [("a", "hello"), ("b", &too_long), ("c", "hello")]
        .map(|(k, body)| (key(k), Change::Put(entry(body))));
    assert!(subject.tier.change_many(changes.into(), Durability::Relaxed).await.is_err());
    assert!(subject.tier.list().await.unwrap().entries.is_empty());
}
