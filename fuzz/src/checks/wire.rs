//! The stored form of metadata: any text is refused or means the same once written again.

use super::dice::Dice;
use super::value;
use crate::support::{at, get, response};
use nearcache::http::{Rule, store};
use nearcache::model::{
    Bytes, Kind, Meta, Reader, ResponseKind, StoredResponse, Timestamp, Url, Version, Writer,
};

pub(crate) fn check(data: &[u8]) {
    let Some((kind, rest)) = data.split_first() else { return };
    match kind % 3 {
        0 => any(&value(rest)),
        // What a tier hands over needn't be one char a byte.
        1 => any(&String::from_utf8_lossy(rest)),
        _ => made(&mut Dice(rest)),
    }
}

fn any(text: &str) {
    let mut reader = Reader::new(text);
    while reader.number().is_ok() || reader.text().is_ok() {}
    let Ok((meta, rest)) = Meta::decode(text) else { return };
    assert!(text.ends_with(rest));
    let again = meta.encode();
    assert_eq!(Meta::decode(&(again.clone() + rest)), Ok((meta, rest)));
    // Cut off anywhere, it is corrupt.
    for end in (0..again.len()).filter(|end| again.is_char_boundary(*end)) {
        assert!(Meta::decode(&again[..end]).is_err(), "{end} of {again:?}");
    }
}

fn made(dice: &mut Dice<'_>) {
    let version =
        Version { time: Timestamp(dice.number()), counter: dice.number() as u32, node: dice.number() as u32 };
    // The last moment of all stands for the one before it: "none" has taken its number.
    let mut moment = || dice.is_true().then(|| Timestamp(dice.number().min(u64::MAX - 1)));
    let (expires, stale_until) = (moment(), moment());
    let size = Bytes(dice.number());
    let stored = dice.is_true().then(|| stored(dice));
    let mut tags = Vec::new();
    while let Some(line) = dice.line() {
        tags.push(String::from_utf8_lossy(line).into_owned());
    }
    let kind = stored.map_or(Kind::Value, |stored| Kind::Response(Box::new(stored)));
    let meta = Meta { version, expires, stale_until, size, tags, kind };
    let form = meta.encode();
    assert_eq!(Meta::decode(&form), Ok((meta.clone(), "")));
    assert_eq!(Meta::decode(&(form + "1;x")), Ok((meta, "1;x")));
    let mut out = Writer::default();
    version.encode(&mut out);
    assert_eq!(Version::decode(&mut Reader::new(&out.finish())), Ok(version));
}

fn stored(dice: &mut Dice<'_>) -> StoredResponse {
    let kinds = [
        ResponseKind::Readable,
        ResponseKind::Cors,
        ResponseKind::Redirected,
        ResponseKind::Opaque,
        ResponseKind::OpaqueRedirect,
    ];
    let kind = dice.pick(&kinds);
    let mut head = response(200, "cache-control: max-age=60");
    let mut line = || value(dice.line().unwrap_or_default());
    head.status_text = line();
    head.url = Url::new(&line());
    head.headers.append(&line(), &line());
    let mut kept = store(&get(""), &response(200, ""), &Rule::default(), at(0), at(0)).expect("storable");
    kept.vary.append(&line(), &line());
    kept.response = head;
    kept.response.kind = kind;
    kept.response_time = Timestamp(dice.number());
    kept
}
