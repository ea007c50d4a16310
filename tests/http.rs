//! The HTTP policy and the strategies: tables of cases an area, the conformance cases run natively, and
//! properties against a slow, obvious model.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "http/cache_control.rs"]
mod cache_control;
#[path = "http/corpus.rs"]
mod corpus;
#[path = "http/dates.rs"]
mod dates;
#[path = "http/decision.rs"]
mod decision;
#[path = "http/freshness.rs"]
mod freshness;
#[path = "http/groups.rs"]
mod groups;
#[path = "http/model.rs"]
mod model;
#[path = "http/no_vary_search.rs"]
mod no_vary_search;
#[path = "http/parsers.rs"]
mod parsers;
#[path = "http/ranges.rs"]
mod ranges;
#[path = "http/settle.rs"]
mod settle;
#[path = "http/size.rs"]
mod size;
#[path = "http/status.rs"]
mod status;
#[path = "http/storage.rs"]
mod storage;
#[path = "http/strategies.rs"]
mod strategies;
#[path = "http/structured.rs"]
mod structured;
#[path = "http/support.rs"]
mod support;
#[path = "http/update.rs"]
mod update;
#[path = "http/vary.rs"]
mod vary;

#[path = "../fuzz/src/checks/mod.rs"]
mod checks;
#[path = "conformance/runner.rs"]
mod conformance;
