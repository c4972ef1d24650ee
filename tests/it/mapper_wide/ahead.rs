//! Pages that are fetched ahead of the objects that are taken.

use std::time::{Duration, Instant};

use cassa::{ConnectionPool, ConnectionPoolBuilder, EmbeddedServer, Error, Fault, Mapper};
use cassa::{SimpleStrategy, SystemManager};

use super::{Reading, reading};

const PAGE: usize = 10;

struct Fixture {
    server: EmbeddedServer,
    pool: ConnectionPool,
    readings: Mapper<Reading>,
}

impl Fixture {
    /// A row of ten pages.
    fn with(options: impl FnOnce(ConnectionPoolBuilder) -> ConnectionPoolBuilder) -> Fixture {
        let server = EmbeddedServer::start().expect("a server");
        let system = SystemManager::connect(server.addresses()).expect("it is there");
        system.create_keyspace("Ahead", SimpleStrategy(1)).expect("it is new");
        system.create_column_family_for::<Reading>("Ahead").expect("it is new");
        let builder = ConnectionPool::builder("Ahead").servers(server.addresses()).max_retries(0);
        let pool = options(builder).build().expect("a pool");
        let readings: Mapper<Reading> = pool.map().expect("it fits");
        readings.batch_insert(&(0..100).map(reading).collect::<Vec<_>>()).expect("written");
        Fixture { server, pool, readings }
    }

    fn calls(&self) -> u64 {
        self.pool.stats().check_outs
    }

    /// Waits, with a bound, until it is so.
    fn eventually(&self, what: &str, is_so: impl Fn(&Fixture) -> bool) {
        let start = Instant::now();
        while !is_so(self) {
            assert!(start.elapsed() < Duration::from_secs(20), "{what}: {:?}", self.pool.stats());
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

#[test]
fn no_more_than_one_page_is_fetched_ahead() {
    let fixture = Fixture::with(|builder| builder);
    for ahead in [true, false] {
        let before = fixture.calls();
        let mut objects = fixture.readings.select().read_ahead(ahead).column_buffer_size(PAGE).xget("attic");
        for page in 1..=9_u64 {
            for _ in 0..PAGE {
                objects.next().expect("there are more").expect("read");
            }
            // Whoever takes the first page only, is not taken to want more.
            let expected = page + u64::from(ahead && page > 1);
            fixture.eventually("too few", |fixture| fixture.calls() - before >= expected);
            std::thread::sleep(Duration::from_millis(5));
            assert_eq!(fixture.calls() - before, expected, "page {page}, {ahead}");
        }
        assert_eq!(objects.count(), PAGE);
    }
}

#[test]
fn an_error_ahead_comes_after_the_objects_before_it() {
    let fixture = Fixture::with(|builder| builder);
    for (calls, reversed) in [(1, false), (2, false), (5, false), (5, true)] {
        let fault =
            fixture.server.faults().add(Fault::unavailable().method("get_slice").skip(calls).times(1));
        let select = fixture.readings.select().column_buffer_size(PAGE);
        let select = if reversed { select.reversed() } else { select };
        let mut objects = select.xget("attic");
        let given = objects.by_ref().take_while(Result::is_ok).count();
        assert_eq!(given, PAGE * usize::try_from(calls).expect("few"), "after {calls} calls");
        assert_eq!(fault.hits(), 1);
        assert!(objects.next().is_none(), "where to go on is not known");
        assert!(objects.next().is_none());
    }
    // What went wrong is what would have been said without.
    fixture.server.faults().add(Fault::unavailable().method("get_slice").skip(3).times(1));
    let objects = fixture.readings.select().column_buffer_size(PAGE).xget("attic");
    let error = objects.filter_map(Result::err).next().expect("there is one");
    assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
    assert!(error.to_string().contains("\"attic\""), "{error}");
}

#[test]
fn objects_that_are_dropped_leave_no_connection_out() {
    let fixture = Fixture::with(|builder| builder.pool_size(2));
    for taken in 0..60 {
        let objects = fixture.readings.select().column_buffer_size(PAGE).xget("attic");
        assert_eq!(objects.take(taken).filter(Result::is_ok).count(), taken);
    }
    fixture.eventually("still out", |fixture| fixture.pool.checked_out() == 0);
    // Also while the call is on its way.
    fixture
        .server
        .faults()
        .add(Fault::delay(Duration::from_millis(100)).method("get_slice").skip(2).times(1));
    let mut objects = fixture.readings.select().column_buffer_size(PAGE).xget("attic");
    assert_eq!(objects.by_ref().take(11).count(), 11);
    drop(objects);
    assert_eq!(fixture.readings.get_count("attic").expect("counted"), 100);
    fixture.eventually("still out", |fixture| fixture.pool.checked_out() == 0);
}

#[test]
fn a_pool_that_cannot_spare_a_connection_is_left_alone() {
    let at_once = |builder: ConnectionPoolBuilder| builder.pool_size(1).pool_timeout(Duration::ZERO);
    let several_at_once = |builder: ConnectionPoolBuilder| builder.pool_size(2).pool_timeout(Duration::ZERO);
    for fixture in [Fixture::with(at_once), Fixture::with(several_at_once)] {
        for found in fixture.readings.select().column_buffer_size(1).xget("attic") {
            // With a page on its way there would be no connection for this one.
            fixture.readings.insert(&found.expect("read")).expect("written");
            assert!(fixture.pool.checked_in() > 0);
        }
    }
}
