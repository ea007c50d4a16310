//! The nouns: what is written can be read, anything else is refused, and clocks only go forwards.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use nearcache::model::{
    Bytes, Clock, Headers, Key, Kind, Meta, Millis, Reader, Response, ResponseKind, StoredResponse,
    Timestamp, Url, Version, Writer,
};
use nearcache::sync::{Notice, Select};
use nearcache::tier::TierId;
use proptest::prelude::*;

fn version() -> impl Strategy<Value = Version> {
    (any::<u64>(), any::<u32>(), any::<u32>()).prop_map(|(time, counter, node)| Version {
        time: Timestamp(time),
        counter,
        node,
    })
}

fn headers() -> impl Strategy<Value = Headers> {
    prop::collection::vec(("[a-z-]{1,8}", any::<String>()), 0..4)
        .prop_map(|fields| fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect())
}

fn response() -> impl Strategy<Value = StoredResponse> {
    let kind = prop_oneof![
        Just(ResponseKind::Readable),
        Just(ResponseKind::Redirected),
        Just(ResponseKind::Opaque),
        Just(ResponseKind::OpaqueRedirect),
    ];
    let head = (any::<u16>(), any::<String>(), headers(), "[^#]*", kind).prop_map(
        |(status, status_text, headers, url, kind)| Response {
            status,
            status_text,
            headers,
            url: Url::new(&url),
            kind,
        },
    );
    (head, any::<String>(), headers(), any::<u64>(), any::<u64>()).prop_map(
        |(response, method, vary, request_time, response_time)| StoredResponse {
            response,
            method,
            vary,
            request_time: Timestamp(request_time),
            response_time: Timestamp(response_time),
        },
    )
}

fn meta() -> impl Strategy<Value = Meta> {
    // "For ever" is written as 0 and all else shifted by one, so the last millisecond of all cannot be told.
    let time = || prop::option::of((0..u64::MAX).prop_map(Timestamp));
    let kind = prop_oneof![Just(Kind::Value), response().prop_map(|stored| Kind::Response(Box::new(stored)))];
    (version(), time(), time(), any::<u64>(), prop::collection::vec(any::<String>(), 0..3), kind).prop_map(
        |(version, expires, stale_until, size, tags, kind)| Meta {
            version,
            expires,
            stale_until,
            size: Bytes(size),
            tags,
            kind,
        },
    )
}

fn select() -> impl Strategy<Value = Select> {
    let texts = || prop::collection::vec(any::<String>(), 0..4);
    prop_oneof![
        texts().prop_map(|keys| Select::Keys(keys.iter().map(|key| Key::internal(key)).collect())),
        any::<String>().prop_map(Select::Prefix),
        texts().prop_map(Select::Tags),
        any::<String>().prop_map(Select::Url),
    ]
}

fn notice() -> impl Strategy<Value = Notice> {
    let key = || any::<String>().prop_map(|text| Key::internal(&text));
    let tier = prop::sample::select(TierId::ALL.to_vec());
    prop_oneof![
        (key(), tier, meta()).prop_map(|(key, tier, meta)| Notice::Written(key, tier, meta.into())),
        (prop::collection::vec(key(), 0..4), version())
            .prop_map(|(keys, version)| Notice::Removed(keys, version)),
        version().prop_map(Notice::Cleared),
        (select(), version()).prop_map(|(select, version)| Notice::Selected(select, version)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn metadata_is_read_as_it_was_written(meta in meta(), body in any::<String>()) {
        let form = [meta.encode(), body.clone()].concat();
        prop_assert_eq!(Meta::decode(&form), Ok((meta, body.as_str())));
    }

    #[test]
    fn metadata_that_is_cut_off_is_refused(meta in meta(), at in any::<prop::sample::Index>()) {
        let form = meta.encode();
        let mut at = at.index(form.len());
        while !form.is_char_boundary(at) {
            at -= 1;
        }
        prop_assert!(Meta::decode(&form[..at]).is_err());
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>(), numbers in "[0-9:;]{0,40}") {
        for text in [text, numbers, "9".repeat(30) + ";"] {
            let _ = Meta::decode(&text);
            let _ = Notice::decode(&text);
            let (_, _) = (Bytes::parse(&text), Millis::parse(&text));
        }
    }

    #[test]
    fn notices_are_read_as_they_were_written(notice in notice()) {
        prop_assert_eq!(Notice::decode(&notice.encode()), Ok(notice));
    }

    #[test]
    fn texts_need_no_escaping(texts in prop::collection::vec(any::<String>(), 0..5), number in any::<u64>()) {
        let mut out = Writer::default();
        for text in &texts {
            out.text(text);
            out.number(number);
        }
        let form = out.finish();
        let mut input = Reader::new(&form);
        for text in &texts {
            prop_assert_eq!(input.text(), Ok(text.as_str()));
            prop_assert_eq!(input.number(), Ok(number));
        }
        prop_assert_eq!(input.rest(), "");
    }

    #[test]
    fn a_clock_never_repeats_nor_goes_back(
        steps in prop::collection::vec((any::<bool>(), 0..20u64, 0..5u32), 1..50),
    ) {
        let (mut clock, mut last) = (Clock::new(7), Version::default());
        for (observes, time, counter) in steps {
            if observes {
                let seen = Version { time: Timestamp(time), counter, node: 9 };
                clock.observe(seen);
                last = last.max(seen);
            } else {
                // The wall clock may jump either way.
                let next = clock.tick(Timestamp(time));
                prop_assert!(next > last, "{next:?} follows {last:?}");
                last = next;
            }
        }
    }

    #[test]
    fn sizes_and_times_are_read_as_they_are_written(n in 0..1_000_000u64) {
        prop_assert_eq!(Bytes::parse(&format!("{n}")), Some(Bytes(n)));
        prop_assert_eq!(Bytes::parse(&format!(" {n} KB ")), Some(Bytes::kib(n)));
        prop_assert_eq!(Millis::parse(&format!("{n}ms")), Some(Millis(n)));
        prop_assert_eq!(Millis::parse(&format!("{n}m")), Some(Millis(n * 60_000)));
        prop_assert_eq!(Millis::parse(&format!("{n}")), None);
    }

    #[test]
    fn a_url_is_its_parts(path in "(/[a-z]{0,3}){0,3}", query in prop::option::of("[a-z=&?]{0,8}")) {
        let href = match &query {
            Some(query) => format!("https://shop.example:8443{path}?{query}"),
            None => format!("https://shop.example:8443{path}"),
        };
        let url = Url::new(&[&href, "#frag?ment"].concat());
        prop_assert_eq!(url.as_str(), &href);
        prop_assert_eq!(url.origin(), "https://shop.example:8443");
        prop_assert_eq!(url.path(), &path);
        prop_assert_eq!(url.query(), query.as_deref());
    }
}
