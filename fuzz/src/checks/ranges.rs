//! `Range`, `Content-Range`, and what they do to bodies: against looking at each byte's position.

use super::dice::Dice;
use super::value;
use crate::support::{get, kept, kept_for, response};
use nearcache::http::{
    Answer, ByteRange, ContentRange, RangeAnswer, answer, combine, missing_range, partial_headers,
};
use nearcache::model::StoredResponse;

pub(crate) fn check(data: &[u8]) {
    let Some((kind, rest)) = data.split_first() else { return };
    match kind % 4 {
        0 => asked(&value(rest)),
        1 => held(&value(rest)),
        2 => joined(&mut Dice(rest)),
        _ => small(&mut Dice(rest)),
    }
}

/// A Range field of any bytes.
fn asked(text: &str) {
    let range = ByteRange::parse(text);
    let mut request = get("");
    request.headers.append("range", text);
    assert_eq!(ByteRange::asked(&request), range);
    let Some(range) = range else { return };
    let written = match range {
        ByteRange::From { first, last: None } => format!("bytes={first}-"),
        ByteRange::From { first, last: Some(last) } => format!("bytes={first}-{last}"),
        ByteRange::Suffix(length) => format!("bytes=-{length}"),
    };
    assert_eq!(ByteRange::parse(&written), Some(range));
    for len in [0, 1, 7, u64::MAX] {
        sound(range.of(&kept(200, ""), len), len);
    }
    assert_eq!(answer(&request, &kept(200, "")), Answer::Part(range));
}

/// A Content-Range field of any bytes.
fn held(text: &str) {
    let Some(range) = ContentRange::parse(text) else { return };
    assert_eq!(ContentRange::parse(&range.to_header()), Some(range));
    assert!(range.first <= range.last && range.total.is_none_or(|total| range.last < total));
    let mut head = response(206, "cache-control: max-age=60 | etag: \"v1\"");
    head.headers.append("content-range", text);
    let rule = nearcache::http::Rule::default();
    let at = crate::support::at(0);
    let stored = nearcache::http::store(&get(""), &head, &rule, at, at).expect("storable");
    if let Some(fields) = missing_range(&stored) {
        let asks = ByteRange::parse(fields.get("range").expect("a range")).expect("a valid one");
        // Another part, that begins where this one ends, or ends where it begins.
        let ByteRange::From { first, last } = asks else { panic!("{asks:?}") };
        assert!(first == range.last + 1 && last.is_none() || first == 0 && last == Some(range.first - 1));
    }
    sound(ByteRange::Suffix(3).of(&stored, range.len()), range.last.saturating_add(1));
    let _ = combine(&stored, &stored);
}

/// A range of a small body.
fn small(dice: &mut Dice<'_>) {
    let (len, first, last) = (dice.below(40), dice.below(50), dice.maybe_below(50));
    let suffix = dice.is_true();
    let range = match suffix {
        true => ByteRange::Suffix(first.into()),
        false => ByteRange::From { first: first.into(), last: last.map(u64::from) },
    };
    if !suffix && last.is_some_and(|last| last < first) {
        return;
    }
    let wanted = |at: &u32| match suffix {
        true => at + first >= len,
        false => *at >= first && last.is_none_or(|last| *at <= last),
    };
    let positions: Vec<u32> = (0..len).filter(wanted).collect();
    let found = range.of(&kept(200, ""), len.into());
    let expected = match (positions.first(), positions.last()) {
        (Some(start), Some(end)) => RangeAnswer::Part {
            start: (*start).into(),
            end_inclusive: (*end).into(),
            total: Some(len.into()),
        },
        _ => RangeAnswer::Unsatisfiable { total: len.into() },
    };
    assert_eq!(found, expected);
    sound(found, len.into());
}

/// Two parts of one body, joined: each byte stands at its place, and the newer one where both have it.
fn joined(dice: &mut Dice<'_>) {
    let total = dice.below(40) + 1;
    let mut part = |mark: &str| {
        let (a, b) = (dice.below(total), dice.below(total));
        let (first, last) = (a.min(b), a.max(b));
        let known = dice.is_true();
        let all = if known { total.to_string() } else { "*".into() };
        let head = format!("etag: \"v1\" | x: {mark} | content-range: bytes {first}-{last}/{all}");
        let request = get(&format!("range: bytes={first}-{last}"));
        (first, last, known, kept_for(&request, 206, &head))
    };
    let (old_first, old_last, old_known, old) = part("old");
    let (new_first, new_last, new_known, new) = part("new");
    let touching = (0..total).any(|at| {
        let near = |first: u32, last: u32| first <= at + 1 && at <= last;
        near(old_first, old_last) && near(new_first, new_last)
            || at >= old_first && at <= old_last && at + 1 >= new_first && at <= new_last
    });
    let Some(both) = combine(&old, &new) else {
        let disjoint = old_last + 1 < new_first || new_last + 1 < old_first;
        assert!(disjoint, "{old_first}-{old_last} {new_first}-{new_last}");
        return;
    };
    assert!(touching);
    let body = |first: u32, last: u32, age: u32| (first..=last).map(|at| (at, age)).collect::<Vec<_>>();
    let (old_body, new_body) = (body(old_first, old_last, 0), body(new_first, new_last, 1));
    let mut bytes = old_body[..both.keep_before as usize].to_vec();
    bytes.extend(&new_body);
    bytes.extend(&old_body[old_body.len() - both.keep_after as usize..]);
    let (first, last) = (old_first.min(new_first), old_last.max(new_last));
    let expected = (first..=last).map(|at| (at, u32::from((new_first..=new_last).contains(&at))));
    assert_eq!(bytes, expected.collect::<Vec<_>>());
    let whole = first == 0 && last + 1 == total && (old_known || new_known);
    assert_eq!(both.stored.response.status, if whole { 200 } else { 206 });
    let headers = &both.stored.response.headers;
    assert_eq!(headers.get("content-length"), Some(bytes.len().to_string().as_str()));
    assert_eq!(headers.get("x"), Some("new"));
    fits(&both.stored, u64::from(first), u64::from(last));
}

fn fits(stored: &StoredResponse, first: u64, last: u64) {
    match ContentRange::of(&stored.response.headers) {
        Some(range) => assert_eq!((range.first, range.last), (first, last)),
        None => assert_eq!(stored.response.status, 200),
    }
}

/// What is answered lies within what there is, and its headers say so.
fn sound(answered: RangeAnswer, end: u64) {
    let mut headers = kept(200, "").response.headers;
    partial_headers(&mut headers, answered);
    match answered {
        RangeAnswer::Part { start, end_inclusive, .. } => {
            assert!(start <= end_inclusive && end_inclusive < end);
            let range = headers.get("content-range").expect("a range");
            assert!(range.starts_with(&format!("bytes {start}-{end_inclusive}/")));
        }
        RangeAnswer::Unsatisfiable { total } => {
            assert_eq!(headers.get("content-range"), Some(format!("bytes */{total}").as_str()));
        }
        RangeAnswer::Full => assert!(!headers.has("content-range")),
    }
}
