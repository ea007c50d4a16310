//! The origin as its clients see it, over a real loopback socket.

mod api;
mod control;
mod edge;
mod failure;
mod files;
mod harness;
mod script;
mod stack;
