//! The stack of tiers over stores that fail on demand, in contexts that a test drives: tables of cases, and
//! properties against a naive model.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod support;

#[path = "stack/contexts.rs"]
mod contexts;
#[path = "stack/faults.rs"]
mod faults;
#[path = "stack/memory.rs"]
mod memory;
#[path = "stack/model.rs"]
mod model;
#[path = "stack/notices.rs"]
mod notices;
#[path = "stack/overlap.rs"]
mod overlap;
#[path = "stack/reads.rs"]
mod reads;
#[path = "stack/room.rs"]
mod room;
#[path = "stack/setup.rs"]
mod setup;
#[path = "stack/writes.rs"]
mod writes;
