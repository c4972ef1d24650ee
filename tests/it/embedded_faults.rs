//! Each fault, as it is seen on the wire.

use std::time::{Duration, Instant};

use cassa::wire::{
    ApplicationErrorKind, ConsistencyLevel, Exception, TimedOutException, encode_call, methods, split_message,
};
use cassa::{EmbeddedServer, Fault};

use super::raw::{Client, all, bytes, column, written};

struct Fixture {
    server: EmbeddedServer,
    client: Client,
}

impl Fixture {
    fn new() -> Fixture {
        let server = EmbeddedServer::start().expect("a server");
        let client = Client::of(&server).with_keyspace("K", &[("S", "UTF8Type")]);
        Fixture { server, client }
    }

    /// Meets a fault once, at an insert of this name.
    fn meet(&mut self, fault: Fault, name: &str) -> Result<(), Exception> {
        let fault = self.server.faults().add(fault.method("insert").times(1));
        let met = self.client.try_insert("S", "row", column(name, "value", 1));
        assert_eq!(fault.hits(), 1);
        met
    }

    /// Meets a fault that is no answer; gives what comes of it.
    fn meet_bytes(&mut self, fault: Fault, name: &str) -> Option<Vec<u8>> {
        self.server.faults().add(fault.method("insert").times(1));
        self.send_insert(name);
        self.client.receive()
    }

    fn send_insert(&mut self, name: &str) {
        let mut frame = Vec::new();
        let column_parent = cassa::wire::ColumnParent { column_family: "S".to_owned(), super_column: None };
        let (key, column) = (bytes("row"), column(name, "value", 1));
        let consistency_level = ConsistencyLevel::One;
        encode_call(&methods::Insert { key, column_parent, column, consistency_level }, 1, &mut frame);
        self.client.send(&frame);
    }

    /// The names of the columns that are stored, seen on a connection of its own.
    fn stored(&self) -> Vec<String> {
        let columns = Client::of(&self.server).use_keyspace("K").get_slice("S", "row", all());
        columns.into_iter().map(|column| String::from_utf8_lossy(&column.name).into_owned()).collect()
    }
}

#[test]
fn a_time_out_has_its_fields_and_comes_before_or_after_the_write() {
    let mut fixture = Fixture::new();
    let met = fixture.meet(Fault::time_out(), "before");
    assert_eq!(met, Err(Exception::TimedOut(TimedOutException::default())));
    assert_eq!(fixture.stored(), [""; 0]);

    let fault = Fault::time_out().acknowledged_by(2).acknowledged_by_batchlog(true).paxos_in_progress(false);
    let fields = TimedOutException {
        acknowledged_by: Some(2),
        acknowledged_by_batchlog: Some(true),
        paxos_in_progress: Some(false),
    };
    assert_eq!(fixture.meet(fault.after_work(), "after"), Err(Exception::TimedOut(fields)));
    assert_eq!(fixture.stored(), ["after"]);
}

#[test]
fn a_batch_times_out_in_the_batch_log() {
    let mut fixture = Fixture::new();
    let fault = Fault::time_out().acknowledged_by_batchlog(false).method("atomic_batch_mutate");
    fixture.server.faults().add(fault);
    let mutation_map =
        vec![(bytes("row"), vec![("S".to_owned(), vec![written(column("name", "value", 1))])])];
    let consistency_level = ConsistencyLevel::One;
    let logged = methods::AtomicBatchMutate { mutation_map: mutation_map.clone(), consistency_level };
    let fields = TimedOutException { acknowledged_by_batchlog: Some(false), ..Default::default() };
    assert_eq!(fixture.client.call(&logged), Err(Exception::TimedOut(fields)));
    let plain = methods::BatchMutate { mutation_map, consistency_level };
    assert_eq!(fixture.client.call(&plain), Ok(()));
}

#[test]
fn unavailable_is_answered_without_the_write() {
    let mut fixture = Fixture::new();
    assert_eq!(fixture.meet(Fault::unavailable(), "before"), Err(Exception::Unavailable));
    assert_eq!(fixture.stored(), [""; 0]);
    assert_eq!(fixture.client.try_insert("S", "row", column("then", "value", 1)), Ok(()));
}

#[test]
fn a_method_that_does_not_declare_an_exception_answers_thrifts_own() {
    let mut fixture = Fixture::new();
    fixture.server.faults().add(Fault::unavailable().method("describe_version"));
    let met = fixture.client.call(&methods::DescribeVersion {});
    assert!(matches!(met, Err(Exception::Application(ApplicationErrorKind::InternalError, _))), "{met:?}");
}

#[test]
fn a_delay_comes_before_or_after_the_work() {
    let mut fixture = Fixture::new();
    let delay = Duration::from_millis(60);
    let begin = Instant::now();
    assert_eq!(fixture.meet(Fault::delay(delay), "before"), Ok(()));
    assert!(begin.elapsed() >= delay);
    // with the answer held back, the write is seen by others
    fixture.server.faults().add(Fault::delay(Duration::from_secs(3600)).after_work().method("insert"));
    fixture.send_insert("later");
    let begin = Instant::now();
    while fixture.stored() != ["before", "later"] {
        assert!(begin.elapsed() < Duration::from_secs(10));
    }
    // and an hour's delay does not hold up the end
    let begin = Instant::now();
    fixture.server.stop();
    assert!(begin.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_connection_is_dropped_before_or_after_the_write() {
    for (fault, stored) in [(Fault::disconnect(), &[][..]), (Fault::disconnect().after_work(), &["name"])] {
        let mut fixture = Fixture::new();
        assert_eq!(fixture.meet_bytes(fault, "name"), None);
        assert_eq!(fixture.stored(), stored);
    }
}

#[test]
fn a_cut_frame_announces_more_than_comes() {
    for (fault, stored) in [(Fault::cut_frame(), &[][..]), (Fault::cut_frame().after_work(), &["name"])] {
        let mut fixture = Fixture::new();
        fixture.server.faults().add(fault.method("insert").times(1));
        fixture.send_insert("name");
        let half = fixture.client.receive_to_the_end();
        let announced = u32::from_be_bytes(half[..4].try_into().expect("four bytes")) as usize;
        assert!(half.len() > 4 && half.len() < 4 + announced, "{half:?}");
        assert_eq!(fixture.stored(), stored);
    }
}

#[test]
fn a_garbage_frame_is_whole_and_no_message() {
    let mut fixture = Fixture::new();
    let garbage = fixture.meet_bytes(Fault::garbage_frame().after_work(), "name").expect("a frame");
    split_message(&garbage).expect_err("no message");
    assert_eq!(fixture.stored(), ["name"]);
    // a client that does not mind may go on
    assert_eq!(fixture.client.try_insert("S", "row", column("next", "value", 1)), Ok(()));
}

#[test]
fn silence_answers_one_call_not_and_the_next_one() {
    let mut fixture = Fixture::new();
    fixture.server.faults().add(Fault::silence().method("insert").times(1));
    fixture.send_insert("lost");
    assert!(fixture.client.is_open());
    assert_eq!(fixture.client.try_insert("S", "row", column("next", "value", 1)), Ok(()));
    assert_eq!(fixture.stored(), ["next"]);
}

#[test]
fn faults_pick_calls_by_host_method_and_count() {
    let server = EmbeddedServer::builder().cluster(2).start().expect("a server");
    let [first, second] = server.addresses()[..] else { panic!("two hosts") };
    let (mut first, mut second) = (Client::connect(first), Client::connect(second));
    let fault = Fault::disconnect().host(server.hosts()[1].address()).method("describe_version");
    let fault = server.faults().add(fault.skip(2).times(1));
    assert_eq!(first.try_version().as_deref(), Some("19.39.0"));
    assert_eq!(second.try_version().as_deref(), Some("19.39.0"));
    assert_eq!(second.try_version().as_deref(), Some("19.39.0"));
    assert_eq!(second.try_version(), None);
    assert_eq!(first.try_version().as_deref(), Some("19.39.0"));
    assert_eq!(Client::connect(server.addresses()[1]).try_version().as_deref(), Some("19.39.0"));
    assert_eq!(fault.hits(), 1);
}

#[test]
fn random_faults_come_again_with_their_seed() {
    let met = |seed| {
        let mut fixture = Fixture::new();
        fixture.server.faults().add(Fault::unavailable().method("insert").at_random(0.5, seed));
        let insert = |i| fixture.client.try_insert("S", "row", column(format!("c{i}"), "v", 1)).is_err();
        (0..60).map(insert).collect::<Vec<bool>>()
    };
    let first = met(7);
    assert_eq!(first, met(7));
    assert!(first.contains(&true) && first.contains(&false));
}
