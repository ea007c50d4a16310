//! The shop's API.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Shop, header};

#[tokio::test]
async fn lists_are_filtered_sorted_and_paged() {
    let shop = Shop::open().await;
    let all = shop.json("/api/products").await;
    assert_eq!((&all["total"], &all["page"], &all["pages"]), (&json!(3000), &json!(1), &json!(125)));
    let first = all["items"][0].as_object().unwrap();
    let members: Vec<_> = first.keys().map(String::as_str).collect();
    assert_eq!(members, ["category", "id", "image", "name", "price", "rating", "stock"]);

    let audio = shop.json("/api/products?category=audio&sort=-price&page=2&limit=10").await;
    let items = audio["items"].as_array().unwrap();
    assert_eq!((audio["total"].as_u64(), items.len()), (Some(300), 10));
    assert!(items.iter().all(|item| item["category"] == "audio"));
    let prices: Vec<_> = items.iter().map(|item| item["price"].as_f64().unwrap()).collect();
    assert!(prices.is_sorted_by(|a, b| a >= b), "{prices:?}");
    assert_eq!(shop.json("/api/products?page=9999").await["items"], json!([]));
}

#[tokio::test]
async fn bad_parameters_are_named() {
    let shop = Shop::open().await;
    for (query, path) in [
        ("category=cars", "category"),
        ("sort=random", "sort"),
        ("page=0", "page"),
        ("page=two", "page"),
        ("limit=101", "limit"),
    ] {
        let response = shop.get(&format!("/api/products?{query}")).await;
        assert_eq!(response.status(), 400, "{query}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["error"]["path"], path, "{body}");
    }
    for body in [json!({}), json!({"q": " "}), json!({"q": 1}), json!({"q": "a", "x": 1}), json!([])] {
        assert_eq!(shop.post("/api/search", body.clone()).await.status(), 400, "{body}");
    }
}

#[tokio::test]
async fn every_page_has_validators_and_its_cache_control() {
    let shop = Shop::open().await;
    for (path, cache_control) in [
        ("/api/products", "public, max-age=60, stale-while-revalidate=300, stale-if-error=86400"),
        ("/api/products/p0001", "public, max-age=5, stale-if-error=86400"),
        ("/images/p0001.svg", "public, max-age=31536000, immutable"),
        ("/images/p0001.png", "public, max-age=31536000, immutable"),
    ] {
        let response = shop.get(path).await;
        assert_eq!(header(&response, "cache-control"), cache_control);
        let (tag, date) = (header(&response, "etag"), header(&response, "last-modified"));
        assert!(tag.starts_with('"'), "{tag}");
        for (name, value) in [("if-none-match", tag), ("if-modified-since", date)] {
            let unchanged = shop.get_with(path, name, value).await;
            assert_eq!(unchanged.status(), 304, "{path} {name}");
            assert_eq!(header(&unchanged, "etag"), tag);
            assert_eq!(unchanged.bytes().await.unwrap().len(), 0);
        }
        let head = shop.request(Method::HEAD, path).send().await.unwrap();
        assert_eq!(header(&head, "etag"), tag);
        assert_ne!(header(&head, "content-length"), "0");
    }
}

#[tokio::test]
async fn search_finds_all_words() {
    let shop = Shop::open().await;
    let found: Value = shop
        .post("/api/search", json!({"q": "Merino SOCKS", "category": "clothing"}))
        .await
        .json()
        .await
        .unwrap();
    let items = found["items"].as_array().unwrap();
    assert!(!items.is_empty());
    assert!(items.iter().all(|item| item["name"].as_str().unwrap().contains("Socks")), "{items:?}");
}

#[tokio::test]
async fn a_profile_belongs_to_its_token() {
    let shop = Shop::open().await;
    assert_eq!(shop.get("/api/profile").await.status(), 401);
    assert_eq!(shop.get_with("/api/profile", "authorization", "Bearer x.y.z").await.status(), 401);
    assert_eq!(shop.post("/api/login", json!({"user": "mallory"})).await.status(), 401);

    let mut tokens = Vec::new();
    for user in ["alice", "alice", "bob"] {
        let login: Value = shop.post("/api/login", json!({ "user": user })).await.json().await.unwrap();
        assert_eq!(login["user"], user);
        tokens.push(format!("Bearer {}", login["token"].as_str().unwrap()));
    }
    assert_ne!(tokens[0], tokens[1], "tokens rotate");
    let before = shop.get_with("/api/profile", "authorization", &tokens[0]).await;
    assert_eq!(header(&before, "cache-control"), "private, max-age=0, must-revalidate");
    let tag = header(&before, "etag").to_owned();

    let change = shop.request(Method::PUT, "/api/profile").header("authorization", &tokens[0]);
    let changed: Value = change.json(&json!({"theme": "dark"})).send().await.unwrap().json().await.unwrap();
    assert_eq!((&changed["theme"], &changed["version"]), (&json!("dark"), &json!(2)));
    let after = shop.get_with("/api/profile", "authorization", &tokens[1]).await;
    assert_ne!(header(&after, "etag"), tag);
    let other: Value = shop.get_with("/api/profile", "authorization", &tokens[2]).await.json().await.unwrap();
    assert_eq!(other["user"], "bob");
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let shop = Shop::open().await;
    let response = shop.post("/api/products/p0001", json!({})).await;
    assert_eq!((response.status().as_u16(), header(&response, "allow")), (405, "GET, HEAD"));
    assert_eq!(shop.get("/api/nothing").await.status(), 404);
}

#[tokio::test]
async fn images_come_in_ranges() {
    let shop = Shop::open().await;
    let whole = shop.get("/images/p0001.png").await;
    let (tag, whole) = (header(&whole, "etag").to_owned(), whole.bytes().await.unwrap());
    assert!((10_000..100_000).contains(&whole.len()));
    let part = shop.get_with("/images/p0001.png", "range", "bytes=100-199").await;
    assert_eq!(part.status(), 206);
    assert_eq!(header(&part, "content-range"), format!("bytes 100-199/{}", whole.len()));
    assert_eq!(part.bytes().await.unwrap(), whole[100..200]);
    let beyond = shop.get_with("/images/p0001.png", "range", "bytes=999999-").await;
    assert_eq!(beyond.status(), 416);
    for (if_range, status) in [(tag.as_str(), 206), ("\"other\"", 200)] {
        let request = shop.request(Method::GET, "/images/p0001.png").header("range", "bytes=0-9");
        let response = request.header("if-range", if_range).send().await.unwrap();
        assert_eq!(response.status(), status, "{if_range}");
    }
}
