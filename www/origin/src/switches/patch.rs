//! Changing switches by a partial document: merged, then read as a whole, so that all of it applies or none.

use serde_json::Value;

use super::Switches;
use crate::input::{Invalid, from_value};

/// The switches after a patch.
pub(crate) fn patched(switches: &Switches, patch: Value) -> Result<Switches, Invalid> {
    if !patch.is_object() {
        return Err(Invalid::new("", "expected an object of switches"));
    }
    let mut document = serde_json::to_value(switches).expect("own types serialise");
    merge(&mut document, patch);
    from_value(document)
}

/// Objects merge member by member, anything else replaces. Unlike RFC 7396, `null` is a value, not a removal.
fn merge(target: &mut Value, patch: Value) {
    match (target, patch) {
        (Value::Object(target), Value::Object(patch)) => {
            for (name, value) in patch {
                merge(target.entry(name).or_insert(Value::Null), value);
            }
        }
        (target, patch) => *target = patch,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn changes_what_it_names_and_nothing_else() {
        let before = Switches::published();
        let after =
            patched(&before, json!({ "stage": { "throttle": null, "ttlSeconds": 5 }, "offline": true }));
        let mut expected = before;
        expected.stage.throttle = None;
        expected.stage.ttl_seconds = crate::switches::Bounded::new(5);
        expected.offline = true;
        assert_eq!(after, Ok(expected));
    }

    #[test]
    fn refuses_with_the_path() {
        for (patch, path) in [
            (json!({ "edge": { "enabled": "yes" } }), "edge.enabled"),
            (json!({ "edge": { "latencyMs": -1 } }), "edge.latencyMs"),
            (json!({ "stage": { "ttlSeconds": 3601 } }), "stage.ttlSeconds"),
            (json!({ "stage": { "ttlSeconds": 1.5 } }), "stage.ttlSeconds"),
            (json!({ "stage": { "throttle": { "rate": 0 } } }), "stage.throttle.rate"),
            (json!({ "stage": { "colour": 1 } }), "stage.colour"),
            (json!({ "failure": { "mode": "sulk" } }), "failure.mode"),
            (json!({ "failure": { "rate": 1.01 } }), "failure.rate"),
            (json!({ "failure": { "status": 200 } }), "failure.status"),
            (json!({ "colour": "blue" }), "colour"),
            (json!({ "cors": { "exposeHeaders": "ETag" } }), "cors.exposeHeaders"),
            (json!([]), ""),
        ] {
            let refused = patched(&Switches::published(), patch.clone()).unwrap_err();
            assert_eq!(refused.path, path, "{patch}: {}", refused.message);
        }
    }
}
