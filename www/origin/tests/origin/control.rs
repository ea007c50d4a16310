//! The control below `/_origin/`.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Shop, header};

#[tokio::test]
async fn a_bad_switch_changes_nothing() {
    let shop = Shop::open().await;
    let before = shop.json("/_origin/switches").await;
    for (patch, path) in [
        (r#"{"offline": true, "edge": {"latencyMs": "slow"}}"#, "edge.latencyMs"),
        (r#"{"offline": true, "stage": {"ttlSeconds": 3601}}"#, "stage.ttlSeconds"),
        (r#"{"offline": true, "speed": 1}"#, "speed"),
        (r#"{"offline": true"#, ""),
        (r#"{} {}"#, ""),
        (r#"[]"#, ""),
    ] {
        let request = shop.request(Method::PATCH, "/_origin/switches").body(patch);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 400, "{patch}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["error"]["code"], "invalid-switch", "{body}");
        assert_eq!(body["error"]["path"], path, "{body}");
        assert!(body["error"]["message"].is_string());
    }
    assert_eq!(shop.json("/_origin/switches").await, before);
}

#[tokio::test]
async fn statistics_and_log_tell_what_happened() {
    let shop = Shop::open().await;
    let tag = header(&shop.get("/api/categories").await, "etag").to_owned();
    let request = shop.request(Method::GET, "/api/categories?x=1").header("if-none-match", tag);
    request.header("authorization", "Bearer secret").send().await.unwrap();
    let stats = shop.json("/_origin/stats").await;
    assert_eq!((&stats["requests"], &stats["notModified"]), (&json!(2), &json!(1)));
    assert_eq!(stats["perPath"]["/api/categories"]["bytes"], stats["bytesOut"]);
    assert_eq!(stats["perLayer"]["edge"]["hits"], 1);
    let log = shop.json("/_origin/log?since=1").await;
    let [line] = log.as_array().unwrap().as_slice() else { panic!("{log}") };
    assert_eq!((&line["n"], &line["status"], &line["query"]), (&json!(2), &json!(304), &json!("x=1")));
    assert_eq!(line["headers"]["authorization"], "Bearer [redacted]");
    assert_eq!(line["layers"][0]["layer"], "edge");
}

#[tokio::test]
async fn reset_takes_everything_back() {
    let shop = Shop::open().await;
    let before = shop.json("/api/products/p0001").await;
    shop.post("/_origin/data", json!({"product": "all"})).await;
    shop.switch(json!({"stage": {"ttlSeconds": 1}})).await;
    assert_eq!(shop.post("/_origin/reset", json!({})).await.status(), 204);
    assert_eq!(shop.json("/_origin/switches").await["stage"]["ttlSeconds"], 300);
    assert_eq!(shop.json("/_origin/stats").await["requests"], 0);
    assert_eq!(shop.json("/_origin/log").await, json!([]));
    let after = shop.get("/api/products/p0001").await;
    assert_eq!(header(&after, "x-cache"), "Miss from cloudfront");
    assert_eq!(after.json::<Value>().await.unwrap(), before);
}

#[tokio::test]
async fn data_changes_reach_the_edge_only_by_purge() {
    let shop = Shop::open().await;
    let version = async || shop.json("/api/products/p0001").await["version"].clone();
    assert_eq!(version().await, 1);
    let changed: Value = shop.post("/_origin/data", json!({"product": "p0001"})).await.json().await.unwrap();
    assert_eq!(changed, json!({"changed": 1}));
    assert_eq!(version().await, 1);
    shop.post("/_origin/data", json!({"product": "p0001", "purge": true})).await;
    assert_eq!(version().await, 3);
    assert_eq!(shop.post("/_origin/data", json!({"product": "x"})).await.status(), 404);
    assert_eq!(shop.post("/_origin/data", json!({})).await.status(), 400);
    assert_eq!(shop.post("/_origin/purge", json!({"layers": ["moon"]})).await.status(), 400);
}

#[tokio::test]
async fn the_control_is_open_to_every_page_and_in_no_cache() {
    let shop = Shop::open().await;
    for (method, path) in [(Method::OPTIONS, "/_origin/switches"), (Method::GET, "/_origin/nothing")] {
        let response = shop.request(method, path).header("origin", "http://x.test").send().await.unwrap();
        assert_eq!(header(&response, "access-control-allow-origin"), "*");
        assert_eq!(header(&response, "cache-control"), "no-store");
    }
}

#[tokio::test]
async fn cors_is_as_switched_and_preflights_are_counted() {
    let shop = Shop::open().await;
    let preflight = async || {
        let request = shop.request(Method::OPTIONS, "/api/products").header("origin", "http://x.test");
        let request = request.header("access-control-request-method", "GET");
        request.header("access-control-request-headers", "if-none-match").send().await.unwrap()
    };
    assert!(!preflight().await.headers().contains_key("access-control-allow-origin"));
    let cors = json!({"allowOrigin": "http://x.test", "exposeHeaders": ["ETag"], "maxAge": 60});
    shop.switch(json!({ "cors": cors })).await;
    let granted = preflight().await;
    assert_eq!(header(&granted, "access-control-allow-headers"), "if-none-match");
    assert_eq!(header(&granted, "access-control-max-age"), "60");
    let response = shop.get_with("/api/products", "origin", "http://x.test").await;
    assert_eq!(header(&response, "access-control-allow-origin"), "http://x.test");
    assert_eq!(header(&response, "access-control-expose-headers"), "ETag");
    let stats = shop.json("/_origin/stats").await;
    assert_eq!((&stats["preflights"], &stats["requests"]), (&json!(2), &json!(1)));
}

#[tokio::test]
async fn a_narrow_network_carries_a_body_for_as_long_as_it_takes() {
    let shop = Shop::open().await;
    let bytes = shop.get("/api/products").await.bytes().await.unwrap().len();
    shop.switch(json!({"networkKbps": bytes * 8 / 200})).await; // 200 ms for that body
    let start = Instant::now();
    shop.get("/api/products").await;
    assert!(start.elapsed() >= Duration::from_millis(190), "{:?}", start.elapsed());
    shop.switch(json!({"networkKbps": null})).await;
    assert!(shop.json("/_origin/switches").await["networkKbps"].is_null());
}
