//! What is said, and what stays, when something fails.

use cassa::{ConnectionPool, Error, Fault, Outcome, SystemManager, UnitOfWork};

use super::{Account, Faulty, Hits, Plane, plane};

impl Faulty {
    fn stored(&self, tailnum: &str) -> Option<Plane> {
        self.pool.map::<Plane>().expect("a mapper").get(tailnum).expect("read")
    }

    fn hits(&self) -> i64 {
        let page = self.pool.map::<Hits>().expect("a mapper").get("home").expect("read");
        page.map_or(0, |page: Hits| page.hits)
    }

    fn account(&self) -> Account {
        self.pool.map::<Account>().expect("a mapper").get("ann").expect("read").expect("it is there")
    }
}

fn outcomes(failed: &Error) -> Vec<&Outcome> {
    let Error::Commit(report) = failed else { panic!("{failed}") };
    report.chunks().iter().map(|chunk| &chunk.outcome).collect()
}

/// Three planes, each a chunk, and a counter.
fn filled(faulty: &Faulty) -> UnitOfWork {
    let mut work = faulty.pool.unit_of_work().row_limit(1);
    for tailnum in ["N1", "N2", "N3"] {
        work.insert(&plane(tailnum, None)).expect("it fits");
    }
    work.add::<Hits>("home", "hits", 5).expect("it fits");
    work
}

#[test]
fn the_first_failure_ends_the_commit_and_a_repeated_one_finishes_it() {
    let faulty = Faulty::new();
    for (fault, unknown) in [
        (Fault::unavailable(), false),
        (Fault::time_out(), true),
        (Fault::time_out().after_work(), true),
        (Fault::disconnect(), true),
        (Fault::disconnect().after_work(), true),
        (Fault::cut_frame().after_work(), true),
    ] {
        let what = format!("{fault:?}");
        let mut work = filled(&faulty);
        let before = faulty.hits();
        // the pool makes a call again by itself where a connection that had waited turns out to be closed
        let fault = faulty.server.faults().add(fault.method("batch_mutate").skip(1));
        let failed = work.commit().expect_err(&what);
        assert!(fault.hits() >= 1, "{what}");
        fault.remove();
        match &outcomes(&failed)[..] {
            [Outcome::Applied, Outcome::Unknown(_), Outcome::NotSent(None), Outcome::NotSent(None)]
                if unknown => {}
            [Outcome::Applied, Outcome::NotSent(Some(_)), Outcome::NotSent(None), Outcome::NotSent(None)]
                if !unknown => {}
            other => panic!("{what}: {other:?}"),
        }
        let Error::Commit(report) = &failed else { panic!("{failed}") };
        let place = &report.failure().expect("one failed").places[0];
        assert_eq!(place.row_key.as_deref(), Some("\"N2\""), "{what}");
        assert_eq!(faulty.stored("N1"), Some(plane("N1", None)), "{what}");
        assert_eq!(faulty.stored("N3"), None, "{what}");
        assert_eq!(faulty.hits(), before, "{what}");
        assert!(work.is_dirty());

        let report = work.commit().unwrap_or_else(|e| panic!("{what}: {e}"));
        assert_eq!(report.chunks().len(), 3, "{what}: what was acknowledged is not sent again");
        assert!(!work.is_dirty());
        assert_eq!(faulty.stored("N2"), Some(plane("N2", None)), "{what}");
        assert_eq!(faulty.hits(), before + 5, "{what}");
        for tailnum in ["N1", "N2", "N3"] {
            work.remove_key::<Plane>(tailnum).expect("it fits");
        }
        work.commit().expect("all is well");
    }
}

#[test]
fn a_batch_in_the_batch_log_counts_as_acknowledged() {
    let faulty = Faulty::new();
    let mut work = faulty.pool.unit_of_work().atomic(true);
    work.insert(&plane("N1", None)).expect("it fits");
    let fault = Fault::time_out().acknowledged_by_batchlog(true).after_work();
    faulty.server.faults().add(fault.method("atomic_batch_mutate").times(1));
    let report = work.commit().expect("the batch log has it");
    assert!(matches!(report.chunks()[0].outcome, Outcome::InBatchlog(_)));
    assert!(!work.is_dirty());
    // not in the log: nobody knows
    work.insert(&plane("N1", Some(1))).expect("it fits");
    let fault = Fault::time_out().acknowledged_by_batchlog(false);
    faulty.server.faults().add(fault.method("atomic_batch_mutate").times(1));
    let failed = work.commit().expect_err("it timed out");
    assert!(matches!(outcomes(&failed)[..], [Outcome::Unknown(_)]));
    work.commit().expect("all is well");
    assert_eq!(faulty.stored("N1"), Some(plane("N1", Some(1))));
}

#[test]
fn a_change_after_a_failed_commit_wins_over_what_it_may_have_written() {
    let faulty = Faulty::new();
    let mut work = faulty.pool.unit_of_work();
    // the value is greater than the one that comes later: at one timestamp it would win
    work.insert(&Plane { model: "zzz".into(), ..plane("N1", Some(9)) }).expect("it fits");
    faulty.server.faults().add(Fault::time_out().after_work().method("batch_mutate").times(1));
    work.commit().expect_err("it timed out");
    work.save(&Plane { model: "aaa".into(), ..plane("N1", None) }).expect("it fits");
    work.commit().expect("all is well");
    assert_eq!(faulty.stored("N1"), Some(Plane { model: "aaa".into(), ..plane("N1", None) }));
}

#[test]
fn counters_of_unknown_outcome_are_never_sent_again_unasked() {
    let faulty = Faulty::new();
    for (fault, added) in [(Fault::time_out(), false), (Fault::time_out().after_work(), true)] {
        let before = faulty.hits();
        let mut work = faulty.pool.unit_of_work();
        work.insert(&plane("N1", None)).expect("it fits");
        work.add::<Hits>("home", "hits", 3).expect("it fits");
        // the columns go first
        faulty.server.faults().add(fault.method("batch_mutate").skip(1).times(1));
        let failed = work.commit().expect_err("it timed out");
        assert!(matches!(outcomes(&failed)[..], [Outcome::Applied, Outcome::Unknown(_)]));
        let unknown: Vec<_> = work.unknown_counters().collect();
        assert_eq!(unknown.len(), 1);
        assert_eq!(unknown[0].1, 3);
        assert_eq!(unknown[0].0.column.as_deref(), Some("\"hits\""));
        let now = before + if added { 3 } else { 0 };
        assert_eq!(work.commit().expect("nothing else waits").chunks().len(), 0);
        assert_eq!(faulty.hits(), now);
        work.resend_unknown().expect("it is small");
        work.commit().expect("all is well");
        assert_eq!(faulty.hits(), now + 3, "the caller said so");
        assert_eq!(work.unknown_counters().count(), 0);
    }
}

#[test]
fn what_a_server_refuses_stays_with_the_reason() {
    let faulty = Faulty::new();
    let mut work = filled(&faulty);
    let system = SystemManager::connect(faulty.server.addresses()).expect("it serves");
    system.drop_column_family("Fleet", "Planes").expect("dropped");
    let failed = work.commit().expect_err("there is no such column family");
    let outcomes = outcomes(&failed);
    assert!(matches!(outcomes[0], Outcome::Rejected(_)), "{failed}");
    assert_eq!(outcomes.len(), 4);
    assert!(failed.to_string().starts_with("0 of 4 chunks acknowledged; a chunk of 1 row (keyspace Fleet, column family Planes, row key \"N1\") was rejected: "), "{failed}");
    assert!(failed.to_string().ends_with("; 3 not sent"), "{failed}");
    assert_eq!(work.len(), 7, "all of it stays");
    work.discard();
}

#[test]
fn a_row_that_fits_no_message_is_named_and_nothing_is_sent() {
    let faulty = Faulty::new();
    let pool = ConnectionPool::builder("Fleet").servers(faulty.server.addresses()).max_frame(20_000);
    let pool = pool.build().expect("connects");
    for atomic in [false, true] {
        let mut work = pool.unit_of_work().atomic(atomic);
        work.insert(&plane("N1", None)).expect("it fits");
        work.insert(&Plane { model: "x".repeat(30_000), ..plane("N2", None) }).expect("it is gathered");
        let refused = work.commit().expect_err("it is too large");
        let Error::TooLarge { at, length, limit } = &refused else { panic!("{refused}") };
        assert!(*length > 30_000 && *limit == 20_000, "{refused}");
        assert_eq!(at.row_key.as_deref(), if atomic { None } else { Some("\"N2\"") });
        assert_eq!(faulty.stored("N1"), None);
        work.remove_key::<Plane>("N2").expect("it fits");
        work.commit().expect("the rest goes");
        assert_eq!(faulty.stored("N1"), Some(plane("N1", None)));
        pool.map::<Plane>().expect("a mapper").remove_key("N1").expect("removed");
    }
}

#[test]
fn versions_are_saved_alone_and_conflicts_end_the_commit() {
    let faulty = Faulty::new();
    let mut ann = Account { owner: "ann".into(), version: 0, balance: 10 };
    let mut work = faulty.pool.unit_of_work();
    work.save_version(&mut ann).expect("it fits");
    work.insert(&plane("N1", None)).expect("it fits");
    assert_eq!(work.commit().expect("all is well").chunks().len(), 2);
    assert_eq!((ann.version, faulty.account()), (1, ann.clone()));

    // somebody else is faster
    let mut other = faulty.account();
    other.balance = 20;
    faulty.pool.map::<Account>().expect("a mapper").save(&mut other).expect("saved");
    ann.balance = 5;
    work.save_version(&mut ann).expect("it fits");
    work.insert(&plane("N2", None)).expect("it fits");
    let failed = work.commit().expect_err("a conflict");
    match &outcomes(&failed)[..] {
        [Outcome::Rejected(Error::Conflict { expected, current, .. }), Outcome::NotSent(None)] => {
            assert_eq!((&**expected, &**current), ("1", "2"));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(faulty.account(), other);
    assert_eq!(faulty.stored("N2"), None, "nothing else was sent");
    work.discard();
}

#[test]
fn a_version_of_unknown_outcome_is_looked_at_before_it_is_called_a_conflict() {
    let faulty = Faulty::new();
    for (n, fault) in [Fault::time_out(), Fault::time_out().after_work(), Fault::disconnect().after_work()]
        .into_iter()
        .enumerate()
    {
        let mut ann =
            if n == 0 { Account { owner: "ann".into(), version: 0, balance: 0 } } else { faulty.account() };
        ann.balance += 7;
        let mut work = faulty.pool.unit_of_work();
        work.save_version(&mut ann).expect("it fits");
        faulty.server.faults().add(fault.method("cas").times(1));
        let failed = work.commit().expect_err("no answer");
        assert!(matches!(outcomes(&failed)[..], [Outcome::Unknown(_)]), "{failed}");
        work.commit().expect("it is ours, or it is written now");
        assert_eq!(faulty.account(), ann);
    }
}

#[test]
fn a_cluster_that_is_down_is_said_and_nothing_is_lost() {
    let faulty = Faulty::new();
    let mut work = filled(&faulty);
    faulty.server.hosts()[0].kill();
    let failed = work.commit().expect_err("nobody serves");
    assert!(!outcomes(&failed).iter().any(|outcome| outcome.is_acknowledged()));
    faulty.server.hosts()[0].start().expect("it serves again");
    work.commit().expect("all is well");
    assert_eq!(faulty.stored("N3"), Some(plane("N3", None)));
    assert_eq!(faulty.hits(), 5);
}

#[test]
fn where_too_few_replicas_are_up_for_one_row_of_several_the_others_may_be_written() {
    let faulty = Faulty::new();
    for (rows, is_known) in [(1, true), (2, false)] {
        let mut work = faulty.pool.unit_of_work();
        (0..rows).for_each(|n| work.insert(&plane(&format!("N{n}"), None)).expect("it fits"));
        let fault = faulty.server.faults().add(Fault::unavailable().method("batch_mutate").times(1));
        let failed = work.commit().expect_err("too few replicas");
        assert_eq!(matches!(outcomes(&failed)[..], [Outcome::NotSent(Some(_))]), is_known, "{failed}");
        assert_eq!(matches!(outcomes(&failed)[..], [Outcome::Unknown(_)]), !is_known, "{failed}");
        fault.remove();
        work.commit().expect("all is well");

        (0..rows).for_each(|n| work.add::<Hits>(format!("page {n}"), "hits", 1).expect("it fits"));
        faulty.server.faults().add(Fault::unavailable().method("batch_mutate").times(1));
        let failed = work.commit().expect_err("too few replicas");
        assert_eq!(matches!(outcomes(&failed)[..], [Outcome::NotSent(Some(_))]), is_known, "{failed}");
        assert_eq!(work.unknown_counters().count(), if is_known { 0 } else { 2 });
        assert_eq!(work.is_dirty(), is_known);
        work.discard();
    }
    // an atomic batch is checked as a whole
    let mut work = faulty.pool.unit_of_work().atomic(true);
    (0..2).for_each(|n| work.insert(&plane(&format!("N{n}"), None)).expect("it fits"));
    faulty.server.faults().add(Fault::unavailable().method("atomic_batch_mutate").times(1));
    let failed = work.commit().expect_err("too few replicas");
    assert!(matches!(outcomes(&failed)[..], [Outcome::NotSent(Some(_))]), "{failed}");
    work.commit().expect("all is well");
}

#[test]
fn an_earlier_attempt_of_the_pool_may_have_written_whatever_the_last_one_came_to() {
    let faulty = Faulty::new();
    let pool = ConnectionPool::builder("Fleet").servers(faulty.server.addresses()).max_retries(3);
    let pool = pool.build().expect("connects");
    let mut work = pool.unit_of_work();
    work.insert(&plane("N1", None)).expect("it fits");
    // the first attempt takes effect, and the next ones do not
    faulty.server.faults().add(Fault::time_out().after_work().method("batch_mutate").times(1));
    let fault = faulty.server.faults().add(Fault::unavailable().method("batch_mutate"));
    let failed = work.commit().expect_err("too few replicas");
    assert!(matches!(outcomes(&failed)[..], [Outcome::Unknown(_)]), "{failed}");
    assert_eq!(faulty.stored("N1"), Some(plane("N1", None)));
    fault.remove();
    work.commit().expect("all is well");

    // a refusal of the second attempt says nothing of the first
    let planes = cassa::ColumnFamily::open(&pool, "Planes").expect("it is there").autopack_values(false);
    work.column_family(&planes).expect("ours").insert("N2", [("year", "no number")]).expect("as it stands");
    faulty.server.faults().add(Fault::time_out().method("batch_mutate").times(1));
    let failed = work.commit().expect_err("it fits no number");
    assert!(matches!(outcomes(&failed)[..], [Outcome::Unknown(Error::InvalidRequest { .. })]), "{failed}");
    let failed = work.commit().expect_err("it fits no number");
    assert!(matches!(outcomes(&failed)[..], [Outcome::Rejected(Error::InvalidRequest { .. })]), "{failed}");
    work.discard();
}

#[test]
fn a_version_that_others_have_left_behind_may_have_been_written_before() {
    let faulty = Faulty::new();
    let mut ann = Account { owner: "ann".into(), version: 0, balance: 10 };
    let mut work = faulty.pool.unit_of_work();
    work.save_version(&mut ann).expect("it fits");
    faulty.server.faults().add(Fault::time_out().after_work().method("cas").times(1));
    work.commit().expect_err("no answer");
    let mut other = faulty.account();
    other.balance = 20;
    faulty.pool.map::<Account>().expect("a mapper").save(&mut other).expect("saved over ours");
    let failed = work.commit().expect_err("a conflict, and nobody knows with what");
    assert!(matches!(outcomes(&failed)[..], [Outcome::Unknown(Error::Conflict { .. })]), "{failed}");
    work.discard();
}
