//! The sample app's origin: a whole serverless stack in one local process, so that what a browser-side
//! cache saves can be seen, counted and broken on purpose.
//!
//! The file tree reads as a request's way in:
//!
//! - [`server`]: sockets; the one place that can really reset a connection
//! - `front`: what happens to every request: network delay, CORS, injected failures, log, statistics
//! - `control`: `/_origin/`, the switchboard; `script`: `/s/`, responses dictated by a test
//! - `layers`: edge → stage → functions → container memory → shared cache → table cache → table
//! - `app`: the shop's own code, run by the functions; `catalogue`: its data and pictures; `bucket`: its images
//! - `files`: the sample app's own files, outside all layers
//!
//! Decisions are plain functions that take `now`; shells carry them out.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod app;
mod bucket;
mod catalogue;
pub mod cli;
mod conditional;
mod control;
mod directives;
mod files;
mod front;
mod input;
mod layers;
mod log;
mod message;
mod origin;
mod outgoing;
mod range;
mod script;
pub mod server;
mod stats;
mod switches;
mod trace;

pub use origin::Origin;
