//! Option objects as typed options.

use js_sys::{Function, encode_uri_component, global};
use wasm_bindgen::{JsCast, JsValue};

use super::fields::Faults;
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
    /// Called before the tiers are opened, for what older versions stored.
    pub(super) migrate: Option<Function>,
    /// Seals what is stored.
    pub(super) encrypt: Option<JsValue>,
}

/// API Gateway throttles as a matter of course; others are asked again only where the application says so.
const API_GATEWAY_RETRIES: u64 = 3;
/// Longer than that, a caller is better off with the refusal.
const LONGEST_PAUSE: Millis = Millis(10_000);

/// Reads what `open` was given.
pub(super) fn open(value: &JsValue) -> Result<Opening, Error> {
    let known = ["name", "version", "partition", "tiers", "budgets", "origin", "encrypt", "migrate"];
    let faults = Faults::default();
    let fields = faults.fields(value, "", &known);
    let name = fields.text("name");
    if name.is_none() {
        fields.refuse("name", "a name for the cache");
    }
    let version = fields.whole("version", 1.0, "a whole number from 1 on");
    let partition = fields.text("partition");
    let tiers = fields.texts("tiers");
    let of_budgets = fields.object("budgets", &TierId::ALL.map(TierId::name));
    let budgets = TierId::ALL.map(|tier| of_budgets.bytes(tier.name()));
    // What the package makes of the key.
    let encrypt = fields.read("encrypt", "a sealer", |sealer| sealer.is_object().then(|| sealer.clone()));
    if encrypt.is_some() && tiers.iter().flatten().any(|tier| tier == TierId::Cookie.name()) {
        fields.refuse("tiers", "no \"cookie\" along with `encrypt`: a server could not read it");
    }
    let of_origin = fields.object("origin", &["kind", "timeout", "retries", "maxRetryDelay", "identity"]);
    let profile = of_origin.read("kind", "\"http\", \"cloudfront\" or \"api-gateway\"", |value| {
        Profile::parse(&value.as_string()?)
    });
    let profile = profile.unwrap_or_default();
    let retries = of_origin.whole("retries", 0.0, "a whole number, 0 for none");
    let by_profile = if profile == Profile::ApiGateway { API_GATEWAY_RETRIES } else { 0 };
    let identity = of_origin.read("identity", "a function of the request", |value| value.dyn_ref().cloned());
    let origin = OriginOptions {
        profile,
        own: dom::text(&dom::get(&global(), "location"), "origin").unwrap_or_default(),
        timeout: of_origin.duration("timeout"),
        retry: Retry {
            attempts: retries.unwrap_or(by_profile),
            longest: of_origin.duration("maxRetryDelay").unwrap_or(LONGEST_PAUSE),
        },
    };
    let migrate = fields.read("migrate", "a function of an entry", |value| value.dyn_ref().cloned());
    faults.check()?;
    let mut options = Options::new(&name.unwrap_or_default())?;
    options.version = version.unwrap_or(options.version);
    options.partition = partition;
    if let Some(tiers) = tiers {
        options.set_tiers(&tiers)?;
    }
    for (place, budget) in options.budgets.iter_mut().zip(budgets) {
        *place = budget.unwrap_or(*place);
    }
    Ok(Opening { options, origin, identity, migrate, encrypt })
}

/// How `set`, `getOrSet` and `memoize` keep a value; found at `path`.
pub(super) fn set(value: &JsValue, path: &str) -> Result<SetOptions, Error> {
    let faults = Faults::default();
    let fields = faults.fields(value, path, &["ttl", "staleWhileRevalidate", "tags", "tier", "durable"]);
    let options = SetOptions {
        ttl: fields.duration("ttl"),
        stale_while_revalidate: fields.duration("staleWhileRevalidate"),
        tags: fields.texts("tags").unwrap_or_default(),
        tier: fields.tier("tier"),
        durability: match fields.flag("durable") {
            Some(true) => Durability::Strict,
            _ => Durability::Relaxed,
        },
    };
    faults.check()?;
    Ok(options)
}

/// Where the data of `options` is.
pub(super) fn namespace(options: &Options) -> Namespace {
    Namespace::new(options, |text| encode_uri_component(text).into())
}
