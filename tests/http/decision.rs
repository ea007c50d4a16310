//! The decision against the model, on cases of proptest's.

use super::model::{Case, FLAGS, News, STATUSES, WISH_FLAGS, WISHES};
use super::support::*;
use nearcache::http::{Rule, store};
use nearcache::model::CacheMode;
use nearcache::strategy::{Plan, Strategy as Way, plan};
use proptest::prelude::*;

fn case() -> impl Strategy<Value = Case> {
    let some = |max: u32| prop::option::of(0..max);
    let some_of = |from, most| prop::collection::vec(prop::sample::select(from), 0..most);
    let wishes = prop::collection::vec((prop::sample::select(WISHES), 0_u32..90), 0..3);
    let status = prop::option::of(prop::sample::select(STATUSES));
    let news = (status, some(2), some(90), any::<bool>());
    let news = news.prop_map(|(status, etag, max_age, no_store)| News { status, etag, max_age, no_store });
    (
        (some(90), prop::option::of(-50..90), 0_u32..60, some_of(FLAGS, 3), some(40), some(40), some(2)),
        (wishes, some_of(WISH_FLAGS, 2), some(90), 0_u32..90),
        (news, 0_u32..40, 0_u32..90),
    )
        .prop_map(|(kept, asked, came)| {
            let (max_age, expires, age, flags, swr, sie, etag) = kept;
            let (wishes, wish_flags, ttl, now) = asked;
            let (news, delay, later) = came;
            Case {
                max_age,
                expires,
                age,
                flags,
                swr,
                sie,
                etag,
                wishes,
                wish_flags,
                ttl,
                now,
                news,
                delay,
                later,
            }
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]
    #[test]
    fn the_decision_is_the_obvious_one(case in case()) {
        case.check();
    }

    #[test]
    fn nothing_stored_answers_modes_that_do_not_read(case in case()) {
        let stored = store(&get(""), &response(200, &case.response()), &Rule::default(), at(0), at(0));
        for cache in [CacheMode::NoStore, CacheMode::Reload, CacheMode::NoCache] {
            let variants: Vec<_> = stored.iter().collect();
            let request = nearcache::model::Request { cache, ..get("") };
            prop_assert!(matches!(plan(Way::Http, &Rule::default(), &request, &variants, at(1)), Plan::Forward(_)));
        }
    }
}
