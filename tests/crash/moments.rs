//! Random moments, lengths and places.

use std::time::{SystemTime, UNIX_EPOCH};

/// Random enough for them; its seed is printed, so that a run can be told.
pub(crate) struct Moments(u64);

impl Moments {
    /// Those of `CASSA_CRASH_SEED`, or of this moment.
    pub(crate) fn new() -> Moments {
        let seed = std::env::var("CASSA_CRASH_SEED").ok().map(|seed| seed.parse().expect("a number"));
        let clock = || SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_nanos() as u64;
        let seed = seed.unwrap_or_else(clock);
        eprintln!("CASSA_CRASH_SEED={seed}");
        Moments(seed | 1)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}
