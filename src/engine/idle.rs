//! Validators that don't help: CloudFront, where it forwards cookies, answers them by 200 with what is stored already,
//! and an origin may expose its ETag and refuse the preflight for `If-None-Match`. After a few such answers in a row
//! they are left out, and tried again now and then.

use core::cell::RefCell;

use super::Engine;
use crate::model::{Headers, Key, Table};
use crate::strategy::Forward;

/// How many unchanged bodies in a row make validators idle.
const PATIENCE: u32 = 3;
/// After so many requests without them, they get another chance.
const PAUSE: u32 = 8;
/// Resources remembered; past that all get another chance.
const MAX_IDLE: usize = 1024;

/// Unchanged bodies in a row, and requests without validators since, by primary key.
#[derive(Default)]
pub(super) struct Idle(RefCell<Table<u32>>);

impl<B: Clone + Default + 'static> Engine<B> {
    /// `forward` without conditions where they have been of no use.
    pub(super) fn worthwhile(&self, primary: &str, forward: Forward) -> Forward {
        let mut idle = self.idle.0.borrow_mut();
        match idle.get_mut(primary) {
            Some(count) if *count >= PATIENCE && !forward.conditional.is_empty() => {
                *count += 1;
                if *count > PATIENCE + PAUSE {
                    *count = PATIENCE - 1;
                    return forward;
                }
                Forward { conditional: Headers::new(), ..forward }
            }
            _ => forward,
        }
    }

    /// Notes what came of a request with validators: the body that they were about, or something of use.
    pub(super) fn note_validators(&self, primary: &str, came: Came) {
        let mut idle = self.idle.0.borrow_mut();
        if idle.len() >= MAX_IDLE {
            idle.clear();
        }
        match came {
            Came::News => drop(idle.remove(primary)),
            Came::Unchanged => *idle.entry(Key::internal(primary)).or_default() += 1,
            Came::Nothing => *idle.entry(Key::internal(primary)).or_default() = PATIENCE,
        }
    }
}

/// What came of validators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Came {
    /// A 304, or another body.
    News,
    /// The stored body once more.
    Unchanged,
    /// An error where a plain request has an answer: the origin's preflight refuses them.
    Nothing,
}
