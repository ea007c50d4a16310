//! Signatures and tokens rotate, whom they speak for stays: one entry for each of those.

use nearcache::engine::OriginOptions;
use nearcache::model::Request;
use nearcache::origin::Profile;
use nearcache::router::Route;

use super::house::{House, get};
use super::origin::ok;

/// Whether `second` is answered with what was stored for `first`.
fn shared(profile: Profile, first: Request, second: Request) -> bool {
    let house = House::before(OriginOptions { profile, ..OriginOptions::default() });
    for body in ["first", "second"] {
        house.origin.then(ok("max-age=60", body));
    }
    house.fetch_with(first, Route::default());
    house.fetch_with(second, Route::default()).body() == "first"
}

fn signed(access_key: &str, signature: &str) -> Request {
    let mut request = get("/p");
    let value = format!("AWS4-HMAC-SHA256 Credential={access_key}/20260101/x, Signature={signature}");
    request.headers.set("authorization", &value);
    request
}

fn presigned(access_key: &str, signature: &str) -> Request {
    get(&format!("/p?a=1&X-Amz-Credential={access_key}%2F20260101%2Fx&X-Amz-Signature={signature}"))
}

#[test]
fn the_access_key_tells_signed_requests_apart() {
    for sign in [signed, presigned] {
        assert!(shared(Profile::ApiGateway, sign("AKIDONE", "1"), sign("AKIDONE", "2")));
        assert!(!shared(Profile::ApiGateway, sign("AKIDONE", "1"), sign("AKIDTWO", "2")));
        assert!(!shared(Profile::ApiGateway, sign("AKIDONE", "1"), get("/p?a=1")));
    }
}

#[test]
fn only_cloudfront_signs_by_cloudfronts_parameters() {
    let signed = |signature| get(&format!("/p?Expires=1&Signature={signature}&Key-Pair-Id=K"));
    assert!(shared(Profile::CloudFront, signed("1"), signed("2")));
    assert!(!shared(Profile::ApiGateway, signed("1"), signed("2")));
    assert!(!shared(Profile::Http, presigned("AKIDONE", "1"), presigned("AKIDONE", "2")));
}

#[test]
fn no_vary_search_speaks_of_the_query_and_not_of_the_caller() {
    let house = House::new();
    let asked_by = |who: &str, path: &str| {
        let mut request = get(path);
        request.headers.set("authorization", who);
        request
    };
    let answer = |body: &str| ok("max-age=600", body).with("no-vary-search", "params=(\"utm\")");
    house.origin.then(answer("alice's"));
    house.origin.then(answer("bob's"));
    assert_eq!(house.fetch_with(asked_by("Basic a", "/me?utm=1"), Route::default()).body(), "alice's");
    assert_eq!(house.fetch_with(asked_by("Basic b", "/me?utm=1"), Route::default()).body(), "bob's");
    assert_eq!(house.fetch_with(asked_by("Basic b", "/me?utm=2"), Route::default()).body(), "bob's");
    assert_eq!(house.fetch_with(asked_by("Basic a", "/me?utm=3"), Route::default()).body(), "alice's");
    assert_eq!(house.sent(), 2);
}
