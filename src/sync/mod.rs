//! Keeping contexts of one origin in step.

#[cfg(target_arch = "wasm32")]
pub mod broadcast;
mod notice;

pub use notice::Notice;
