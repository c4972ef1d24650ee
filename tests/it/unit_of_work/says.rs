//! What a unit says of itself: as text, and to the log.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use tracing_subscriber::fmt::format::FmtSpan;

use super::super::support::Keyspace;
use super::{Account, Fleet, Hits, Plane, plane};

#[test]
fn a_unit_tells_what_it_would_send() {
    let keyspace = Keyspace::new();
    keyspace.system.create_column_family_for::<Account>(&keyspace.name).expect("created");
    let fleet = Fleet::of(keyspace);
    let mut work = fleet.pool.unit_of_work();
    assert_eq!(work.to_string(), "");
    work.add::<Hits>("home", "hits", -2).expect("it fits");
    work.save(&plane("N1", None)).expect("it fits");
    work.remove_key::<Plane>("N2").expect("it fits");
    work.insert(&Plane { seats: None, ..plane("N2", Some(1999)) }).expect("it fits");
    work.save_version(&mut Account { owner: "ann".into(), version: 3, balance: 1 }).expect("it fits");
    work.column_family(&fleet.plain).expect("ours").start("a").finish("c").remove_range("N3").expect("fits");
    work.column_family(&fleet.plain).expect("ours").finish("c").remove_range("N4").expect("it fits");
    let text = work.to_string();
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            r#"column family Accounts, row key "ann": write if the version is as read: "version", "balance""#,
            r#"column family Hits, row key "home": add -2 to "hits""#,
            r#"column family Plain, row key "N3": delete from "a" to "c""#,
            r#"column family Plain, row key "N4": delete from the first to "c""#,
            r#"column family Planes, row key "N1": delete "year"; write "model", "seats""#,
            r#"column family Planes, row key "N2": delete the row; write "model", "year""#,
        ]
    );
    work.discard();
    (0..1_002).for_each(|n| work.insert(&plane(&format!("N{n}"), None)).expect("it fits"));
    let text = work.to_string();
    assert_eq!(text.lines().count(), 1_001);
    assert!(text.ends_with("… and 2 more\n"), "{}", &text[text.len() - 40..]);
    work.discard();
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_commit_is_a_span_and_a_unit_that_is_dropped_is_a_warning() {
    let fleet = Fleet::new();
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing::Level::DEBUG)
        .with_span_events(FmtSpan::CLOSE)
        .with_writer(move || writer.clone());
    tracing::subscriber::with_default(subscriber.finish(), || {
        let mut work = fleet.pool.unit_of_work();
        work.insert(&plane("N1", None)).expect("it fits");
        work.commit().expect("all is well");
        work.insert(&plane("N2", None)).expect("it fits");
        drop(work);
        let mut work = fleet.pool.unit_of_work();
        work.insert(&plane("N3", None)).expect("it fits");
        work.discard();
    });
    let log = String::from_utf8(log.0.lock().expect("no panic").clone()).expect("text");
    let lines_with =
        |parts: &[&str]| log.lines().filter(|line| parts.iter().all(|part| line.contains(part))).count();
    assert_eq!(lines_with(&["commit{keyspace=", "changes=2}", "close"]), 1, "{log}");
    assert_eq!(lines_with(&["commit{", "a chunk is acknowledged", "rows=1"]), 1, "{log}");
    assert_eq!(lines_with(&["WARN", "dropped before it was committed", "changes=2"]), 1, "{log}");
    assert_eq!(lines_with(&["WARN"]), 1, "what is discarded is not: {log}");
}
