//! One suite for every tier, run in every kind of context that a browser has.
//!
//! [`contract`] says what is true of all of them; a file each for what is true of one.

#[macro_use]
pub mod contract;

pub mod cache_storage;
pub mod indexed_db;
pub mod memory;
pub mod samples;
pub mod support;
