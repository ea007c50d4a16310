//! Cookies in a dedicated worker: the platform gives it none.

use nearcache::error::TierError;
use nearcache::tier::Tier;
use nearcache::tier::cookie::Cookies;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::suite::support::js;

#[wasm_bindgen_test]
async fn are_unavailable_at_once() {
    if js("typeof cookieStore === 'object'").is_truthy() {
        return;
    }
    let listed = Cookies::new("nearcache:").list().await;
    assert!(matches!(listed, Err(TierError::Unavailable(_))), "{listed:?}");
}
