//! Loads: as a whole, and stopped by failures at random places, and taken up again.

use std::collections::BTreeMap;

use cassa::{ColumnFamilyMap, Error, Fault, LoadReport, Outcome, SystemManager};
use serde::{Deserialize, Serialize};

use super::{Faulty, Fleet, Hits, Plane, plane};

#[derive(Serialize, Deserialize, ColumnFamilyMap)]
struct Day {
    #[cassa(key)]
    day: String,
    #[serde(default)]
    #[cassa(counter)]
    planes: i64,
}

#[test]
fn a_load_is_sent_while_it_fills_and_counts_what_it_was_given() {
    let fleet = Fleet::new();
    let mut loader = fleet.pool.loader().row_limit(10).requests(3);
    loader
        .load(0..1_000, |loader, n| {
            // so much waits at most, however long the load is: what is gathered, and what each request has
            let progress = loader.progress();
            assert!(progress.objects - progress.acknowledged <= 50, "{progress:?}");
            loader.insert(&plane(&format!("N{n}"), Some(n)))?;
            loader.column_family(&fleet.plain)?.insert(format!("row {}", n % 7), [(format!("c{n}"), "1")])?;
            loader.add::<Hits>("home", "hits", 1)
        })
        .expect("all is well");
    // at most the last objects and those of each request wait
    assert!(loader.acknowledged() >= 1_000 - 5 * 10, "{loader:?}");
    let report = loader.finish().expect("all is well");
    assert_eq!((report.objects, report.acknowledged), (1_000, 1_000));
    assert!(report.chunks >= 200 && report.bytes > 100_000, "{report:?}");
    // one a message of counters, beside at least one of columns
    assert!(report.counters >= 100 && report.counters * 2 <= report.chunks, "{report:?}");
    assert!(
        report.to_string().ends_with(" additions to counters, which a second run makes again"),
        "{report}"
    );
    for n in [0, 500, 999] {
        assert_eq!(fleet.stored(&format!("N{n}")), Some(plane(&format!("N{n}"), Some(n))));
    }
    assert_eq!(
        (0..7).map(|n| fleet.plain.get_count(format!("row {n}")).expect("read")).sum::<usize>(),
        1_000
    );
    assert_eq!(fleet.hits("home"), Some(1_000));
}

#[test]
fn of_two_writes_to_a_column_the_later_wins_however_the_requests_overtake_each_other() {
    let fleet = Fleet::new();
    let mut loader = fleet.pool.loader().row_limit(1).requests(8);
    for n in 0..300 {
        loader.insert(&plane("N1", Some(n))).expect("it fits");
        loader.insert(&plane("N2", Some(n))).expect("it fits");
    }
    loader.finish().expect("all is well");
    assert_eq!(fleet.stored("N1"), Some(plane("N1", Some(299))));
    assert_eq!(fleet.stored("N2"), Some(plane("N2", Some(299))));
}

#[test]
fn an_item_that_fails_is_not_sent_in_part_and_ends_the_load() {
    let fleet = Fleet::new();
    let mut loader = fleet.pool.loader().row_limit(2);
    let failed = loader.load(0..10, |loader, n| {
        loader.insert(&plane(&format!("N{n}"), None))?;
        if n == 7 { fleet.plain.get("").map(drop) } else { loader.insert(&plane(&format!("M{n}"), None)) }
    });
    assert!(!matches!(failed.expect_err("a row without a key"), Error::Load(_)));
    let refused = loader.insert(&plane("N10", None)).expect_err("it has ended");
    assert!(matches!(&refused, Error::Load(report) if report.objects == 7), "{refused}");
    let Err(Error::Load(report)) = loader.finish() else { panic!("it has failed") };
    assert!(report.acknowledged <= 7 && report.failures.is_empty(), "{report:?}");
    for n in 0..10 {
        let (one, other) = (fleet.stored(&format!("N{n}")), fleet.stored(&format!("M{n}")));
        assert_eq!(one.is_some(), other.is_some(), "{n}");
        assert_eq!(one.is_some(), n < report.acknowledged, "{n}");
    }
}

#[test]
fn what_does_not_fit_is_refused_alone() {
    let fleet = Fleet::new();
    let mut loader = fleet.pool.loader();
    loader.insert(&plane("N1", None)).expect("it fits");
    loader.add::<Hits>("home", "no such counter", 1).expect_err("there is none");
    loader.column_family(&fleet.plain).expect("ours").add("row", "c", 1).expect_err("no counters");
    loader.insert(&plane("N2", None)).expect("it goes on");
    assert_eq!(loader.finish().expect("all is well").objects, 2);
    assert!(fleet.stored("N1").is_some() && fleet.stored("N2").is_some());
}

#[test]
fn a_loader_that_is_dropped_waits_for_its_calls_and_sends_nothing_more() {
    let fleet = Fleet::new();
    let mut loader = fleet.pool.loader();
    loader.insert(&plane("N1", None)).expect("it fits");
    drop(loader);
    assert_eq!(fleet.stored("N1"), None);
}

/// Cannot be written: that panics.
struct Explosive;

impl Serialize for Explosive {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        panic!("in a field")
    }
}

#[derive(Serialize, ColumnFamilyMap)]
#[cassa(name = "Planes")]
struct Bomb {
    #[cassa(key)]
    tailnum: String,
    #[cassa(validator = "UTF8Type")]
    model: Explosive,
}

fn panics(what: impl FnOnce()) {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(what)).expect_err("it panics");
}

#[test]
fn an_item_that_panics_is_not_sent_in_part_and_ends_the_load() {
    let fleet = Fleet::new();
    let mut loader = fleet.pool.loader().row_limit(2);
    panics(|| {
        let loaded = loader.load(0..10, |loader, n| {
            loader.insert(&plane(&format!("N{n}"), None))?;
            if n == 7 { panic!("in the middle") } else { loader.insert(&plane(&format!("M{n}"), None)) }
        });
        loaded.expect("it panics before");
    });
    let Err(Error::Load(report)) = loader.finish() else { panic!("what was gathered is gone") };
    assert_eq!(report.objects, 7, "{report:?}");
    for n in 0..10 {
        let (one, other) = (fleet.stored(&format!("N{n}")), fleet.stored(&format!("M{n}")));
        assert_eq!(
            (one.is_some(), other.is_some()),
            (n < report.acknowledged, n < report.acknowledged),
            "{n}"
        );
    }
}

#[test]
fn a_source_that_panics_leaves_what_it_gave() {
    let fleet = Fleet::new();
    let mut loader = fleet.pool.loader().row_limit(2);
    let source = (0..10).inspect(|n| assert_ne!(*n, 7, "the source ends"));
    panics(|| {
        let loaded = loader.load(source, |loader, n| loader.insert(&plane(&format!("N{n}"), None)));
        loaded.expect("it panics before");
    });
    loader.insert(&plane("N7", None)).expect("it goes on");
    let report = loader.finish().expect("all is well");
    assert_eq!((report.objects, report.acknowledged), (8, 8));
    assert!((0..8).all(|n| fleet.stored(&format!("N{n}")).is_some()));
}

#[test]
fn an_object_that_panics_is_not_in_the_load() {
    let fleet = Fleet::new();
    let mut loader = fleet.pool.loader();
    loader.insert(&plane("N1", None)).expect("it fits");
    panics(|| {
        let bomb = Bomb { tailnum: "N2".to_owned(), model: Explosive };
        loader.insert(&bomb).expect("it panics before");
    });
    loader.insert(&plane("N3", None)).expect("it goes on");
    let report = loader.finish().expect("all is well");
    assert_eq!((report.objects, report.acknowledged), (2, 2));
    assert!(fleet.stored("N1").is_some() && fleet.stored("N2").is_none() && fleet.stored("N3").is_some());
}

impl Faulty {
    fn with_days() -> Faulty {
        let faulty = Faulty::new();
        let system = SystemManager::connect(faulty.server.addresses()).expect("it serves");
        system.create_column_family_for::<Day>("Fleet").expect("created");
        faulty
    }

    fn days(&self) -> BTreeMap<String, i64> {
        let mapper = self.pool.map::<Day>().expect("a mapper");
        mapper
            .get_range()
            .map(|day: cassa::Result<Day>| day.expect("read"))
            .map(|day| (day.day, day.planes))
            .collect()
    }
}

const ITEMS: u64 = 240;

fn day(n: u64) -> String {
    format!("2013-01-{:02}", n / 20)
}

/// One attempt, from where the last one stopped; what it writes tells which it was.
fn attempt(faulty: &Faulty, number: i32, from: u64) -> Result<LoadReport, Error> {
    let mut loader = faulty.pool.loader().row_limit(15).requests(3);
    loader.load(from..ITEMS, |loader, n| {
        loader.insert(&plane(&format!("N{n}"), Some(number)))?;
        loader.add::<Day>(day(n), "planes", 1)
    })?;
    loader.finish()
}

#[test]
fn what_failed_is_told_once_and_how_far_the_load_came_each_time() {
    let faulty = Faulty::with_days();
    let mut loader = faulty.pool.loader().row_limit(1).requests(1);
    faulty.server.faults().add(Fault::unavailable().method("batch_mutate").skip(5).times(1));
    let stopped = (0..100).find_map(|n| loader.insert(&plane(&format!("N{n}"), None)).err());
    let Some(Error::Load(first)) = stopped else { panic!("it is not told: {stopped:?}") };
    assert_eq!(first.acknowledged, 5);
    assert!(
        matches!(first.failures[0].outcome, Outcome::NotSent(Some(Error::Unavailable { .. }))),
        "{first}"
    );
    let refused = loader.insert(&plane("N", None)).expect_err("it has stopped");
    assert!(matches!(&refused, Error::Load(report) if report.acknowledged == 5), "{refused}");
    let Err(Error::Load(last)) = loader.finish() else { panic!("it has stopped") };
    assert_eq!((last.acknowledged, last.objects, last.failures.len()), (5, first.objects, 0));
}

#[test]
fn a_load_that_stops_can_go_on_and_its_report_accounts_for_every_counter() {
    let seed = 4711;
    println!("seed {seed}");
    let kinds: [fn() -> Fault; 6] = [
        Fault::unavailable,
        Fault::time_out,
        || Fault::time_out().after_work(),
        Fault::disconnect,
        || Fault::disconnect().after_work(),
        || Fault::cut_frame().after_work(),
    ];
    for (round, kind) in (0..).zip(kinds.iter().cycle()).take(12) {
        let what = format!("round {round}, {:?}", kind());
        let faulty = Faulty::with_days();
        let fault = kind().method("batch_mutate").at_random(0.15, seed + round);
        let fault = faulty.server.faults().add(fault);
        let (mut from, mut attempts) = (0, 0);
        // what each counter is, as far as the reports tell
        let mut known: BTreeMap<String, i64> = BTreeMap::new();
        let mut unknown: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        loop {
            attempts += 1;
            if attempts == 40 {
                fault.remove();
            }
            assert!(attempts < 42, "{what}: no end");
            let (report, ended) = match attempt(&faulty, attempts, from) {
                Ok(report) => (report, true),
                Err(Error::Load(report)) => (*report, false),
                Err(e) => panic!("{what}: {e}"),
            };
            assert_eq!(ended, report.failures.is_empty(), "{what}: {report:?}");
            for n in from..from + report.acknowledged {
                *known.entry(day(n)).or_default() += 1;
            }
            let key =
                |place: &cassa::Place| place.row_key.as_deref().expect("a row").trim_matches('"').to_owned();
            for (place, number) in &report.added {
                *known.entry(key(place)).or_default() += number;
            }
            for (place, number) in &report.unknown {
                unknown.entry(key(place)).or_default().push(*number);
            }
            let planes: cassa::Mapper<Plane> = faulty.pool.map().expect("a mapper");
            for n in from..from + report.acknowledged {
                let stored = planes.get(format!("N{n}")).expect("read");
                assert_eq!(stored.and_then(|plane| plane.year), Some(attempts), "{what}: N{n}");
            }
            for chunk in &report.failures {
                let certain = !matches!(chunk.outcome, Outcome::Unknown(_));
                if chunk.kind == cassa::ChunkKind::Columns && certain {
                    for place in &chunk.places {
                        let stored = planes.get(key(place)).expect("read");
                        let by = stored.and_then(|plane: Plane| plane.year);
                        assert!(by.is_none_or(|by| by < attempts), "{what}: {by:?}: {chunk}");
                    }
                }
            }
            from += report.acknowledged;
            if ended {
                break;
            }
        }
        assert_eq!(from, ITEMS, "{what}");
        let stored = faulty.days();
        assert_eq!(stored.len(), 12, "{what}");
        for (day, count) in stored {
            let known = known[&day];
            // each of those that are unknown is there or not
            let maybe = unknown.remove(&day).unwrap_or_default();
            let mut possible = vec![known];
            for number in maybe {
                let with: Vec<_> = possible.iter().map(|sum| sum + number).collect();
                possible.extend(with);
            }
            assert!(possible.contains(&count), "{what}: {day}: {count}, one of {possible:?} expected");
        }
    }
}
