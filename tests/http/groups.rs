//! RFC 9111 §4.4, RFC 9875, Clear-Site-Data: what a response ends.

use super::support::*;
use nearcache::http::{cache_group_invalidation, cache_groups, clear_site_data, invalidated};
use nearcache::model::Url;

fn resolve(base: &Url, reference: &str) -> Option<Url> {
    match reference {
        "" => None,
        _ if reference.contains("://") => Some(Url::new(reference)),
        _ if reference.starts_with('/') => Some(Url::new(&[base.origin(), reference].concat())),
        _ => Some(Url::new(&[base.origin(), "/", reference].concat())),
    }
}

#[test]
fn unsafe_methods_invalidate() {
    // Method, status, response fields, paths that are invalidated.
    let table: &[(&str, u16, &str, &[&str])] = &[
        ("POST", 200, "", &["/item?id=1"]),
        ("PUT", 204, "", &["/item?id=1"]),
        ("PATCH", 200, "", &["/item?id=1"]),
        ("DELETE", 202, "", &["/item?id=1"]),
        ("FROB", 200, "", &["/item?id=1"]),
        ("post", 200, "", &["/item?id=1"]),
        ("POST", 303, "location: /other", &["/item?id=1", "/other"]),
        ("POST", 201, "location: new", &["/item?id=1", "/new"]),
        ("POST", 200, "content-location: /c", &["/item?id=1", "/c"]),
        ("POST", 200, "location: /l | content-location: /c", &["/item?id=1", "/l", "/c"]),
        ("POST", 200, "location: /item?id=1", &["/item?id=1"]),
        ("POST", 200, "location: https://shop.example/l#top", &["/item?id=1", "/l"]),
        ("POST", 200, "location: https://evil.example/l", &["/item?id=1"]),
        ("POST", 200, "location: http://shop.example/l", &["/item?id=1"]),
        ("POST", 200, "location: https://shop.example:444/l", &["/item?id=1"]),
        ("POST", 200, "location:", &["/item?id=1"]),
        // An opaque response may be a success.
        ("POST", 0, "", &["/item?id=1"]),
        ("POST", 400, "location: /l", &[]),
        ("POST", 404, "", &[]),
        ("POST", 500, "", &[]),
        ("GET", 200, "content-location: /c", &[]),
        ("HEAD", 200, "", &[]),
        ("OPTIONS", 200, "", &[]),
        ("QUERY", 200, "location: /l", &[]),
    ];
    for (method, status, headers, paths) in table {
        let urls = invalidated(&ask(method, ""), &response(*status, headers), &resolve);
        let expected: Vec<Url> =
            paths.iter().map(|path| Url::new(&["https://shop.example", path].concat())).collect();
        assert_eq!(urls, expected, "{method} {status} {headers}");
    }
}

#[test]
fn groups() {
    let table: &[(&str, &[&str])] = &[
        ("\"cart\", \"user\"", &["cart", "user"]),
        ("\"cart\";x=1", &["cart"]),
        ("\"Cart\"", &["Cart"]),
        ("\"a\" | cache-groups: \"b\"", &["a", "b"]),
        ("cart, \"user\"", &["user"]),
        ("(\"a\" \"b\")", &[]),
        ("\"cart\",", &[]),
        ("cart user", &[]),
        ("", &[]),
    ];
    for (value, groups) in table {
        assert_eq!(&cache_groups(&response(200, &format!("cache-groups: {value}"))), groups, "{value}");
    }
}

#[test]
fn groups_are_ended_by_unsafe_methods_alone() {
    let answer = response(200, "cache-group-invalidation: \"cart\", \"user\"");
    assert_eq!(cache_group_invalidation(&ask("POST", ""), &answer), ["cart", "user"]);
    assert!(cache_group_invalidation(&get(""), &answer).is_empty());
    assert!(cache_group_invalidation(&ask("QUERY", ""), &answer).is_empty());
}

#[test]
fn clearing_a_site() {
    let table = [
        ("\"cache\"", true),
        ("\"cookies\", \"cache\"", true),
        ("\"storage\" | clear-site-data: \"cache\"", true),
        ("\"*\"", true),
        ("\"cookies\"", false),
        ("cache", false),
        ("\"Cache\"", false),
        ("", false),
    ];
    for (value, clears) in table {
        assert_eq!(clear_site_data(&response(200, &format!("clear-site-data: {value}"))), clears, "{value}");
    }
}
