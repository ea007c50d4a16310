//! The request log: the last few thousand requests, as a test or the demo's panel wants to see them.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Instant, SystemTime};

use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use serde::Serialize;

use crate::message::{Call, latin1, millis};
use crate::trace::Hop;

const CAPACITY: usize = 4_096;

/// A request as it came in.
#[derive(Debug)]
pub(crate) struct Arrival {
    pub(crate) path: String,
    method: String,
    query: String,
    headers: BTreeMap<String, String>,
    at: SystemTime,
    started: Instant,
}

/// A line of the log.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    n: u64,
    at: u64,
    method: String,
    path: String,
    query: String,
    headers: BTreeMap<String, String>,
    /// 0 where the request got no response.
    status: u16,
    bytes: u64,
    layers: Vec<LayerLine>,
    ms: f64,
}

#[derive(Debug, Serialize)]
struct LayerLine {
    layer: &'static str,
    outcome: &'static str,
    ms: f64,
}

/// The last requests, numbered from 1.
#[derive(Debug, Default)]
pub(crate) struct Log {
    lines: VecDeque<Line>,
    written: u64,
}

impl Arrival {
    /// A request that came in now.
    pub(crate) fn new(call: &Call, at: SystemTime) -> Self {
        Self {
            path: call.uri().path().to_owned(),
            method: call.method().to_string(),
            query: call.uri().query().unwrap_or_default().to_owned(),
            headers: shown(call.headers()),
            at,
            started: Instant::now(),
        }
    }
}

impl Log {
    /// Writes a line; the oldest goes when there are too many.
    pub(crate) fn write(&mut self, arrival: Arrival, status: Option<StatusCode>, bytes: u64, hops: &[Hop]) {
        if self.lines.len() == CAPACITY {
            self.lines.pop_front();
        }
        self.written += 1;
        let layer = |hop: &Hop| LayerLine {
            layer: hop.layer.name(),
            outcome: hop.outcome.describe(),
            ms: hop.own.as_secs_f64() * 1000.0,
        };
        self.lines.push_back(Line {
            n: self.written,
            at: millis(arrival.at),
            method: arrival.method,
            path: arrival.path,
            query: arrival.query,
            headers: arrival.headers,
            status: status.map_or(0, |status| status.as_u16()),
            bytes,
            layers: hops.iter().map(layer).collect(),
            ms: arrival.started.elapsed().as_secs_f64() * 1000.0,
        });
    }

    /// The lines after number `n`.
    pub(crate) fn since(&self, n: u64) -> Vec<&Line> {
        self.lines.iter().filter(|line| line.n > n).collect()
    }
}

/// The headers as text, several of a name joined; of Authorization only the scheme.
fn shown(headers: &HeaderMap) -> BTreeMap<String, String> {
    let text = |name: &http::HeaderName| {
        let values: Vec<_> = headers.get_all(name).iter().map(latin1).collect();
        let text = values.join(", ");
        if *name == AUTHORIZATION {
            let scheme = text.split(' ').next().unwrap_or_default();
            return format!("{scheme} [redacted]");
        }
        text
    };
    headers.keys().map(|name| (name.to_string(), text(name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_newest_and_no_secrets() {
        let call = http::Request::get("/a?b=c")
            .header(AUTHORIZATION, "Bearer secret")
            .body(bytes::Bytes::new())
            .unwrap();
        let mut log = Log::default();
        for _ in 0..CAPACITY + 2 {
            let arrival = Arrival::new(&call, SystemTime::UNIX_EPOCH);
            log.write(arrival, Some(StatusCode::OK), 1, &[]);
        }
        assert_eq!(log.since(0).len(), CAPACITY);
        assert_eq!(log.since(0)[0].n, 3);
        let last = log.since(CAPACITY as u64 + 1);
        let shown = serde_json::to_string(&last).unwrap();
        assert_eq!(last.len(), 1);
        assert!(shown.contains("Bearer [redacted]") && !shown.contains("secret"), "{shown}");
    }
}
