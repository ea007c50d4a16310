//! What a method of the API is cached by: method, path, and the parameters chosen for it.

use http::HeaderValue;

use crate::message::{Call, etag};
use crate::switches::{Method, Stage, Verb, path_matches};

/// The cache key; [`None`] where the call is not cached.
pub(crate) fn of(stage: &Stage, call: &Call) -> Option<String> {
    let method = stage.methods.iter().find(|method| governs(stage, method, call))?;
    let query = call.uri().query().unwrap_or_default();
    let mut key = format!("{} {}", call.method(), call.uri().path());
    for wanted in &method.queries {
        for (_, value) in form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == wanted.as_str())
        {
            key += &format!("\n{wanted}={value}");
        }
    }
    for name in &method.headers {
        let value = call.headers().get(name.as_str()).map(HeaderValue::as_bytes);
        key += &format!("\n{name}: {}", String::from_utf8_lossy(value.unwrap_or_default()));
    }
    if method.body {
        key += &format!("\n{}", etag(call.body()));
    }
    Some(key)
}

fn governs(stage: &Stage, method: &Method, call: &Call) -> bool {
    let name = match method.method {
        Verb::Get => "GET",
        Verb::Post => "POST",
        Verb::Put => "PUT",
        Verb::Patch => "PATCH",
    };
    (method.method == Verb::Get || stage.cache_post)
        && call.method() == name
        && path_matches(&method.path, call.uri().path())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::switches::Switches;

    fn key(stage: &Stage, method: &str, uri: &str, body: &'static str) -> Option<String> {
        let call = http::Request::builder().method(method).uri(uri).body(body.into());
        of(stage, &call.unwrap())
    }

    #[test]
    fn methods_are_cached_by_what_was_chosen_for_them() {
        let mut stage = Switches::published().stage;
        let list = |uri| key(&stage, "GET", uri, "");
        assert_eq!(list("/api/products?page=2&utm=1"), list("/api/products?page=2"));
        assert_ne!(list("/api/products?page=2"), list("/api/products?page=3"));
        assert_eq!(list("/api/products/p0001"), None);
        let search = |stage: &Stage, body| key(stage, "POST", "/api/search", body);
        assert_ne!(search(&stage, "{\"q\":\"a\"}"), search(&stage, "{\"q\":\"b\"}"));
        assert!(search(&stage, "{}").is_some());
        stage.cache_post = false;
        assert_eq!(search(&stage, "{}"), None);
    }
}
