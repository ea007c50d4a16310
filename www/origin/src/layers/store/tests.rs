//! One contract for every store, the real ones where there is a folder of theirs (`REAL_PARTS`).

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use http::header::{CACHE_CONTROL, ETAG, SET_COOKIE};
use http::{HeaderValue, StatusCode};

use super::Store;
use crate::app::Answer;
use crate::message::{Reply, reply, validated};

const TTL: Duration = Duration::from_secs(5);

/// Every store there is to test, with a key that is this test's own.
async fn stores<V: super::Portable>() -> Vec<Store<V>> {
    let mut stores = vec![Store::embedded()];
    if let Some(folder) = std::env::var_os("REAL_PARTS").map(PathBuf::from) {
        stores.push(Store::memcached(&folder).await.unwrap());
        stores.push(Store::redis(&folder).await.unwrap());
    }
    stores
}

fn page(body: impl Into<bytes::Bytes>) -> Reply {
    let mut page = validated(reply(StatusCode::OK, "text/plain", body), SystemTime::UNIX_EPOCH, "public");
    for cookie in [&b"a=1"[..], b"b=\xe9"] {
        page.headers_mut().append(SET_COOKIE, HeaderValue::from_bytes(cookie).unwrap());
    }
    page
}

/// Keys as layers make them: of several lines, and longer than memcached takes.
fn key(name: &str) -> String {
    format!("GET /api/{name}\nq={}", "é ".repeat(400))
}

/// One test, since one part of it clears what the service holds for all.
#[tokio::test]
async fn every_store_keeps_what_it_was_given_as_long_as_it_was_told() {
    let now = SystemTime::now();
    for store in stores::<Reply>().await {
        let part = store.part();
        assert!(store.get(&key("none"), now).await.is_none(), "{part}");

        store.put(key("a"), page("first"), now, TTL).await;
        store.put(key("a"), page("second\r\n\0"), now, TTL).await;
        let kept = store.get(&key("a"), now).await.unwrap();
        assert_eq!(
            (kept.status(), kept.headers()),
            (StatusCode::OK, page("second\r\n\0").headers()),
            "{part}"
        );
        assert_eq!(kept.headers().get_all(SET_COOKIE).iter().count(), 2, "{part}");
        assert_eq!(kept.body(), "second\r\n\0", "{part}");
        assert!(kept.headers().contains_key(ETAG) && kept.headers().contains_key(CACHE_CONTROL), "{part}");

        // It ends by the caller's clock, to the millisecond.
        assert!(store.get(&key("a"), now + TTL - Duration::from_millis(2)).await.is_some(), "{part}");
        assert!(store.get(&key("a"), now + TTL).await.is_none(), "{part}");

        store.put(key("a"), page("third"), now, Duration::ZERO).await;
        assert!(store.get(&key("a"), now).await.is_none(), "{part}: kept for no time");

        store.put(key("b"), page(""), now, TTL).await;
        assert!(store.remove(&key("b")).await && !store.remove(&key("b")).await, "{part}");

        store.put(key("c"), page("x".repeat(300_000)), now, TTL).await;
        assert_eq!(store.get(&key("c"), now).await.unwrap().body().len(), 300_000, "{part}");
        store.clear().await;
        assert!(store.get(&key("c"), now).await.is_none(), "{part}: cleared");
        store.put(key("c"), page("again"), now, TTL).await;
        assert_eq!(store.get(&key("c"), now).await.unwrap().body(), "again", "{part}");

        // A request that is given up in the middle spoils nothing for the next.
        for _ in 0..50 {
            let _ = tokio::time::timeout(Duration::from_micros(20), store.get(&key("c"), now)).await;
        }
        assert_eq!(store.get(&key("c"), now).await.unwrap().body(), "again", "{part}");
    }
    for store in stores::<Answer>().await {
        let modified = SystemTime::UNIX_EPOCH + Duration::from_millis(1_735_689_600_123);
        store.put(key("answer"), Answer { body: "{}".into(), modified }, now, TTL).await;
        let kept = store.get(&key("answer"), now).await.unwrap();
        assert_eq!((&kept.body[..], kept.modified), (&b"{}"[..], modified), "{}", store.part());
    }
}

#[tokio::test]
async fn a_service_that_is_not_there_is_said_by_name() {
    let nowhere = PathBuf::from("/nowhere");
    let said = [Store::<Reply>::memcached(&nowhere).await.err(), Store::<Reply>::redis(&nowhere).await.err()];
    for (said, part) in said.into_iter().zip(["memcached", "redis"]) {
        assert!(said.unwrap().starts_with(&format!("{part} does not answer: ")));
    }
}
