//! Keeping contexts of one origin in step.

#[cfg(target_arch = "wasm32")]
pub mod broadcast;
#[cfg(target_arch = "wasm32")]
pub mod locks;
mod notice;

pub use notice::{Notice, Select};
