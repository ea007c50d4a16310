//! Injected failures.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Shop, header};

const PATH: &str = "/api/categories";

async fn failing(mode: &str) -> Shop {
    let shop = Shop::open().await;
    shop.switch(json!({"failure": {"mode": mode}})).await;
    shop
}

#[tokio::test]
async fn statuses_fail_so_often_and_only_where_switched() {
    let shop = Shop::open().await;
    let failure = json!({"mode": "status", "status": 502, "pathPrefix": PATH, "count": 2});
    shop.switch(json!({ "failure": failure })).await;
    assert_eq!(shop.get("/api/products").await.status(), 200);
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(shop.get(PATH).await.status().as_u16());
    }
    assert_eq!(statuses, [502, 502, 200]);
    assert_eq!(shop.json("/_origin/switches").await["failure"]["count"], 0);
    assert_eq!(shop.json("/_origin/stats").await["failures"], 2);
}

#[tokio::test]
async fn a_share_of_requests_fails() {
    let shop = failing("status").await;
    shop.switch(json!({"failure": {"rate": 0.5}})).await;
    let mut failed = 0;
    for _ in 0..100 {
        failed += u32::from(shop.get(PATH).await.status() == 503);
    }
    assert!((25..75).contains(&failed), "{failed}");
}

#[tokio::test]
async fn a_reset_is_no_response_and_is_logged() {
    let shop = failing("reset").await;
    shop.request(reqwest::Method::GET, PATH).send().await.unwrap_err();
    assert_eq!(shop.json("/_origin/log").await[0]["status"], 0);
}

#[tokio::test]
async fn a_hang_lasts_until_the_client_leaves() {
    let shop = failing("hang").await;
    let request = shop.request(reqwest::Method::GET, PATH).timeout(Duration::from_millis(200));
    assert!(request.send().await.unwrap_err().is_timeout());
}

#[tokio::test]
async fn a_truncated_body_breaks_off() {
    let shop = failing("truncate").await;
    let response = shop.get(PATH).await;
    assert_eq!(response.status(), 200);
    assert!(response.content_length().unwrap() > 0);
    response.bytes().await.unwrap_err();
}

#[tokio::test]
async fn wrong_validators_are_new_each_time() {
    let shop = failing("wrong-validator").await;
    let (first, second) = (shop.get(PATH).await, shop.get(PATH).await);
    assert_ne!(header(&first, "etag"), header(&second, "etag"));
    shop.switch(json!({"failure": {"mode": "none"}})).await;
    let honest = header(&shop.get(PATH).await, "etag").to_owned();
    shop.switch(json!({"failure": {"mode": "wrong-validator"}})).await;
    let unchanged = shop.get_with(PATH, "if-none-match", &honest).await;
    assert_eq!(unchanged.status(), 304);
    assert_ne!(header(&unchanged, "etag"), honest);
}

#[tokio::test]
async fn a_hotel_answers_with_a_page() {
    let shop = failing("html").await;
    let response = shop.get(PATH).await;
    assert_eq!(response.status(), 200);
    assert!(header(&response, "content-type").starts_with("text/html"));
}

#[tokio::test]
async fn offline_leaves_only_the_control() {
    let shop = Shop::open().await;
    shop.switch(json!({"offline": true})).await;
    for path in [PATH, "/", "/s/x"] {
        shop.request(reqwest::Method::GET, path).send().await.unwrap_err();
    }
    shop.switch(json!({"offline": false})).await;
    let body: Value = shop.json(PATH).await;
    assert_eq!(body.as_array().unwrap().len(), 10);
}
