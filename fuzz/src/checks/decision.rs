//! The whole decision: cases against the model, and exchanges of any fields.

use super::dice::Dice;
use super::exchange;
use crate::model::{Case, FLAGS, News, STATUSES, WISH_FLAGS, WISHES};

pub(crate) fn check(data: &[u8]) {
    let Some((kind, rest)) = data.split_first() else { return };
    match kind % 2 {
        0 => case(&mut Dice(rest)).check(),
        _ => exchange::check(&mut Dice(rest)),
    }
}

fn case(dice: &mut Dice<'_>) -> Case {
    let mut some_of = |from: &[&'static str], most| -> Vec<&'static str> {
        (0..dice.below(most)).map(|_| dice.pick(from)).collect()
    };
    let (flags, wish_flags, wishes) = (some_of(FLAGS, 3), some_of(WISH_FLAGS, 3), some_of(WISHES, 3));
    let status = dice.is_true().then(|| dice.pick(STATUSES));
    Case {
        max_age: dice.maybe_below(90),
        expires: dice.is_true().then(|| i32::from(dice.byte()) - 100),
        age: dice.below(60),
        flags,
        swr: dice.maybe_below(40),
        sie: dice.maybe_below(40),
        etag: dice.maybe_below(2),
        wishes: wishes.into_iter().map(|name| (name, dice.below(90))).collect(),
        wish_flags,
        ttl: dice.maybe_below(90),
        now: dice.below(90),
        news: News {
            status,
            etag: dice.maybe_below(2),
            max_age: dice.maybe_below(90),
            no_store: dice.is_true(),
        },
        delay: dice.below(40),
        later: dice.below(90),
    }
}
