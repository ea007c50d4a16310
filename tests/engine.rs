//! The engine over an origin that answers by script: what reaches the origin, what callers get, what is kept.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod support;

#[path = "engine/errors.rs"]
mod errors;
#[path = "engine/house.rs"]
mod house;
#[path = "engine/identities.rs"]
mod identities;
#[path = "engine/invalidation.rs"]
mod invalidation;
#[path = "engine/limits.rs"]
mod limits;
#[path = "engine/loads.rs"]
mod loads;
#[path = "engine/notes.rs"]
mod notes;
#[path = "engine/origin.rs"]
mod origin;
#[path = "engine/parts.rs"]
mod parts;
#[path = "engine/posts.rs"]
mod posts;
#[path = "engine/revalidation.rs"]
mod revalidation;
#[path = "engine/sharing.rs"]
mod sharing;
#[path = "engine/throttling.rs"]
mod throttling;
#[path = "engine/values.rs"]
mod values;
#[path = "engine/variants.rs"]
mod variants;
