//! What becomes of a batch whose sending fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cassa::wire::{self, ApplicationErrorKind, Exception, methods};
use cassa::{ColumnFamily, ConnectionPool, EmbeddedServer, Error, Fault, SimpleStrategy, SystemManager};

use crate::scripted::{Answer, ScriptedServer, frame};

/// A server of the test's own, as it is told to fail.
fn embedded(
    pool_options: impl FnOnce(cassa::ConnectionPoolBuilder) -> cassa::ConnectionPoolBuilder,
) -> (EmbeddedServer, ColumnFamily) {
    let server = EmbeddedServer::start().expect("a server");
    let system = SystemManager::connect(server.addresses()).expect("connected");
    system.create_keyspace("K", SimpleStrategy(1)).expect("created");
    system.create_column_family("K", "S").expect("created");
    let pool = ConnectionPool::builder("K").servers(server.addresses()).timeout(Duration::from_secs(5));
    let cf = ColumnFamily::open(&pool_options(pool).build().expect("a pool"), "S").expect("opened");
    (server, cf)
}

/// Hector drops the pending work before it sends; pycassa, too.
#[test]
fn what_was_not_acknowledged_is_kept_and_goes_out_with_the_next_call() {
    let (server, cf) = embedded(|pool| pool.max_retries(0));
    let batch = cf.batch().queue_size(None).byte_limit(400);
    let fault = server.faults().add(Fault::unavailable().method("batch_mutate").skip(2).times(1));
    let batch = batch.byte_limit(10_000_000);
    for i in 0..20 {
        batch.insert(format!("k{i:02}"), [("a", "1")]).expect("queued");
    }
    let batch = batch.byte_limit(400);
    let e = batch.send().expect_err("the third message failed");
    assert!(matches!(&e, Error::Unavailable { .. }), "{e}");
    assert_eq!(fault.hits(), 1);
    let written = cf.get_keys().count();
    assert!(written > 0 && written < 20, "two messages were acknowledged: {written}");
    assert_eq!(batch.len(), 20 - written);
    batch.send().expect("sent");
    assert_eq!((batch.len(), cf.get_keys().count()), (0, 20));
}

#[test]
fn a_row_in_parts_goes_on_with_the_part_that_failed() {
    let (server, cf) = embedded(|pool| pool.max_retries(0));
    let batch = cf.batch().queue_size(None).byte_limit(10_000_000);
    for i in 0..50 {
        batch.insert("wide", [(format!("c{i:02}"), "0123456789")]).expect("queued");
    }
    let batch = batch.byte_limit(500);
    server.faults().add(Fault::unavailable().method("batch_mutate").skip(3).times(1));
    batch.send().expect_err("the fourth message failed");
    let written = cf.get_count("wide").expect("counted");
    assert!(written > 0 && written < 50, "{written}");
    // still over the limit, so it sends itself
    batch.insert("wide", [("later", "x")]).expect("sent");
    assert_eq!((batch.len(), cf.get_count("wide").expect("counted")), (0, 51));
}

#[test]
fn a_message_that_was_lost_on_its_way_is_sent_again_without_harm() {
    let (server, cf) = embedded(|pool| pool.max_retries(0));
    server.faults().add(Fault::time_out().after_work().method("batch_mutate").times(1));
    let batch = cf.batch();
    batch.remove_row("k").expect("queued").insert("k", [("a", "1")]).expect("queued");
    let e = batch.send().expect_err("no answer");
    assert!(matches!(e, Error::TimedOut { .. }), "{e}");
    let first = cf.get("k").expect("read").expect("it took effect").column("a").expect("there").timestamp;
    assert_eq!(batch.len(), 2, "nobody acknowledged it");
    batch.send().expect("sent");
    let second = cf.get("k").expect("read").expect("there").column("a").expect("there").timestamp;
    assert_eq!(first, second, "the timestamps are those of the first attempt");
}

#[test]
fn an_operation_that_fills_the_batch_is_kept_when_sending_fails() {
    let (server, cf) = embedded(|pool| pool.max_retries(0));
    server.faults().add(Fault::unavailable().method("batch_mutate").times(1));
    let batch = cf.batch().queue_size(2);
    batch.insert("k1", [("a", "1")]).expect("queued");
    batch.insert("k2", [("a", "1")]).expect_err("not sent");
    assert_eq!(batch.len(), 2);
    batch.insert("k3", [("a", "1")]).expect("sent");
    assert_eq!((batch.len(), cf.get_keys().count()), (0, 3));
}

#[test]
fn a_scope_whose_sending_fails_leaves_the_work_in_the_batch() {
    let (server, cf) = embedded(|pool| pool.max_retries(0));
    server.faults().add(Fault::unavailable().method("batch_mutate").times(1));
    let batch = cf.batch();
    let sent = batch.scope(|batch| batch.insert("k", [("a", "1")]).map(|_| ()));
    assert!(matches!(sent, Err(Error::Unavailable { .. })), "{sent:?}");
    assert_eq!(batch.len(), 1);
    batch.send().expect("sent");
    assert!(cf.get("k").expect("read").is_some());
}

#[test]
fn a_server_that_knows_no_atomic_batch_is_told_apart() {
    let server = ScriptedServer::start(|header, _| {
        Answer::Frame(match header.method {
            "set_keyspace" => frame::<methods::SetKeyspace>(header, Ok(())),
            "describe_keyspace" => {
                let cf_def = wire::CfDef { keyspace: "K".into(), name: "S".into(), ..Default::default() };
                let cf_defs = vec![cf_def];
                let ks_def = wire::KsDef { name: "K".into(), cf_defs, ..Default::default() };
                frame::<methods::DescribeKeyspace>(header, Ok(ks_def))
            }
            "batch_mutate" => frame::<methods::BatchMutate>(header, Ok(())),
            _ => {
                let unknown =
                    Exception::Application(ApplicationErrorKind::UnknownMethod, "Invalid method name".into());
                frame::<methods::AtomicBatchMutate>(header, Err(unknown))
            }
        })
    });
    let pool = ConnectionPool::new("K", [server.address()]).expect("a pool");
    let cf = ColumnFamily::open(&pool, "S").expect("opened");
    let batch = cf.batch().atomic(true);
    batch.insert("k", [("a", "1")]).expect("queued");
    let e = batch.send().expect_err("a server of before 1.2");
    assert!(matches!(e, Error::Unsupported { .. }) && e.to_string().contains("atomic batch"), "{e}");
    assert_eq!(batch.len(), 1);
    let batch = batch.atomic(false);
    batch.send().expect("sent");
}

/// Counts the warnings of this thread.
struct Warnings(Arc<AtomicUsize>);

impl tracing::Subscriber for Warnings {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        *metadata.level() == tracing::Level::WARN && metadata.target().starts_with("cassa::batch")
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, _: &tracing::Event<'_>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

#[test]
fn a_batch_that_is_dropped_unsent_is_discarded_with_a_warning() {
    let (_server, cf) = embedded(|pool| pool);
    let warnings = Arc::new(AtomicUsize::new(0));
    let _guard = tracing::subscriber::set_default(Warnings(warnings.clone()));
    let batch = cf.batch();
    batch.insert("k", [("a", "1")]).expect("queued");
    drop(batch);
    assert_eq!(warnings.load(Ordering::Relaxed), 1);
    assert_eq!(cf.get("k").expect("read"), None);
    let batch = cf.batch();
    batch.insert("k", [("a", "1")]).expect("queued").send().expect("sent");
    drop(batch);
    let _: cassa::Result<()> = cf.batch().scope(|batch| {
        batch.insert("l", [("a", "1")])?;
        Err(Error::NothingToWrite { at: Box::default() })
    });
    assert_eq!(warnings.load(Ordering::Relaxed), 1, "a scope that failed has said so itself");
}
