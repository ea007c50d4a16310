//! Counters of what the origin has answered since the last reset.

use std::collections::BTreeMap;

use http::StatusCode;
use serde::Serialize;

use crate::trace::{Hop, Layer};

/// The counters, as `/_origin/stats` shows them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Stats {
    requests: u64,
    not_modified: u64,
    bytes_out: u64,
    preflights: u64,
    failures: u64,
    per_path: BTreeMap<String, PathStats>,
    per_layer: BTreeMap<&'static str, BTreeMap<&'static str, u64>>,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct PathStats {
    requests: u64,
    not_modified: u64,
    bytes: u64,
}

impl Default for Stats {
    /// Every layer and every outcome is there from the start, at zero.
    fn default() -> Self {
        let zeros = |layer: Layer| {
            let counters = layer.outcomes().iter().map(|outcome| (outcome.counter(), 0));
            (layer.name(), counters.collect())
        };
        Self {
            requests: 0,
            not_modified: 0,
            bytes_out: 0,
            preflights: 0,
            failures: 0,
            per_path: BTreeMap::new(),
            per_layer: Layer::ALL.into_iter().map(zeros).collect(),
        }
    }
}

impl Stats {
    /// Counts a request; without a status, it got no response.
    pub(crate) fn request(&mut self, path: &str, status: Option<StatusCode>, bytes: u64) {
        let not_modified = u64::from(status == Some(StatusCode::NOT_MODIFIED));
        self.requests += 1;
        self.not_modified += not_modified;
        self.bytes_out += bytes;
        let path = self.per_path.entry(path.to_owned()).or_default();
        path.requests += 1;
        path.not_modified += not_modified;
        path.bytes += bytes;
    }

    /// Counts a CORS preflight, which is not a request of the app.
    pub(crate) fn preflight(&mut self) {
        self.preflights += 1;
    }

    /// Counts a failure that was injected.
    pub(crate) fn failure(&mut self) {
        self.failures += 1;
    }

    /// Counts what the layers did.
    pub(crate) fn hops(&mut self, hops: &[Hop]) {
        for hop in hops {
            let layer = self.per_layer.entry(hop.layer.name()).or_default();
            *layer.entry(hop.outcome.counter()).or_default() += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::trace::Outcome;

    #[test]
    fn counts_in_total_by_path_and_by_layer() {
        let mut stats = Stats::default();
        stats.request("/a", Some(StatusCode::OK), 10);
        stats.request("/a", Some(StatusCode::NOT_MODIFIED), 0);
        stats.request("/b", None, 0);
        stats.hops(&[Hop { layer: Layer::Edge, outcome: Outcome::RefreshHit, own: Duration::ZERO }]);
        let shown = serde_json::to_value(&stats).unwrap();
        assert_eq!(shown["requests"], 3);
        assert_eq!(shown["notModified"], 1);
        assert_eq!(shown["perPath"]["/a"], serde_json::json!({"requests": 2, "notModified": 1, "bytes": 10}));
        assert_eq!(shown["perLayer"]["edge"]["refreshHits"], 1);
        assert_eq!(shown["perLayer"]["dax"]["hits"], 0);
    }
}
