//! The accounts of a pool against a model, over random sequences of everything that may happen to it.
//!
//! `CASSA_POOL_SEED` repeats a sequence.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use cassa::wire::MessageHeader;
use cassa::wire::methods::DescribeClusterName;
use cassa::{Call, ConnectionPool, PooledConnection, Result};
use fastrand::Rng;

use crate::pool_support::{quick, server, version, well};
use crate::scripted::{Answer, ScriptedServer};

const SIZE: usize = 3;
const OVERFLOW: usize = 2;
const RECYCLE: u64 = 6;

/// One connection, as the pool should see it.
#[derive(Clone, Copy, Debug)]
struct Modelled {
    generation: u64,
    operations: u64,
}

#[derive(Default)]
struct Model {
    /// The last one goes out first.
    idle: Vec<Modelled>,
    out: usize,
    generation: u64,
    created: u64,
    disposed: u64,
    recycled: u64,
}

/// What a caller has done to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Nothing,
    Broke,
    OtherKeyspace,
}

impl Model {
    fn new_one(&mut self) -> Modelled {
        self.created += 1;
        Modelled { generation: self.generation, operations: 0 }
    }

    fn check_out(&mut self) -> Option<Modelled> {
        if self.out == SIZE + OVERFLOW {
            return None;
        }
        self.out += 1;
        let mut one = match self.idle.pop() {
            Some(one) => one,
            None => self.new_one(),
        };
        one.operations += 1;
        Some(one)
    }

    fn check_in(&mut self, one: Modelled, deed: Deed) {
        self.out -= 1;
        if deed == Deed::Broke && one.generation == self.generation {
            self.end_generation();
        }
        if deed != Deed::Nothing || one.generation != self.generation {
            self.disposed += 1;
        } else if one.operations >= RECYCLE {
            self.recycled += 1;
        } else if self.idle.len() < SIZE {
            self.idle.push(one);
        } else {
            self.disposed += 1;
        }
    }

    fn end_generation(&mut self) {
        self.generation += 1;
        self.disposed += self.idle.len() as u64;
        self.idle.clear();
    }

    fn fill(&mut self) {
        if self.idle.len() + self.out < SIZE {
            // all are taken out, and come back in the order in which they went
            self.idle.reverse();
            while self.idle.len() + self.out < SIZE {
                let one = self.new_one();
                self.idle.push(one);
            }
        }
    }
}

fn agree(pool: &ConnectionPool, model: &Model, server: &ScriptedServer) {
    let (idle, out) = (model.idle.len(), model.out);
    assert_eq!((pool.checked_in(), pool.checked_out()), (idle, out));
    assert_eq!(pool.overflow(), (idle + out).saturating_sub(SIZE));
    let stats = pool.stats();
    let counted = (stats.created, stats.disposed, stats.recycled);
    assert_eq!(counted, (model.created, model.disposed, model.recycled));
    assert_eq!(
        stats.hosts.iter().map(|host| (host.checked_in, host.checked_out)).collect::<Vec<_>>(),
        [(idle, out)]
    );
    // what the pool says is closed is closed; health checks come and go beside
    server.wait_until_closed((model.disposed + model.recycled) as usize);
}

fn break_off(connection: &mut cassa::Connection) -> Result<()> {
    connection.call(&DescribeClusterName {}).map(drop)
}

#[test]
fn accounts_are_right_whatever_happens() {
    let seed = std::env::var("CASSA_POOL_SEED").ok().map(|seed| seed.parse().expect("a number"));
    let seed = seed.unwrap_or_else(|| fastrand::u64(..));
    println!("seed {seed}");
    let mut rng = Rng::with_seed(seed);
    let behave = |header: &MessageHeader<'_>, before| match header.method {
        "describe_cluster_name" => Answer::Close,
        _ => well(header, before),
    };
    for _ in 0..20 {
        let one = server(behave);
        let pool = quick([one.address()])
            .pool_size(SIZE)
            .max_overflow(OVERFLOW)
            .pool_timeout(Duration::ZERO)
            .recycle(RECYCLE)
            .max_retries(0)
            .build()
            .expect("a pool");
        let mut model = Model::default();
        let mut held: Vec<(PooledConnection, Modelled, Deed)> = Vec::new();
        for _ in 0..100 {
            match rng.u8(..12) {
                0..4 => match (pool.get(), model.check_out()) {
                    (Ok(connection), Some(one)) => held.push((connection, one, Deed::Nothing)),
                    (Err(_), None) => {}
                    (got, expected) => panic!("{got:?}, expected {expected:?}"),
                },
                4..7 if !held.is_empty() => {
                    let (connection, one, deed) = held.swap_remove(rng.usize(..held.len()));
                    drop(connection);
                    model.check_in(one, deed);
                }
                7 if !held.is_empty() => {
                    let i = rng.usize(..held.len());
                    let (connection, _, deed) = &mut held[i];
                    match (rng.bool(), *deed) {
                        (true, Deed::Nothing) => {
                            connection.set_keyspace("Other").expect("set");
                            *deed = Deed::OtherKeyspace;
                        }
                        (false, Deed::Nothing | Deed::OtherKeyspace) => {
                            break_off(connection).expect_err("closed");
                            *deed = Deed::Broke;
                        }
                        (_, Deed::Broke) | (true, Deed::OtherKeyspace) => {}
                    }
                }
                8 => {
                    let expected = model.check_out();
                    let done = pool.execute(version);
                    assert_eq!(done.is_ok(), expected.is_some(), "{done:?}");
                    expected.into_iter().for_each(|one| model.check_in(one, Deed::Nothing));
                }
                9 => {
                    let expected = model.check_out();
                    pool.execute_with(Call::once(), break_off).expect_err("closed, or none is free");
                    expected.into_iter().for_each(|one| model.check_in(one, Deed::Broke));
                }
                10 => {
                    let expected = model.check_out();
                    let panics = |_: &mut cassa::Connection| -> Result<()> {
                        std::panic::resume_unwind(Box::new("oops"))
                    };
                    let caught = catch_unwind(AssertUnwindSafe(|| pool.execute(panics)));
                    assert_eq!(caught.is_err(), expected.is_some());
                    expected.into_iter().for_each(|one| model.check_in(one, Deed::Nothing));
                }
                11 if rng.bool() => {
                    pool.fill().expect("filled");
                    model.fill();
                }
                11 => {
                    pool.dispose();
                    model.end_generation();
                }
                _ => {}
            }
            agree(&pool, &model, &one);
        }
        for (connection, one, deed) in held {
            drop(connection);
            model.check_in(one, deed);
        }
        agree(&pool, &model, &one);
        let open = model.idle.len();
        drop(pool);
        one.wait_until_closed((model.disposed + model.recycled) as usize + open);
    }
}
