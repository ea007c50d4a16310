//! Throttling by a token bucket: `burst` tokens, `rate` of them back a second, one a request.

use std::time::{Duration, Instant};

use crate::switches::Throttle;

/// The bucket; full before its first use.
#[derive(Debug, Default)]
pub(crate) struct Bucket(Option<Level>);

#[derive(Debug)]
struct Level {
    tokens: f64,
    at: Instant,
}

impl Bucket {
    /// Takes a token, or says after how long there will be one.
    pub(crate) fn take(&mut self, throttle: Throttle, now: Instant) -> Result<(), Duration> {
        let (rate, burst) = (throttle.rate.get() as f64, throttle.burst.get() as f64);
        let tokens = match &self.0 {
            Some(level) => level.tokens + rate * now.duration_since(level.at).as_secs_f64(),
            None => burst,
        };
        let tokens = tokens.min(burst);
        let taken = tokens >= 1.0;
        self.0 = Some(Level { tokens: if taken { tokens - 1.0 } else { tokens }, at: now });
        if taken { Ok(()) } else { Err(Duration::from_secs_f64((1.0 - tokens) / rate)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::switches::Bounded;

    #[test]
    fn a_burst_passes_and_the_rate_refills() {
        let throttle = Throttle { rate: Bounded::new(2), burst: Bounded::new(3) };
        let mut bucket = Bucket::default();
        let start = Instant::now();
        for _ in 0..3 {
            assert_eq!(bucket.take(throttle, start), Ok(()));
        }
        assert_eq!(bucket.take(throttle, start), Err(Duration::from_millis(500)));
        let later = start + Duration::from_millis(500);
        assert_eq!(bucket.take(throttle, later), Ok(()));
        assert!(bucket.take(throttle, later).is_err());
    }
}
