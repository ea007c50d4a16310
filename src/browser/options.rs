//! Option objects as typed options.

use js_sys::{Function, encode_uri_component, global};
use wasm_bindgen::{JsCast, JsValue};

use super::fields::Fields;
use crate::dom;
use crate::engine::{OriginOptions, SetOptions};
use crate::error::Error;
use crate::model::Millis;
use crate::options::{Namespace, Options};
use crate::origin::Profile;
use crate::origin::backoff::Retry;
use crate::tier::{Durability, TierId};

/// What `open` was given, checked.
pub(super) struct Opening {
    pub(super) options: Options,
    pub(super) origin: OriginOptions,
    /// Says of a request whom it speaks for.
    pub(super) identity: Option<Function>,
}

/// API Gateway throttles as a matter of course; others are asked again only where the application says so.
const API_GATEWAY_RETRIES: u64 = 3;
/// Longer than that, a caller is better off with the refusal.
const LONGEST_PAUSE: Millis = Millis(10_000);

/// Reads what `open` was given.
pub(super) fn open(value: &JsValue) -> Result<Opening, Error> {
    let known = ["name", "version", "partition", "tiers", "budgets", "origin", "encrypt"];
    let fields = Fields::of(value, "", &known)?;
    let name = fields.text("name")?.ok_or_else(|| fields.error("name", "a name for the cache"))?;
    let mut options = Options::new(&name)?;
    if let Some(version) = fields.whole("version", 1.0, "a whole number from 1 on")? {
        options.version = version;
    }
    options.partition = fields.text("partition")?;
    if let Some(tiers) = fields.texts("tiers")? {
        options.set_tiers(&tiers)?;
    }
    let budgets = fields.object("budgets", &TierId::ALL.map(TierId::name))?;
    for tier in TierId::ALL {
        if let Some(budget) = budgets.bytes(tier.name())? {
            options.budgets[tier as usize] = budget;
        }
    }
    if fields.has("encrypt") {
        return Err(fields.error("encrypt", "nothing: encryption at rest is not there yet"));
    }
    let origin = fields.object("origin", &["kind", "timeout", "retries", "maxRetryDelay", "identity"])?;
    let profile = origin
        .read("kind", "\"http\", \"cloudfront\" or \"api-gateway\"", |value| {
            Profile::parse(&value.as_string()?)
        })?
        .unwrap_or_default();
    let retries = origin.whole("retries", 0.0, "a whole number, 0 for none")?;
    let by_profile = if profile == Profile::ApiGateway { API_GATEWAY_RETRIES } else { 0 };
    let identity = origin.read("identity", "a function of the request", |value| value.dyn_ref().cloned())?;
    let location = dom::get(&global(), "location");
    let own = dom::text(&location, "origin").unwrap_or_default();
    let origin = OriginOptions {
        profile,
        own,
        timeout: origin.duration("timeout")?,
        retry: Retry {
            attempts: retries.unwrap_or(by_profile),
            longest: origin.duration("maxRetryDelay")?.unwrap_or(LONGEST_PAUSE),
        },
    };
    Ok(Opening { options, origin, identity })
}

/// How `set`, `getOrSet` and `memoize` keep a value; found at `path`.
pub(super) fn set(value: &JsValue, path: &str) -> Result<SetOptions, Error> {
    let fields = Fields::of(value, path, &["ttl", "staleWhileRevalidate", "tags", "tier", "durable"])?;
    Ok(SetOptions {
        ttl: fields.duration("ttl")?,
        stale_while_revalidate: fields.duration("staleWhileRevalidate")?,
        tags: fields.texts("tags")?.unwrap_or_default(),
        tier: fields.tier("tier")?,
        durability: match fields.flag("durable")? {
            Some(true) => Durability::Strict,
            _ => Durability::Relaxed,
        },
    })
}

/// Where the data of `options` is.
pub(super) fn namespace(options: &Options) -> Namespace {
    Namespace::new(options, |text| encode_uri_component(text).into())
}
