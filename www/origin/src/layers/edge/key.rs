//! What a request is cached by: its path, and of the rest only what the behaviour names.

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue, Uri};

use super::compress;
use crate::message::Call;
use crate::switches::Behaviour;

/// The cache key. Parts are separated by line breaks, which no part can hold.
pub(crate) fn of(behaviour: &Behaviour, call: &Call) -> String {
    // Accept-Encoding is reduced to the one bit that matters, as CloudFront does where it compresses.
    let encoding = if compress::accepted(call.headers()) { "gzip" } else { "identity" };
    let mut key = format!("{}\n{encoding}\n{}", call.uri().path(), query(behaviour, call.uri()));
    for name in &behaviour.headers {
        let values: Vec<_> =
            call.headers().get_all(name.as_str()).iter().map(HeaderValue::as_bytes).collect();
        key += &format!("\n{name}={}", String::from_utf8_lossy(&values.join(&b", "[..])));
    }
    for (name, value) in cookies(behaviour, call.headers()) {
        key += &format!("\n{name}={value}");
    }
    key
}

/// The URI with the keyed query alone.
pub(crate) fn onward_uri(behaviour: &Behaviour, call: &Call) -> Uri {
    let (path, query) = (call.uri().path(), query(behaviour, call.uri()));
    let text = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    text.parse().expect("a path and an encoded query make a URI")
}

/// The Cookie header with the keyed cookies alone, if any.
pub(crate) fn onward_cookies(behaviour: &Behaviour, call: &Call) -> Option<HeaderValue> {
    let pairs: Vec<_> =
        cookies(behaviour, call.headers()).map(|(name, value)| format!("{name}={value}")).collect();
    if pairs.is_empty() {
        return None;
    }
    HeaderValue::from_str(&pairs.join("; ")).ok()
}

/// The keyed parameters in the order of the behaviour, so that `?a&b` and `?b&a` are one entry.
fn query(behaviour: &Behaviour, uri: &Uri) -> String {
    let text = uri.query().unwrap_or_default();
    let mut kept = form_urlencoded::Serializer::new(String::new());
    for wanted in &behaviour.queries {
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            if name == wanted.as_str() {
                kept.append_pair(&name, &value);
            }
        }
    }
    kept.finish()
}

fn cookies<'a>(behaviour: &'a Behaviour, headers: &'a HeaderMap) -> impl Iterator<Item = (&'a str, &'a str)> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| behaviour.cookies.iter().any(|wanted| wanted == name))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::switches::Switches;

    fn behaviour() -> Behaviour {
        let mut behaviour = Switches::published().edge.behaviours.remove(0);
        behaviour.queries = vec!["page".into(), "sort".into()];
        behaviour.headers = vec!["accept-language".into()];
        behaviour.cookies = vec!["region".into()];
        behaviour
    }

    fn call(uri: &str, headers: &[(&'static str, &str)]) -> Call {
        let mut call = http::Request::get(uri).body(Bytes::new()).unwrap();
        for (name, value) in headers {
            call.headers_mut().append(*name, value.parse().unwrap());
        }
        call
    }

    #[test]
    fn only_chosen_parts_tell_requests_apart() {
        let same = |a: (&str, &[(&'static str, &str)]), b: (&str, &[(&'static str, &str)])| {
            of(&behaviour(), &call(a.0, a.1)) == of(&behaviour(), &call(b.0, b.1))
        };
        assert!(same(("/a?page=2&sort=x", &[]), ("/a?utm=1&sort=x&page=2", &[])));
        assert!(!same(("/a?page=2", &[]), ("/a?page=3", &[])));
        assert!(same(("/a", &[("cookie", "id=1; region=eu")]), ("/a", &[("cookie", "region=eu; id=2")])));
        assert!(!same(("/a", &[("cookie", "region=eu")]), ("/a", &[("cookie", "region=us")])));
        assert!(!same(("/a", &[("accept-language", "de")]), ("/a", &[])));
        assert!(same(("/a", &[("user-agent", "x")]), ("/a", &[])));
        assert!(!same(("/a", &[("accept-encoding", "gzip, br")]), ("/a", &[])));
    }

    #[test]
    fn the_origin_sees_what_the_key_saw() {
        let call = call("/a?utm=1&page=2", &[("cookie", "id=1; region=eu")]);
        assert_eq!(onward_uri(&behaviour(), &call), "/a?page=2");
        assert_eq!(onward_cookies(&behaviour(), &call).unwrap(), "region=eu");
    }
}
