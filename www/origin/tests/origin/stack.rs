//! The layers behind the edge: stage, functions, shared cache, table cache, table.

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::harness::{Shop, header, layers};

/// An origin whose edge is out of the way.
async fn without_edge() -> Shop {
    let shop = Shop::open().await;
    shop.switch(json!({"edge": {"enabled": false}})).await;
    shop
}

async fn search(shop: &Shop, cache_control: &str, authorization: &str) -> Response {
    let request = shop.request(Method::POST, "/api/search").json(&json!({"q": "oak"}));
    let request = request.header("cache-control", cache_control).header("authorization", authorization);
    request.send().await.unwrap()
}

#[tokio::test]
async fn a_first_request_goes_all_the_way_and_a_second_does_not() {
    let shop = Shop::open().await;
    let first = shop.get("/api/products").await;
    let all_the_way =
        ["edge miss", "stage miss", "function cold", "memory miss", "shared miss", "dax miss", "table read"];
    assert_eq!(layers(&first), all_the_way);
    shop.switch(json!({"edge": {"enabled": false}})).await;
    assert_eq!(layers(&shop.get("/api/products").await), ["stage hit"]);
    shop.switch(json!({"stage": {"enabled": false}})).await;
    assert_eq!(layers(&shop.get("/api/products").await), ["function warm", "memory hit"]);
    shop.switch(json!({"functions": {"enabled": false}})).await;
    assert_eq!(layers(&shop.get("/api/products").await), ["shared hit"]);
    shop.switch(json!({"shared": {"enabled": false}})).await;
    assert_eq!(layers(&shop.get("/api/products").await), ["dax hit"]);
    shop.switch(json!({"dax": {"enabled": false}})).await;
    assert_eq!(layers(&shop.get("/api/products").await), ["table read"]);
    let stats = shop.json("/_origin/stats").await;
    assert!(stats["readUnits"].as_f64().unwrap() > 100.0, "{stats}");
    assert!(stats["gbSeconds"].as_f64().unwrap() > 0.0, "{stats}");
}

#[tokio::test]
async fn the_stage_caches_posts_by_body_and_max_age_0_needs_permission() {
    let shop = Shop::open().await;
    let stage = |response: &Response| layers(response)[1].clone();
    assert_eq!(stage(&search(&shop, "x", "x").await), "stage miss");
    let warned = search(&shop, "max-age=0", "Bearer x").await;
    assert_eq!(stage(&warned), "stage hit");
    assert!(header(&warned, "warning").starts_with("199 "));
    let signed = search(&shop, "max-age=0", "AWS4-HMAC-SHA256 Credential=x").await;
    assert_eq!(stage(&signed), "stage invalidated");
    assert!(!signed.headers().contains_key("warning"));
    shop.switch(json!({"stage": {"invalidation": "forbid"}})).await;
    assert_eq!(search(&shop, "max-age=0", "x").await.status(), 403);
    shop.switch(json!({"stage": {"invalidation": "allow"}})).await;
    assert_eq!(stage(&search(&shop, "max-age=0", "x").await), "stage invalidated");
    shop.switch(json!({"stage": {"cachePost": false}})).await;
    assert_eq!(stage(&search(&shop, "x", "x").await), "stage pass");
}

#[tokio::test]
async fn the_stage_throttles() {
    let shop = without_edge().await;
    shop.switch(json!({"stage": {"throttle": {"rate": 1, "burst": 2}}})).await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(shop.get("/api/categories").await.status().as_u16());
    }
    assert_eq!(statuses, [200, 200, 429]);
    assert_eq!(header(&shop.get("/api/categories").await, "retry-after"), "1");
    shop.switch(json!({"stage": {"throttle": null}})).await;
    assert_eq!(shop.get("/api/categories").await.status(), 200);
}

#[tokio::test]
async fn functions_are_bounded_and_idle_ones_go() {
    let shop = without_edge().await;
    shop.switch(json!({"functions": {"concurrency": 1, "latencyMs": 400}})).await;
    let (first, second) = tokio::join!(shop.get("/api/products/p0001"), shop.get("/api/products/p0002"));
    let mut statuses = [first.status().as_u16(), second.status().as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 500]);
    shop.switch(json!({"functions": {"idleSeconds": 0, "latencyMs": 0}})).await;
    assert_eq!(layers(&shop.get("/api/products/p0003").await)[1], "function cold");
}

#[tokio::test]
async fn the_table_cache_reads_stale_what_was_written_behind_it() {
    let shop = without_edge().await;
    shop.switch(json!({"functions": {"enabled": false}, "shared": {"enabled": false}})).await;
    let before = shop.json("/api/products/p0001").await;
    shop.post("/_origin/data", json!({"product": "p0001", "behind": true})).await;
    assert_eq!(shop.json("/api/products/p0001").await, before);
    shop.post("/_origin/purge", json!({"layers": ["dax"]})).await;
    let after = shop.json("/api/products/p0001").await;
    assert_eq!(after["version"], 2);
    assert!(after["price"].as_f64() > before["price"].as_f64());
    assert!(after["updatedAt"].as_u64() > before["updatedAt"].as_u64());
}

#[tokio::test]
async fn writes_go_through_the_table_cache() {
    let shop = without_edge().await;
    let login: Value = shop.post("/api/login", json!({"user": "carol"})).await.json().await.unwrap();
    let token = format!("Bearer {}", login["token"].as_str().unwrap());
    let put = shop.request(Method::PUT, "/api/profile").header("authorization", &token);
    let put = put.json(&json!({"city": "Malmö"})).send().await.unwrap();
    assert_eq!(layers(&put)[2..], ["dax miss", "table read", "dax write", "table write"]);
    let read = shop.get_with("/api/profile", "authorization", &token).await;
    assert_eq!(layers(&read)[2..], ["dax hit"]);
    assert_eq!(read.json::<Value>().await.unwrap()["city"], "Malmö");
}

#[tokio::test]
async fn latencies_are_waited_and_charged_to_their_layer() {
    let shop = without_edge().await;
    shop.switch(json!({"functions": {"coldStartMs": 60}, "table": {"latencyMs": 30}})).await;
    let response = shop.get("/api/products/p0001").await;
    let duration = |layer: &str| {
        let timing = header(&response, "server-timing");
        let metric = timing.split(", ").find(|metric| metric.starts_with(layer)).unwrap();
        let text = metric.split(';').nth(1).unwrap().trim_start_matches("dur=");
        text.parse::<f64>().unwrap()
    };
    assert!(duration("function") >= 60.0 && duration("table") >= 30.0);
    assert!(duration("stage") < duration("table"), "{}", header(&response, "server-timing"));
}
