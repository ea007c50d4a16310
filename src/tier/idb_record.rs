//! Records of IndexedDB, its mark, and what its requests have come to.

use indexed_db_futures::object_store::ObjectStore;
use indexed_db_futures::prelude::*;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::IdbRequest;

use super::Change;
use super::connection::Outcome;
use crate::model::{Key, Meta};

/// The record with the mark; no key of an entry begins so.
pub(super) const MARK: &str = "!";

/// Whether the mark is renewed. Removals leave it: what others know of is at most no longer there, and a full disk has no
/// room for a new one.
pub(super) fn has_puts(changes: &[(Key, Change<JsValue>)]) -> bool {
    changes.iter().any(|(_, change)| matches!(change, Change::Put(_)))
}

/// The mark; when it is here, so is every answer that was asked for before.
pub(super) async fn last(metas: &ObjectStore<'_>) -> Outcome<Option<JsValue>> {
    metas.get::<JsValue, _, _>(MARK).primitive()?.await
}

/// The mark in its record; zero before the first commit.
pub(super) fn mark_of(record: Option<&JsValue>) -> f64 {
    record.map_or(0.0, |record| record.as_f64().unwrap_or(f64::NAN))
}

/// What a request that is answered has come to.
pub(super) fn answer(request: &IdbRequest) -> JsValue {
    request.result().unwrap_or(JsValue::UNDEFINED)
}

/// Metadata, and the value if it stands beside it; `None` for a record that is not ours.
pub(super) fn parse(record: &JsValue) -> Option<(Meta, Option<JsValue>)> {
    let record: &Array = record.dyn_ref()?;
    let (meta, _) = Meta::decode(&record.get(0).as_string()?).ok()?;
    let inline = (record.length() > 1).then(|| record.get(1));
    Some((meta, inline))
}
