//! An origin that asks for a break gets it, and everybody an answer.

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use nearcache::engine::OriginOptions;
use nearcache::http::Rule;
use nearcache::model::{CacheMode, Millis, Request};
use nearcache::origin::Profile;
use nearcache::origin::backoff::Retry;
use nearcache::router::Route;

use super::house::{Got, House, get};
use super::origin::{answer, ok};

fn api(attempts: u64) -> House {
    House::before(OriginOptions {
        profile: Profile::ApiGateway,
        retry: Retry { attempts, longest: Millis(10_000) },
        ..OriginOptions::default()
    })
}

fn busy(seconds: &str) -> super::origin::Answer {
    answer(429, &[("retry-after", seconds)], "busy")
}

#[test]
fn fifty_callers_send_one_request_at_a_time() {
    let house = api(3);
    house.origin.then(busy("2"));
    house.origin.then(ok("max-age=60", "body"));
    let start = house.world.now();
    let got: Rc<RefCell<Vec<Got>>> = Rc::default();
    for _ in 0..50 {
        let (asking, got) = (house.ask(get("/p"), Route::default()), Rc::clone(&got));
        house.world.spawn(Box::pin(async move {
            let answer = asking.await;
            got.borrow_mut().push(answer);
        }));
    }
    let all = poll_fn(|_| if got.borrow().len() == 50 { Poll::Ready(()) } else { Poll::Pending });
    house.world.run(all);
    let got = got.take();
    assert!(got.iter().all(|got| got.body() == "body"), "{got:?}");
    assert_eq!(house.sent(), 2);
    assert!(house.world.now().since(start) >= Millis(2_000));
}

#[test]
fn who_waits_for_too_long_gets_the_refusal() {
    let house = api(1);
    house.origin.then(busy("1"));
    house.origin.then(busy("1"));
    assert_eq!(house.fetch("/p").body(), "busy");
    // Still in force: nobody asks, and the caller waits once, then asks.
    house.origin.then(ok("max-age=60", "body"));
    assert_eq!(house.fetch("/p").body(), "body");
    assert_eq!(house.sent(), 3);
    assert_eq!(house.engine.stack.stats().network.throttled, 2);
}

#[test]
fn a_break_longer_than_callers_wait_is_kept_all_the_same() {
    let house = api(3);
    house.origin.then(busy("60"));
    for _ in 0..3 {
        assert_eq!(house.fetch("/p").body(), "busy");
    }
    assert_eq!(house.sent(), 1);
    house.advance_secs(61);
    house.origin.then(ok("max-age=60", "body"));
    assert_eq!(house.fetch("/p"), Got::Network("body".into()));
}

#[test]
fn what_is_stored_stands_in_where_it_may() {
    let route = || Route {
        rule: Rule { stale_if_error: Some(Millis::from_secs(600)), ..Rule::default() },
        ..Route::default()
    };
    for status in [429, 503] {
        let house = api(3);
        house.origin.then(ok("max-age=1", "old"));
        house.fetch_with(get("/p"), route());
        house.advance_secs(10);
        house.origin.then(answer(status, &[("retry-after", "30")], "busy"));
        for _ in 0..3 {
            assert_eq!(house.fetch_with(get("/p"), route()).body(), "old", "{status}");
        }
        assert_eq!(house.sent(), 2);
        assert_eq!(house.engine.stack.stats().network.throttled, 1);
    }
}

#[test]
fn other_profiles_hand_it_on() {
    let house = House::new();
    for _ in 0..2 {
        house.origin.then(busy("60"));
        assert_eq!(house.fetch("/p"), Got::Network("busy".into()));
    }
}

#[test]
fn a_burst_that_is_refused_together_is_one_refusal() {
    let house = api(3);
    for _ in 0..20 {
        house.origin.then(answer(429, &[], "busy"));
    }
    house.origin.then(ok("max-age=60", "body"));
    let all = Rc::new(RefCell::new(Vec::new()));
    for _ in 0..20 {
        let request = Request { cache: CacheMode::Reload, ..get("/p") };
        let (asking, all) = (house.ask(request, Route::default()), Rc::clone(&all));
        house.world.spawn(Box::pin(async move {
            let got = asking.await;
            all.borrow_mut().push(got);
        }));
    }
    for _ in 0..20 {
        house.origin.then(ok("max-age=60", "body"));
    }
    house.world.run(poll_fn(|_| if all.borrow().len() == 20 { Poll::Ready(()) } else { Poll::Pending }));
    assert!(all.borrow().iter().all(|got| got.body() == "body"), "{:?}", all.borrow());
}
