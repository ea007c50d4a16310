//! Validators that don't help: CloudFront, where it forwards cookies, answers them by 200 with what is stored already.
//! Sent cross-origin they cost a preflight each, so after a few in a row they are left out.

use core::cell::RefCell;

use super::Engine;
use crate::model::{Headers, Key, Table};
use crate::strategy::Forward;

/// How many unchanged bodies in a row make validators idle.
const PATIENCE: u32 = 3;
/// Resources remembered; past that all get another chance.
const MAX_IDLE: usize = 1024;

/// Unchanged bodies in a row, by primary key.
#[derive(Default)]
pub(super) struct Idle(RefCell<Table<u32>>);

impl<B: Clone + 'static> Engine<B> {
    /// `forward` without conditions where they have been of no use.
    pub(super) fn worthwhile(&self, primary: &str, forward: Forward) -> Forward {
        let is_idle = self.idle.0.borrow().get(primary).is_some_and(|count| *count >= PATIENCE);
        if is_idle && !forward.conditional.has("range") {
            return Forward { conditional: Headers::new(), ..forward };
        }
        forward
    }

    /// Notes that a validator was answered by the body that it was about.
    pub(super) fn note_idle(&self, primary: &str) {
        let mut idle = self.idle.0.borrow_mut();
        if idle.len() >= MAX_IDLE {
            idle.clear();
        }
        *idle.entry(Key::internal(primary)).or_default() += 1;
    }

    /// Notes that a validator was of use.
    pub(super) fn note_useful(&self, primary: &str) {
        self.idle.0.borrow_mut().remove(primary);
    }
}
