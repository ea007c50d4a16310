//! The bindings: the only `#[wasm_bindgen]` of the crate. They translate, and decide nothing.

mod adopt;
mod answers;
mod client;
mod errors;
mod events;
mod fields;
mod host;
mod inner;
mod input;
mod lifecycle;
mod options;
mod request;
mod response;
mod results;
mod routes;
mod value;

pub use client::Client;
