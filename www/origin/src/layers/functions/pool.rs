//! The pool of containers: who takes a request, and who is still there.

use std::time::{Duration, SystemTime};

use super::Memory;

/// The containers of one function, and their bill.
#[derive(Default)]
pub(super) struct Pool {
    /// Waiting for work, the most recently used last.
    idle: Vec<Container>,
    busy: u64,
    era: Era,
    /// Memory times duration, what Lambda bills.
    pub(super) gb_seconds: f64,
}

/// What has been called off so far, and thereby which busy containers are still as they should be.
#[derive(Clone, Copy, Debug, Default)]
struct Era {
    /// Containers of another generation are not taken back.
    generation: u64,
    /// What was memorised in another edition is forgotten.
    edition: u64,
}

/// A container.
pub(super) struct Container {
    pub(super) memory: Memory,
    era: Era,
    last_used: SystemTime,
}

/// Who takes a request.
pub(super) enum Start {
    /// A container that waited.
    Warm(Container),
    /// One made for it.
    Cold(Container),
    /// Nobody: all that may run are busy.
    Refused,
}

impl Pool {
    /// Takes a container for a request.
    pub(super) fn acquire(&mut self, now: SystemTime, idle: Duration, concurrency: u64) -> Start {
        self.idle.retain(|container| now.duration_since(container.last_used).unwrap_or_default() < idle);
        if self.busy >= concurrency {
            return Start::Refused;
        }
        self.busy += 1;
        match self.idle.pop() {
            Some(container) => Start::Warm(container),
            None => Start::Cold(Container { memory: Memory::new(1_000), era: self.era, last_used: now }),
        }
    }

    /// Takes a container back.
    pub(super) fn release(&mut self, mut container: Container, now: SystemTime) {
        self.busy -= 1;
        if container.era.generation != self.era.generation {
            return;
        }
        if container.era.edition != self.era.edition {
            container.memory.clear();
        }
        container.era = self.era;
        container.last_used = now;
        self.idle.push(container);
    }

    /// Drops the idle containers, and the busy ones as they come back.
    pub(super) fn recycle(&mut self) {
        self.idle.clear();
        self.era.generation += 1;
    }

    /// Empties the memory of idle containers, and that of busy ones as they come back.
    pub(super) fn forget(&mut self) {
        self.idle.iter().for_each(|container| container.memory.clear());
        self.era.edition += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Answer;

    const IDLE: Duration = Duration::from_secs(300);

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn cold(pool: &mut Pool, now: SystemTime) -> Container {
        match pool.acquire(now, IDLE, 2) {
            Start::Cold(container) => container,
            _ => panic!("expected a cold start"),
        }
    }

    #[test]
    fn a_container_is_reused_until_it_idled_too_long() {
        let mut pool = Pool::default();
        let container = cold(&mut pool, at(0));
        pool.release(container, at(1));
        let Start::Warm(container) = pool.acquire(at(300), IDLE, 2) else { panic!("expected a warm start") };
        pool.release(container, at(301));
        cold(&mut pool, at(601));
    }

    #[test]
    fn concurrency_is_bounded() {
        let mut pool = Pool::default();
        let first = cold(&mut pool, at(0));
        cold(&mut pool, at(0));
        assert!(matches!(pool.acquire(at(0), IDLE, 2), Start::Refused));
        pool.release(first, at(0));
        assert!(matches!(pool.acquire(at(0), IDLE, 2), Start::Warm(_)));
    }

    #[test]
    fn recycling_catches_busy_containers_too() {
        let mut pool = Pool::default();
        let container = cold(&mut pool, at(0));
        pool.recycle();
        pool.release(container, at(1));
        cold(&mut pool, at(1));
    }

    #[test]
    fn forgetting_catches_busy_containers_too() {
        let mut pool = Pool::default();
        let container = cold(&mut pool, at(0));
        pool.forget();
        let answer = Answer { body: bytes::Bytes::new(), modified: at(0) };
        container.memory.put("key".to_owned(), answer, at(0), IDLE);
        pool.release(container, at(1));
        let Start::Warm(container) = pool.acquire(at(1), IDLE, 2) else { panic!("expected a warm start") };
        assert!(container.memory.get("key", at(1)).is_none());
    }
}
