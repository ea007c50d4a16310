//! Scripted responses.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::Shop;

async fn scripted(script: Value) -> Shop {
    let shop = Shop::open().await;
    let put = shop.request(Method::PUT, "/_origin/script/t").json(&script).send().await.unwrap();
    assert_eq!(put.status(), 204, "{script}");
    shop
}

/// A response as it is on the wire.
async fn raw(shop: &Shop, request: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(shop.address()).await.unwrap();
    let text = format!("{request}\r\nHost: x\r\nConnection: close\r\n\r\n");
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).await.unwrap();
    response
}

#[tokio::test]
async fn headers_are_the_scripts_own_and_no_others() {
    let shop = scripted(json!({"responses": [{
        "status": 203,
        "headers": [["X-A", "1"], ["X-B", "caf\u{e9}"], ["X-A", "2"], ["Date", "garbage"], ["Expires", "{now-60}"]],
        "body": "hello",
    }, {"body": {"size": 70_000}}]}))
    .await;
    let response = raw(&shop, "GET /s/t HTTP/1.1").await;
    let text: String = response.iter().copied().map(char::from).collect();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<_> = head.lines().filter(|line| !line.starts_with("expires: ")).collect();
    lines.sort_unstable();
    let expected = [
        "HTTP/1.1 203 Non Authoritative Information",
        "connection: close",
        "content-length: 5",
        "date: garbage",
        "x-a: 1",
        "x-a: 2",
        "x-b: caf\u{e9}",
    ];
    assert_eq!((lines.as_slice(), body), (&expected[..], "hello"));
    let second = shop.get("/s/t/deeper?x=y").await;
    assert!(!second.headers().contains_key("date"));
    assert_eq!(second.bytes().await.unwrap().len(), 70_000);
}

#[tokio::test]
async fn any_method_plays_and_is_recorded() {
    let shop = scripted(json!({"responses": [{"status": 200}, {"status": 404}], "onExhausted": "500"})).await;
    let mut statuses = Vec::new();
    for method in ["QUERY", "DELETE", "GET"] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let request = shop.request(method, "/s/t/a?b").header("x-test", "1").body("body");
        statuses.push(request.send().await.unwrap().status().as_u16());
    }
    assert_eq!(statuses, [200, 404, 500]);
    let record = shop.json("/_origin/script/t").await;
    let first = &record["requests"][0];
    assert_eq!((&first["method"], &first["url"]), (&json!("QUERY"), &json!("/s/t/a?b")));
    assert_eq!(first["body"], "body");
    assert!(first["headers"].as_array().unwrap().contains(&json!(["x-test", "1"])));
    assert_eq!(record["requests"].as_array().unwrap().len(), 3);
    assert_eq!(shop.request(Method::DELETE, "/_origin/script/t").send().await.unwrap().status(), 204);
    assert_eq!(shop.get("/s/t").await.status(), 404);
    assert_eq!(shop.get("/_origin/script/t").await.status(), 404);
}

#[tokio::test]
async fn matching_validators_make_a_304() {
    let headers = json!([["ETag", "\"1\""], ["Cache-Control", "max-age=9"], ["X-Extra", "kept"]]);
    let shop = scripted(json!({"responses": [{"headers": headers, "body": "b"}], "match304": true})).await;
    let unchanged = shop.get_with("/s/t", "if-none-match", "W/\"1\"").await;
    assert_eq!(
        (unchanged.status().as_u16(), unchanged.headers()["x-extra"].to_str().unwrap()),
        (304, "kept")
    );
    assert_eq!(shop.get_with("/s/t", "if-none-match", "\"2\"").await.status(), 200);
}

#[tokio::test]
async fn responses_fail_and_dawdle_as_told() {
    let shop = scripted(json!({"responses": [
        {"fail": "reset"},
        {"fail": "truncate", "body": "0123456789"},
        {"delayMs": 150, "body": "late"},
        {"chunkMs": 20, "body": "0123456789abcdef"},
        {"headers": [["Content-Length", "20"]], "body": "short"},
        {"fail": "hang"},
    ]}))
    .await;
    shop.request(Method::GET, "/s/t").send().await.unwrap_err();
    shop.get("/s/t").await.bytes().await.unwrap_err();
    let started = Instant::now();
    assert_eq!(shop.get("/s/t").await.text().await.unwrap(), "late");
    assert!(started.elapsed() >= Duration::from_millis(150));
    let started = Instant::now();
    assert_eq!(shop.get("/s/t").await.text().await.unwrap(), "0123456789abcdef");
    assert!(started.elapsed() >= Duration::from_millis(7 * 20));
    shop.get("/s/t").await.bytes().await.unwrap_err();
    let hanging = shop.request(Method::GET, "/s/t").timeout(Duration::from_millis(150));
    assert!(hanging.send().await.unwrap_err().is_timeout());
}

#[tokio::test]
async fn a_bad_script_is_refused() {
    let shop = Shop::open().await;
    let put = shop.request(Method::PUT, "/_origin/script/t").json(&json!({"responses": [{"status": 1000}]}));
    let response = put.send().await.unwrap();
    assert_eq!(response.status(), 400);
    let body: Value = response.json().await.unwrap();
    assert_eq!(
        (&body["error"]["code"], &body["error"]["path"]),
        (&json!("invalid-script"), &json!("responses[0].status"))
    );
}
