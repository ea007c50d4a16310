//! The edge cache.

use reqwest::Method;
use serde_json::json;
use tokio::task::JoinSet;

use crate::harness::{Shop, header, layers};

#[tokio::test]
async fn a_miss_becomes_a_hit_and_ages() {
    let shop = Shop::open().await;
    let miss = shop.get("/api/products?page=2").await;
    assert_eq!(header(&miss, "x-cache"), "Miss from cloudfront");
    for name in ["via", "x-amz-cf-pop", "x-amz-cf-id", "date", "timing-allow-origin"] {
        header(&miss, name);
    }
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let hit = shop.get("/api/products?utm_source=mail&page=2").await;
    assert_eq!(header(&hit, "x-cache"), "Hit from cloudfront");
    assert!(header(&hit, "age").parse::<u32>().unwrap() >= 1);
    assert_eq!(header(&hit, "date"), header(&miss, "date"));
    assert_eq!(layers(&hit), ["edge hit"]);
}

#[tokio::test]
async fn a_stale_entry_is_revalidated_with_its_origin() {
    let shop = Shop::open().await;
    shop.behave("maxTtlSeconds", json!(0)).await;
    shop.get("/api/products/p0001").await;
    let refreshed = shop.get("/api/products/p0001").await;
    assert_eq!(header(&refreshed, "x-cache"), "RefreshHit from cloudfront");
    shop.post("/_origin/data", json!({"product": "p0001"})).await;
    let changed = shop.get("/api/products/p0001").await;
    assert_eq!(header(&changed, "x-cache"), "Miss from cloudfront");
    assert_ne!(header(&changed, "etag"), header(&refreshed, "etag"));
}

#[tokio::test]
async fn a_stale_entry_stands_in_for_a_failure_where_it_may() {
    let shop = Shop::open().await;
    shop.behave("maxTtlSeconds", json!(0)).await;
    let before = shop.get("/api/products/p0001").await;
    // Who takes the one container keeps it; whoever comes then gets a 500.
    shop.switch(json!({"functions": {"concurrency": 1, "latencyMs": 1_500}})).await;
    let busy = shop.get("/api/products/p0002");
    let failing = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        (shop.get("/api/products/p0001").await, shop.get("/api/products/p0003").await)
    };
    let (_, (covered, bare)) = tokio::join!(busy, failing);
    assert_eq!(layers(&covered)[0], "edge stale-hit");
    assert_eq!((covered.status().as_u16(), header(&covered, "etag")), (200, header(&before, "etag")));
    assert_eq!((layers(&bare)[0].as_str(), bare.status().as_u16()), ("edge error", 500));
    assert_eq!(header(&bare, "x-cache"), "Error from cloudfront");
}

#[tokio::test]
async fn stale_is_served_while_revalidating() {
    let shop = Shop::open().await;
    shop.behave("maxTtlSeconds", json!(0)).await;
    shop.switch(json!({"stage": {"enabled": false}})).await;
    let before = shop.get("/api/products").await;
    shop.post("/_origin/data", json!({"product": "all"})).await;
    let stale = shop.get("/api/products").await;
    assert_eq!(layers(&stale), ["edge stale-hit"]);
    assert_eq!(header(&stale, "etag"), header(&before, "etag"));
    // The revalidation runs behind the client's back and lands in the counters of the edge.
    for _ in 0..100 {
        if shop.count("edge", "misses").await == 2 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let fresh = shop.get("/api/products").await;
    assert_ne!(header(&fresh, "etag"), header(&before, "etag"));
}

#[tokio::test]
async fn compression_weakens_the_tag_and_the_weak_tag_revalidates() {
    let shop = Shop::open().await;
    let plain = shop.get("/api/products").await;
    let zipped = shop.get_with("/api/products", "accept-encoding", "gzip").await;
    assert_eq!(header(&zipped, "content-encoding"), "gzip");
    assert_eq!(header(&zipped, "vary"), "Accept-Encoding");
    let weak = header(&zipped, "etag");
    assert_eq!(weak, format!("W/{}", header(&plain, "etag")));
    let request = shop.request(Method::GET, "/api/products").header("accept-encoding", "gzip");
    assert_eq!(request.header("if-none-match", weak).send().await.unwrap().status(), 304);
    shop.switch(json!({"edge": {"compress": false}})).await;
    shop.post("/_origin/purge", json!({"layers": ["edge"]})).await;
    let plain = shop.get_with("/api/products", "accept-encoding", "gzip").await;
    assert!(!plain.headers().contains_key("content-encoding"));
}

#[tokio::test]
async fn simultaneous_misses_collapse() {
    let shop = Shop::open().await;
    shop.switch(json!({"functions": {"latencyMs": 400}})).await;
    at_once(&shop, 8, "/api/products?category=audio").await;
    assert_eq!(shop.count("function", "coldStarts").await, 1);
    // To nginx, who waited for another's answer is a hit.
    let spared = async || shop.count("edge", "collapsed").await + shop.count("edge", "hits").await;
    assert_eq!(spared().await, 7);
    shop.switch(json!({"edge": {"collapse": false}})).await;
    at_once(&shop, 3, "/api/products/p0001").await;
    assert_eq!(spared().await, 7);
}

#[tokio::test]
async fn what_must_not_be_cached_passes() {
    let shop = Shop::open().await;
    for _ in 0..2 {
        let search = shop.post("/api/search", json!({"q": "oak"})).await;
        assert_eq!(header(&search, "x-cache"), "Miss from cloudfront");
        let profile = shop.get("/api/profile").await;
        assert_eq!(header(&profile, "x-cache"), "Error from cloudfront");
    }
    assert_eq!(shop.count("edge", "passes").await, 4);
}

#[tokio::test]
async fn forwarding_cookies_ends_conditional_requests() {
    let shop = Shop::open().await;
    shop.behave("cookies", json!(["region"])).await;
    let tag = header(&shop.get("/api/products").await, "etag").to_owned();
    let again = shop.get_with("/api/products", "if-none-match", &tag).await;
    assert_eq!((again.status().as_u16(), header(&again, "etag")), (200, tag.as_str()));
}

#[tokio::test]
async fn switched_off_it_leaves_no_trace() {
    let shop = Shop::open().await;
    shop.switch(json!({"edge": {"enabled": false}})).await;
    let response = shop.get("/api/categories").await;
    assert!(!response.headers().contains_key("x-cache"));
    assert_eq!(layers(&response)[0], "stage miss");
    let tag = header(&response, "etag");
    let again = shop.get_with("/api/products/p0001", "if-none-match", tag).await;
    assert_eq!(again.status(), 200);
}

/// So many requests at the same time; all have to succeed.
async fn at_once(shop: &Shop, count: usize, path: &str) {
    let mut requests = JoinSet::new();
    for _ in 0..count {
        requests.spawn(shop.request(Method::GET, path).send());
    }
    for response in requests.join_all().await {
        assert_eq!(response.unwrap().status(), 200);
    }
}
