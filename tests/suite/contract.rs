//! What is true of every durable tier, a function a clause.

use nearcache::error::TierError;
use nearcache::model::{
    Bytes, Entry, Headers, Key, Kind, Meta, Response, ResponseKind, StoredResponse, Timestamp, Url, Version,
};
use nearcache::tier::{Change, Durability, Listed, Read, Tier};
use wasm_bindgen::JsValue;

use super::samples::{LARGE, RICH, TEXT, UNCLONEABLE};
use super::support::{
    Holds, Subject, assert_found, assert_missing, change, entry, get, js, key, meta, put, sized,
};

/// Makes each clause a test of the subject.
macro_rules! contract {
    ($subject:expr) => {
        contract! { $subject =>
            returns_what_it_accepts, refuses_before_it_writes, keeps_large_values, keeps_any_key, keeps_metadata,
            keeps_stale_responses, keeps_what_is_newer_whoever_wrote_it, overwrites, removes, applies_changes_in_order, answers_in_order,
            lists_keys_and_metadata, reports_damage, clears_only_its_own, works_after_release,
            does_nothing_on_nothing
        }
    };
    ($subject:expr => $($clause:ident),+) => {
        $(
            #[wasm_bindgen_test::wasm_bindgen_test]
            async fn $clause() {
                let subject = $subject;
                $crate::suite::contract::$clause(&subject).await;
                subject.tidy().await;
            }
        )+
    };
}

pub async fn returns_what_it_accepts(subject: &Subject) {
    let rich = RICH.iter().filter(|(_, holds)| subject.holds >= *holds).map(|(value, _)| value);
    for value in TEXT.iter().chain(rich) {
        let (key, entry) = (key(value), entry(js(value)));
        put(&*subject.tier, &key, entry.clone()).await;
        assert_found(&*subject.tier, &key, &entry).await;
        change(&*subject.tier, &key, Change::Remove).await.unwrap();
    }
}

pub async fn refuses_before_it_writes(subject: &Subject) {
    let rich = RICH.iter().filter(|(_, holds)| subject.holds < *holds).map(|(value, _)| value);
    // A tier of clones is only ever handed clones.
    let never = UNCLONEABLE.iter().filter(|_| subject.holds != Holds::Clones);
    for value in rich.chain(never) {
        let (key, entry) = (key(value), entry(js(value)));
        let refusal = subject.tier.accepts(&key, &entry);
        assert!(matches!(refusal, Err(TierError::Unsupported(_))), "{value}: {refusal:?}");
        // Whoever writes all the same gets the same answer.
        let failure = change(&*subject.tier, &key, Change::Put(entry)).await;
        assert!(matches!(failure, Err(TierError::Unsupported(_))), "{value}: {failure:?}");
        assert_missing(&*subject.tier, &key).await;
    }
}

pub async fn keeps_large_values(subject: &Subject) {
    for value in LARGE {
        let (key, entry) = (key(value), sized(5 * 1024 * 1024, js(value)));
        if subject.holds >= Holds::Bodies {
            put(&*subject.tier, &key, entry.clone()).await;
            assert_found(&*subject.elsewhere, &key, &entry).await;
        } else {
            let refusal = subject.tier.accepts(&key, &entry);
            assert!(
                matches!(refusal, Err(TierError::TooLarge | TierError::Unsupported(_))),
                "{value}: {refusal:?}"
            );
            assert_missing(&*subject.tier, &key).await;
        }
    }
}

pub async fn keeps_any_key(subject: &Subject) {
    let names = [
        "k".to_owned(),
        " ".to_owned(),
        "ключ 🗝 é = ; , % %25 & + # ? / \\ . .. \" ' ( ) \n \t".to_owned(),
        "\u{0}\u{1f}\u{7f}\u{feff}\u{ffff}".to_owned(),
        "k".repeat(2048),
        "https://shop.example/p?".to_owned() + &"a=b&".repeat(500),
    ];
    for name in &names {
        let (key, entry) = (key(name), entry(name.as_str()));
        if subject.holds == Holds::LittleText
            && subject.tier.accepts(&key, &entry) == Err(TierError::TooLarge)
        {
            assert!(name.len() > 500, "{name:?} fits into a cookie");
            assert_missing(&*subject.tier, &key).await;
            continue;
        }
        put(&*subject.tier, &key, entry.clone()).await;
        assert_found(&*subject.elsewhere, &key, &entry).await;
        change(&*subject.tier, &key, Change::Remove).await.unwrap();
    }
    // 2 KB of text that each escape makes longer.
    let (key, entry) = (key(&"ключ".repeat(256)), entry(1));
    match subject.holds {
        Holds::LittleText => {
            assert_eq!(subject.tier.accepts(&key, &entry), Err(TierError::TooLarge));
            assert_missing(&*subject.tier, &key).await;
        }
        _ => {
            put(&*subject.tier, &key, entry.clone()).await;
            assert_found(&*subject.elsewhere, &key, &entry).await;
        }
    }
}

pub async fn keeps_metadata(subject: &Subject) {
    let later = Timestamp(js_sys::Date::now() as u64 + 3_600_000);
    let value = Meta {
        expires: Some(later),
        stale_until: Some(Timestamp(later.0 + 1)),
        size: Bytes(1234),
        tags: vec!["cart".into(), "日本; 1:2".into(), String::new()],
        ..meta(0)
    };
    let response = Meta { expires: Some(later), kind: response(), ..meta(100) };
    for (name, meta) in [("value", value), ("response", response)] {
        let entry = Entry { meta: meta.into(), body: js("new Uint8Array([1, 2, 3]).buffer") };
        put(&*subject.tier, &key(name), entry.clone()).await;
        assert_found(&*subject.elsewhere, &key(name), &entry).await;
    }
}

/// A stale response can be validated, so it stays until it is evicted.
pub async fn keeps_stale_responses(subject: &Subject) {
    let meta = Meta { expires: Some(Timestamp(1_000)), kind: response(), ..meta(100) };
    let entry = Entry { meta: meta.into(), body: "stale".into() };
    put(&*subject.tier, &key("stale"), entry.clone()).await;
    assert_found(&*subject.tier, &key("stale"), &entry).await;
}

/// Both contexts write in turn, so that neither is ever the last that wrote.
pub async fn keeps_what_is_newer_whoever_wrote_it(subject: &Subject) {
    subject.tier.list().await.unwrap();
    subject.elsewhere.list().await.unwrap();
    let version = |time: u64| Version { time: Timestamp(time), ..Version::default() };
    let at = |time: u64, body: &str| {
        let meta = Meta { version: version(time), ..(*entry(0).meta).clone() };
        Entry { meta: meta.into(), body: body.into() }
    };
    put(&*subject.tier, &key("k"), at(2, "second")).await;
    put(&*subject.tier, &key("k"), at(1, "first")).await;
    assert_found(&*subject.elsewhere, &key("k"), &at(2, "second")).await;
    put(&*subject.elsewhere, &key("k"), at(3, "third")).await;
    put(&*subject.tier, &key("k"), at(2, "second")).await;
    change(&*subject.tier, &key("k"), Change::RemoveUpTo(version(2))).await.unwrap();
    assert_found(&*subject.tier, &key("k"), &at(3, "third")).await;
    change(&*subject.elsewhere, &key("k"), Change::RemoveUpTo(version(3))).await.unwrap();
    put(&*subject.tier, &key("k"), at(1, "anew")).await;
    assert_found(&*subject.elsewhere, &key("k"), &at(1, "anew")).await;
}

pub async fn overwrites(subject: &Subject) {
    let tiers = [&subject.tier, &subject.elsewhere];
    let large = "x".repeat(if subject.holds == Holds::LittleText { 500 } else { 10_000 });
    // Each size follows each, written here and elsewhere.
    let sizes = ["small", "tiny", &large, "small again", &large, &large, "last"];
    for (step, body) in sizes.iter().enumerate() {
        let written = sized(body.len() as u64, *body);
        put(&**tiers[step % 2], &key("k"), written.clone()).await;
        for tier in tiers {
            assert_found(&**tier, &key("k"), &written).await;
        }
    }
    assert_eq!(subject.tier.list().await.unwrap().entries.len(), 1);
}

pub async fn removes(subject: &Subject) {
    put(&*subject.tier, &key("a"), entry(1)).await;
    put(&*subject.tier, &key("ab"), entry(2)).await;
    change(&*subject.elsewhere, &key("a"), Change::Remove).await.unwrap();
    change(&*subject.tier, &key("never there"), Change::Remove).await.unwrap();
    assert_missing(&*subject.tier, &key("a")).await;
    assert_found(&*subject.tier, &key("ab"), &entry(2)).await;
}

pub async fn applies_changes_in_order(subject: &Subject) {
    let changes = vec![
        (key("a"), Change::Put(entry("first"))),
        (key("b"), Change::Put(entry("gone"))),
        (key("a"), Change::Put(entry("second"))),
        (key("b"), Change::Remove),
        (key("c"), Change::Remove),
        (key("c"), Change::Put(entry("back"))),
    ];
    subject.tier.change_many(changes, Durability::Strict).await.unwrap();
    assert_found(&*subject.tier, &key("a"), &entry("second")).await;
    assert_missing(&*subject.tier, &key("b")).await;
    assert_found(&*subject.tier, &key("c"), &entry("back")).await;
}

pub async fn answers_in_order(subject: &Subject) {
    put(&*subject.tier, &key("a"), entry("a")).await;
    put(&*subject.tier, &key("b"), entry("b")).await;
    let keys = vec![key("b"), key("none"), key("a"), key("b")];
    let found = subject.tier.get_many(keys).await.unwrap();
    let bodies: Vec<Option<String>> = found
        .into_iter()
        .map(|read| match read {
            Read::Found(entry) => entry.body.as_string(),
            _ => None,
        })
        .collect();
    assert_eq!(bodies, [Some("b".into()), None, Some("a".into()), Some("b".into())]);
}

pub async fn lists_keys_and_metadata(subject: &Subject) {
    let large = Meta { size: Bytes(20_000), tags: vec!["t".into()], ..meta(0) };
    let response = Meta { kind: response(), ..meta(100) };
    let mut expected: Vec<(Key, Meta)> =
        vec![(key("ключ"), meta(1)), (key("large"), large), (Key::internal("r:GET /\u{1f}"), response)];
    for (key, meta) in &expected {
        put(&*subject.tier, key, Entry { meta: meta.clone().into(), body: "body".into() }).await;
    }
    put(&*subject.neighbour, &key("not ours"), entry(1)).await;
    expected.sort_by(|(one, _), (other, _)| one.cmp(other));
    for tier in [&subject.tier, &subject.elsewhere] {
        let mut listed = listed(&**tier).await;
        listed.sort_by(|(one, _), (other, _)| one.cmp(other));
        assert_eq!(listed, expected);
    }
}

/// What the tier lists; where it brings bodies along, they are those that it holds.
async fn listed(tier: &dyn Tier<JsValue>) -> Vec<(Key, Meta)> {
    let mut listed = Vec::new();
    for Listed { key, meta, body } in tier.list().await.unwrap().entries {
        if let Some(body) = body {
            assert_found(tier, &key, &Entry { meta: meta.clone().into(), body }).await;
        }
        listed.push((key, meta));
    }
    listed
}

pub async fn reports_damage(subject: &Subject) {
    let good = meta(100).encode();
    let cut = &good[..good.len() / 2];
    let unknown_format = ["9", &good, "1"].concat();
    let bad_body = [&good, "{\"a\":"].concat();
    let unknown_kind = [&good, r#"{"$":"eval","v":"1"}"#].concat();
    for record in ["", "junk", "{}", cut, &unknown_format, &bad_body, &unknown_kind] {
        put(&*subject.tier, &key("good"), entry("good")).await;
        subject.plant(&key("bad"), record).await;
        let found = subject.tier.get_many(vec![key("bad"), key("good")]).await.unwrap();
        assert!(
            matches!(found.as_slice(), [Read::Corrupt, Read::Found(_)]),
            "{record:?} is read as {found:?}"
        );
        // What has no metadata cannot be listed; what has is found out when it is read.
        let listed = listed(&*subject.tier).await;
        assert!(listed.iter().any(|(listed, _)| *listed == key("good")), "{record:?} hides others");
        // And it can be replaced.
        put(&*subject.tier, &key("bad"), entry("mended")).await;
        assert_found(&*subject.elsewhere, &key("bad"), &entry("mended")).await;
        change(&*subject.tier, &key("bad"), Change::Remove).await.unwrap();
        assert_missing(&*subject.tier, &key("bad")).await;
    }
}

pub async fn clears_only_its_own(subject: &Subject) {
    put(&*subject.neighbour, &key("k"), entry("neighbour's")).await;
    put(&*subject.tier, &key("k"), entry("ours")).await;
    put(&*subject.tier, &key("l"), sized(10_000, "ours too")).await;
    subject.plant(&key("bad"), "junk").await;
    subject.elsewhere.clear().await.unwrap();
    for name in ["k", "l", "bad"] {
        assert_missing(&*subject.tier, &key(name)).await;
    }
    assert_eq!(listed(&*subject.tier).await, []);
    assert_found(&*subject.neighbour, &key("k"), &entry("neighbour's")).await;
    // And it goes on.
    put(&*subject.tier, &key("k"), entry("new")).await;
    assert_found(&*subject.tier, &key("k"), &entry("new")).await;
}

pub async fn works_after_release(subject: &Subject) {
    subject.tier.release();
    put(&*subject.tier, &key("k"), entry("kept")).await;
    subject.tier.release();
    subject.tier.release();
    assert_found(&*subject.tier, &key("k"), &entry("kept")).await;
}

pub async fn does_nothing_on_nothing(subject: &Subject) {
    assert_eq!(listed(&*subject.tier).await, []);
    subject.tier.clear().await.unwrap();
    subject.tier.change_many(Vec::new(), Durability::Relaxed).await.unwrap();
    assert!(subject.tier.get_many(Vec::new()).await.unwrap().is_empty());
    let found: Read<JsValue> = get(&*subject.tier, &key("k")).await;
    assert!(matches!(found, Read::Missing));
}

/// A head with what heads are made of: repeated fields, bytes above 127, an empty value.
fn response() -> Kind {
    let fields = [
        ("content-type", "application/json"),
        ("etag", "W/\"a;b:c\""),
        ("set-x", "1"),
        ("set-x", "2"),
        ("x-latin", "caf\u{e9} \u{ff}"),
        ("x-empty", ""),
        ("vary", "accept"),
    ];
    Kind::Response(Box::new(StoredResponse {
        response: Response {
            status: 203,
            status_text: "Non-Authoritative".into(),
            headers: fields.into_iter().collect(),
            url: Url::new("https://shop.example/p?q=%C3%A9"),
            kind: ResponseKind::Redirected,
        },
        method: "GET".into(),
        vary: Headers::from_iter([("accept", "text/html, */*")]),
        request_time: Timestamp(1_000),
        response_time: Timestamp(2_000),
    }))
}
