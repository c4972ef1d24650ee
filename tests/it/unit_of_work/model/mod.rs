//! Random units of work, with failures at every point, against a plain model of what they should leave behind.
//!
//! `CASSA_WORK_ROUNDS` says how many rounds (a few seconds of them without it), `CASSA_WORK_SEED` with which sequence.
//!
//! # Layout
//!
//! `shapes` (the objects) → `store` (the server, and what it holds, read behind the unit's back) → `rows` (the model: what
//! each row may hold, and what waits for it) → `trouble` (what fails) → `steps` (what a unit is told to do) → `judge` (whether
//! a report is true).

mod judge;
mod rows;
mod shapes;
mod steps;
mod store;
mod trouble;

use std::time::{SystemTime, UNIX_EPOCH};

use cassa::{ConnectionPool, Error, UnitOfWork};
use fastrand::Rng;

use self::judge::Shown;
use self::rows::Model;
use self::store::Store;
use self::trouble::Trouble;

const ROUNDS: u64 = 120;

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().expect("a number"))
}

#[test]
fn the_store_ends_as_the_model_says_and_reports_are_true() {
    let seed = variable("CASSA_WORK_SEED").unwrap_or_else(|| {
        SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_nanos() as u64
    });
    let rounds = variable("CASSA_WORK_ROUNDS").unwrap_or(ROUNDS);
    let store = Store::new();
    for number in 0..rounds {
        let seed = seed.wrapping_add(number);
        eprintln!("to run this again: CASSA_WORK_SEED={seed} CASSA_WORK_ROUNDS=1");
        Round { number, rng: Rng::with_seed(seed), store: &store, model: Model::default() }.run();
    }
}

/// A few units, one after the other, on rows of their own.
struct Round<'s> {
    number: u64,
    rng: Rng,
    store: &'s Store,
    model: Model,
}

impl Round<'_> {
    fn run(&mut self) {
        for _ in 0..self.rng.usize(1..4) {
            if !self.unit() {
                break;
            }
        }
        self.model.compare(self.store, true);
    }

    /// One of the round's few row keys: all column families share them.
    fn key(&mut self) -> String {
        format!("{}-{}", self.number, self.rng.u8(0..4))
    }

    /// Whether another unit may follow: not where calls that were cut off may still take effect.
    fn unit(&mut self) -> bool {
        let pool = self.store.pool(self.rng.usize(0..3));
        let atomic = self.rng.u8(0..6) == 0;
        let mut work = pool.unit_of_work().atomic(atomic).row_limit(self.rng.usize(1..5));
        if self.rng.u8(0..4) == 0 {
            work = work.byte_limit(self.rng.usize(100..500));
        }
        for _ in 0..self.rng.usize(1..6) {
            for _ in 0..self.rng.usize(0..10) {
                self.step(&mut work, atomic);
            }
            let trouble = match Trouble::any(&mut self.rng, atomic) {
                // a server finds out what it must refuse before it writes to the batch log
                trouble if trouble.is_in_batchlog() && !self.model.poisoned().is_empty() => Trouble::none(),
                trouble => trouble,
            };
            let settled = self.commit(&pool, &mut work, trouble);
            if !settled {
                break;
            }
            match self.rng.u8(0..12) {
                0 => {
                    work.discard();
                    self.model.discard();
                }
                1 => {
                    work.forget_unknown();
                    self.model.forget_unknown();
                }
                2..6 => self.resend(&mut work),
                _ => {}
            }
        }
        self.finish(&pool, &mut work);
        // what it called unknown goes with it
        self.model.forget_unknown();
        self.model.is_settled
    }

    fn resend(&mut self, work: &mut UnitOfWork) {
        work.resend_unknown().expect("the sums are small");
        self.model.resend_unknown();
    }

    /// Commits, and holds the report and the store to the model. Whether all that was cut off has ended.
    fn commit(&mut self, pool: &ConnectionPool, work: &mut UnitOfWork, trouble: Trouble) -> bool {
        let before = Shown::of(work);
        before.is_of(work, &self.model);
        self.model.settle_unchanged(&before);
        eprintln!("{trouble:?}:\n{work}");
        let is_ended = trouble.strike(self.store);
        let committed = work.commit();
        is_ended(self.store);
        if trouble.breaks_connections() {
            Store::reconnect(pool);
        }
        self.model.is_settled &= !trouble.is_late();
        let report = match committed {
            Ok(report) => {
                assert!(report.is_acknowledged() && report.failure().is_none(), "{report:?}");
                report
            }
            Err(Error::Commit(report)) => {
                assert!(!report.is_acknowledged() && report.failure().is_some(), "{report:?}");
                *report
            }
            Err(other) => panic!("{other}"),
        };
        eprintln!("{report}");
        self.model.judge(&report, &before, &Shown::of(work), &trouble);
        self.model.expect_unknown(work);
        self.model.compare(self.store, false);
        self.model.is_settled
    }

    /// Ends the unit: it is committed until nothing waits, once what can only be refused is taken out; or it is dropped.
    fn finish(&mut self, pool: &ConnectionPool, work: &mut UnitOfWork) {
        if self.model.is_settled && self.rng.u8(0..10) == 0 {
            work.discard();
            return self.model.discard();
        }
        for key in self.model.poisoned() {
            let plain = &self.store.plain;
            work.column_family(plain).expect("ours").remove_row(key.as_str()).expect("it fits");
            self.model.row("Plain", &key).delete_all();
        }
        for key in self.model.stale() {
            work.remove_key::<shapes::Account>(&key).expect("it fits");
            self.model.remove_account(&key);
        }
        for _ in 0..8 {
            self.commit(pool, work, Trouble::none());
            if !work.is_dirty() {
                return;
            }
            // saves of one account, each from what another had left
            for key in self.model.stale() {
                work.remove_key::<shapes::Account>(&key).expect("it fits");
                self.model.remove_account(&key);
            }
        }
        panic!("it does not end:\n{work}");
    }
}
