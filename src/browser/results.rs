//! Results as plain objects, through serde.

use js_sys::{Array, Object, Promise, global};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::directory::Place;
use crate::dom;
use crate::engine::Engine;
use crate::error::Error;
use crate::model::{Key, OWN_TAG, RESPONSE, Timestamp, VALUE};
use crate::tier::{Stack, TierId};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EntryInfo<'a> {
    kind: &'static str,
    tier: &'static str,
    size: f64,
    expires: Option<f64>,
    stale_until: Option<f64>,
    fresh: bool,
    tags: Vec<&'a String>,
    url: Option<&'a str>,
    status: Option<u16>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StatsView {
    hits: f64,
    misses: f64,
    network: NetworkView,
}

#[derive(Serialize)]
struct TierView {
    available: bool,
    /// Why it is not.
    reason: Option<String>,
    entries: usize,
    bytes: f64,
    budget: f64,
    hits: f64,
    writes: f64,
    evictions: f64,
    faults: f64,
    corrupt: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NetworkView {
    requests: f64,
    conditional: f64,
    delegated: f64,
    not_modified: f64,
    failed: f64,
    coalesced: f64,
    throttled: f64,
    edge_hits: f64,
    edge_misses: f64,
    bytes_saved: f64,
}

/// `EntryInfo` of the .d.ts.
pub(super) fn entry(place: &Place, now: Timestamp) -> JsValue {
    let meta = &place.meta;
    let stored = meta.response();
    to_js(&EntryInfo {
        kind: if stored.is_some() { "response" } else { "value" },
        tier: place.home.name(),
        size: number(meta.size.0),
        expires: meta.expires.map(|at| number(at.0)),
        stale_until: meta.stale_until.map(|at| number(at.0)),
        fresh: meta.is_fresh(now),
        tags: meta.tags.iter().filter(|tag| !tag.starts_with(OWN_TAG)).collect(),
        url: stored.map(|stored| stored.response.url.as_str()),
        status: stored.map(|stored| stored.response.status),
    })
}

/// `[key, info, id]` of each entry whose key starts with `prefix`.
pub(super) fn entries(stack: &Stack<JsValue>, prefix: &str, now: Timestamp) -> JsValue {
    let mut listed = stack.list(&[VALUE, prefix].concat());
    listed.extend(stack.list(&[RESPONSE, prefix].concat()));
    let row = |(key, place): (Key, Place)| Array::of3(&name(&key), &entry(&place, now), &key.as_str().into());
    listed.into_iter().map(row).collect::<Array>().into()
}

/// `Stats` of the .d.ts.
pub(super) fn stats(engine: &Engine<JsValue>) -> JsValue {
    let counted = engine.stack.stats();
    let network = counted.network;
    let view = to_js(&StatsView {
        hits: number(counted.hits),
        misses: number(counted.misses),
        network: NetworkView {
            requests: number(network.requests),
            conditional: number(network.conditional),
            delegated: number(network.delegated),
            not_modified: number(network.not_modified),
            failed: number(network.failed),
            coalesced: number(network.coalesced),
            throttled: number(network.throttled),
            edge_hits: number(network.edge_hits),
            edge_misses: number(network.edge_misses),
            bytes_saved: number(network.saved.0),
        },
    });
    dom::set(view.unchecked_ref(), "tiers", tiers(engine));
    view
}

fn tiers(engine: &Engine<JsValue>) -> Object {
    let counted = engine.stack.stats();
    let views = Object::new();
    let add = |tier: TierId, reason, bytes: u64, entries, budget: u64| {
        let of = counted.tiers[tier as usize];
        dom::set(
            &views,
            tier.name(),
            to_js(&TierView {
                available: Option::is_none(&reason),
                reason,
                entries,
                bytes: number(bytes),
                budget: number(budget),
                hits: number(of.hits),
                writes: number(of.writes),
                evictions: number(of.evictions),
                faults: number(of.faults),
                corrupt: number(of.corrupt),
            }),
        );
    };
    for (tier, bytes, entries, budget) in engine.stack.usage() {
        add(tier, None, bytes.0, entries, budget.0);
    }
    for (tier, error) in engine.stack.down() {
        add(tier, Some(Error::Tier(tier, error).message()), 0, 0, 0);
    }
    views
}

/// `Usage` of the .d.ts: our own count, and what the browser says of the whole origin.
pub(super) async fn usage(engine: &Engine<JsValue>) -> JsValue {
    let out = Object::new();
    dom::set(&out, "tiers", tiers(engine));
    let storage = dom::get(&dom::get(&global(), "navigator"), "storage");
    let ask = async |method: &str| {
        let promise = dom::call(&storage, method, &js_sys::Array::new())?;
        JsFuture::from(promise.dyn_into::<Promise>().ok()?).await.ok()
    };
    if let Some(estimate) = ask("estimate").await {
        dom::set(&out, "quota", dom::get(&estimate, "quota"));
        dom::set(&out, "usage", dom::get(&estimate, "usage"));
    }
    if let Some(persisted) = ask("persisted").await {
        dom::set(&out, "persisted", persisted);
    }
    out.into()
}

/// The name of an entry as `entries` gives it.
pub(super) fn name(key: &Key) -> JsValue {
    key.name().into()
}

fn to_js(value: &impl Serialize) -> JsValue {
    let plain = serde_wasm_bindgen::Serializer::json_compatible().serialize_missing_as_null(false);
    value.serialize(&plain).unwrap_or(JsValue::UNDEFINED)
}

/// Counters fit into a double for as long as anybody counts.
#[allow(clippy::cast_precision_loss)]
fn number(n: u64) -> f64 {
    n as f64
}

thread_local! {
    /// Made once, as every write resolves to one.
    static TIER_NAMES: [JsValue; 6] = TierId::ALL.map(|tier| tier.name().into());
}

/// The name of a tier.
pub(super) fn tier_name(tier: TierId) -> JsValue {
    TIER_NAMES.with(|names| names[tier as usize].clone())
}
