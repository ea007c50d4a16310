//! localStorage and sessionStorage: pages only.

use crate::suite::support::{Holds, Subject, js};

/// Shared by both storages: a record, and somebody else's item beside it.
async fn leaves_foreign_items_alone(subject: &Subject, storage: &str) {
    js(&format!("{storage}.setItem('foreign', 'nearcache:')"));
    subject.tier.list().await.unwrap();
    subject.tier.clear().await.unwrap();
    assert_eq!(js(&format!("{storage}.getItem('foreign')")).as_string().as_deref(), Some("nearcache:"));
    js(&format!("{storage}.removeItem('foreign')"));
}

/// A full store says so, and takes smaller things.
async fn says_when_it_is_full(subject: &Subject, storage: &str) {
    use crate::suite::support::{assert_found, assert_missing, change, entry, key, put};
    use nearcache::error::TierError;
    use nearcache::tier::Change;

    js(&format!(
        "(() => {{ for (let size = 1 << 22; size; size >>= 1) for (;;) {{
            try {{ {storage}.setItem('fill' + {storage}.length, 'x'.repeat(size)) }} catch {{ break }}
        }} }})()"
    ));
    let full = change(&*subject.tier, &key("k"), Change::Put(entry("x".repeat(10_000)))).await;
    assert_eq!(full, Err(TierError::QuotaExceeded));
    assert_missing(&*subject.tier, &key("k")).await;
    js(&format!(
        "Object.keys({storage}).filter((name) => name.startsWith('fill')).forEach((name) => {storage}.removeItem(name))"
    ));
    put(&*subject.tier, &key("k"), entry("x")).await;
    assert_found(&*subject.tier, &key("k"), &entry("x")).await;
}

mod local {
    use nearcache::tier::web_storage::WebStorage;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::{Holds, Subject};

    fn subject() -> Subject {
        let plant = "(namespace, key, record) => localStorage.setItem(namespace + key, record)";
        Subject::new(WebStorage::local, plant, Holds::Text)
    }

    contract!(subject());

    #[wasm_bindgen_test]
    async fn leaves_foreign_items_alone() {
        super::leaves_foreign_items_alone(&subject(), "localStorage").await;
    }

    #[wasm_bindgen_test]
    async fn says_when_it_is_full() {
        let subject = subject();
        super::says_when_it_is_full(&subject, "localStorage").await;
        subject.tidy().await;
    }
}

mod session {
    use nearcache::tier::web_storage::WebStorage;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::{Holds, Subject};

    fn subject() -> Subject {
        let plant = "(namespace, key, record) => sessionStorage.setItem(namespace + key, record)";
        Subject::new(WebStorage::session, plant, Holds::Text)
    }

    contract!(subject());

    #[wasm_bindgen_test]
    async fn leaves_foreign_items_alone() {
        super::leaves_foreign_items_alone(&subject(), "sessionStorage").await;
    }

    #[wasm_bindgen_test]
    async fn says_when_it_is_full() {
        let subject = subject();
        super::says_when_it_is_full(&subject, "sessionStorage").await;
        subject.tidy().await;
    }
}
