//! What happened to one request on its way: which layers it passed, how each answered, how long each took.
//!
//! The `Server-Timing` header and the per-layer statistics are both read off the same trace.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Deserialize;

/// A layer of the stack, outermost first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Layer {
    /// CloudFront.
    Edge,
    /// The API Gateway stage cache.
    Stage,
    /// Lambda.
    Function,
    /// What one function container keeps in memory.
    Memory,
    /// ElastiCache.
    Shared,
    /// The DynamoDB accelerator.
    Dax,
    /// DynamoDB.
    Table,
    /// S3, which holds the images.
    Bucket,
}

impl Layer {
    /// Every layer.
    pub(crate) const ALL: [Self; 8] = [
        Self::Edge,
        Self::Stage,
        Self::Function,
        Self::Memory,
        Self::Shared,
        Self::Dax,
        Self::Table,
        Self::Bucket,
    ];

    /// The name in `Server-Timing`, the log and the statistics.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Edge => "edge",
            Self::Stage => "stage",
            Self::Function => "function",
            Self::Memory => "memory",
            Self::Shared => "shared",
            Self::Dax => "dax",
            Self::Table => "table",
            Self::Bucket => "bucket",
        }
    }

    /// The outcomes this layer can have.
    pub(crate) const fn outcomes(self) -> &'static [Outcome] {
        use Outcome::*;
        match self {
            Self::Edge => &[Hit, Miss, RefreshHit, StaleHit, Collapsed, Pass, Error],
            Self::Stage => &[Hit, Miss, Pass, Invalidated, Refused, Throttled],
            Self::Function => &[Warm, Cold, Throttled],
            Self::Memory | Self::Shared => &[Hit, Miss],
            Self::Dax => &[Hit, Miss, Write],
            Self::Table => &[Read, Write],
            Self::Bucket => &[Read],
        }
    }
}

/// How a layer answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// From what it kept.
    Hit,
    /// It had nothing, and asked on.
    Miss,
    /// What it kept was stale, and the layer behind said it still stands.
    RefreshHit,
    /// From what it kept, though stale (RFC 5861).
    StaleHit,
    /// It waited for another request's answer to the same question.
    Collapsed,
    /// Not cacheable here, passed on.
    Pass,
    /// The layer behind failed.
    Error,
    /// It dropped its entry because the client asked, and asked on.
    Invalidated,
    /// The client may not do what it asked.
    Refused,
    /// Too many requests.
    Throttled,
    /// A waiting container took it.
    Warm,
    /// A container was started for it.
    Cold,
    /// It read its data.
    Read,
    /// It wrote its data.
    Write,
}

impl Outcome {
    /// The word in `Server-Timing`'s `desc`.
    pub(crate) const fn describe(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Miss => "miss",
            Self::RefreshHit => "refresh-hit",
            Self::StaleHit => "stale-hit",
            Self::Collapsed => "collapsed",
            Self::Pass => "pass",
            Self::Error => "error",
            Self::Invalidated => "invalidated",
            Self::Refused => "refused",
            Self::Throttled => "throttled",
            Self::Warm => "warm",
            Self::Cold => "cold",
            Self::Read => "read",
            Self::Write => "write",
        }
    }

    /// The counter in the statistics.
    pub(crate) const fn counter(self) -> &'static str {
        match self {
            Self::Hit => "hits",
            Self::Miss => "misses",
            Self::RefreshHit => "refreshHits",
            Self::StaleHit => "staleHits",
            Self::Collapsed => "collapsed",
            Self::Pass => "passes",
            Self::Error => "errors",
            Self::Invalidated => "invalidated",
            Self::Refused => "refused",
            Self::Throttled => "throttled",
            Self::Warm => "warmStarts",
            Self::Cold => "coldStarts",
            Self::Read => "reads",
            Self::Write => "writes",
        }
    }
}

/// One layer's part in the answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Hop {
    /// Who.
    pub(crate) layer: Layer,
    /// How.
    pub(crate) outcome: Outcome,
    /// The time spent in this layer itself, without the layers behind it.
    pub(crate) own: Duration,
}

/// The trace of one request. Layers are entered and left like calls, one inside the other.
#[derive(Debug, Default)]
pub(crate) struct Trace(Mutex<Ledger>);

#[derive(Debug, Default)]
struct Ledger {
    /// In the order of entering.
    hops: Vec<Option<Hop>>,
    /// The layers not left yet: the time spent behind each.
    behind: Vec<Duration>,
}

/// A layer being passed. Dropped without [`Span::leave`] (the client went away), it leaves no mark.
#[must_use]
pub(crate) struct Span<'a> {
    trace: &'a Trace,
    layer: Layer,
    place: usize,
    depth: usize,
    entered: Instant,
}

impl Trace {
    /// Steps into a layer.
    pub(crate) fn enter(&self, layer: Layer) -> Span<'_> {
        let mut ledger = self.ledger();
        ledger.hops.push(None);
        ledger.behind.push(Duration::ZERO);
        Span {
            trace: self,
            layer,
            place: ledger.hops.len() - 1,
            depth: ledger.behind.len() - 1,
            entered: Instant::now(),
        }
    }

    /// The layers passed, outermost first.
    pub(crate) fn hops(&self) -> Vec<Hop> {
        self.ledger().hops.iter().flatten().copied().collect()
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Span<'_> {
    /// Steps out of the layer with its outcome.
    pub(crate) fn leave(self, outcome: Outcome) {
        let total = self.entered.elapsed();
        let mut ledger = self.trace.ledger();
        let own = total.saturating_sub(ledger.behind[self.depth]);
        ledger.behind.truncate(self.depth);
        if let Some(outer) = ledger.behind.last_mut() {
            *outer += total;
        }
        ledger.hops[self.place] = Some(Hop { layer: self.layer, outcome, own });
    }
}

/// The `Server-Timing` value for these hops.
pub(crate) fn server_timing(hops: &[Hop]) -> String {
    let metric = |hop: &Hop| {
        let (name, ms) = (hop.layer.name(), hop.own.as_secs_f64() * 1000.0);
        format!("{name};dur={ms:.2};desc=\"{}\"", hop.outcome.describe())
    };
    hops.iter().map(metric).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_is_charged_its_own_time_only() {
        let trace = Trace::default();
        let edge = trace.enter(Layer::Edge);
        let table = trace.enter(Layer::Table);
        std::thread::sleep(Duration::from_millis(30));
        table.leave(Outcome::Read);
        edge.leave(Outcome::Miss);
        let hops = trace.hops();
        assert_eq!((hops[0].layer, hops[1].layer), (Layer::Edge, Layer::Table));
        assert!(hops[0].own < Duration::from_millis(15), "{hops:?}");
        assert!(hops[1].own >= Duration::from_millis(30), "{hops:?}");
        let timing = server_timing(&hops);
        assert!(timing.starts_with("edge;dur=") && timing.contains(";desc=\"miss\", table;dur="));
    }
}
