//! localStorage and sessionStorage in workers: not there, and said at once.

use nearcache::error::TierError;
use nearcache::tier::web_storage::WebStorage;
use nearcache::tier::{Change, Tier};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::suite::support::{change, entry, key};

#[wasm_bindgen_test]
async fn are_unavailable_at_once() {
    for tier in [WebStorage::local("nearcache:"), WebStorage::session("nearcache:")] {
        let answers = [
            tier.list().await.map(drop),
            tier.get_many(vec![key("k")]).await.map(drop),
            change(&tier, &key("k"), Change::Put(entry(1))).await,
            tier.clear().await,
        ];
        for answer in answers {
            assert!(matches!(answer, Err(TierError::Unavailable(_))), "{answer:?}");
        }
    }
}
