//! The system manager against servers that fail, disagree and go away.

use std::time::{Duration, Instant};

use cassa::wire::methods::{
    DescribeKeyspace, DescribeSchemaVersions, DescribeSplits, DescribeVersion, SetKeyspace,
    SystemAddKeyspace, SystemUpdateColumnFamily, SystemUpdateKeyspace,
};
use cassa::wire::{CfDef, Exception, KsDef, MessageHeader};
use cassa::{ConnectionOptions, Error, SimpleStrategy, SystemManager};

use crate::scripted::{Answer, ScriptedServer, frame, refusing};

/// Answers the calls of these tests as a server that works, whose nodes have these versions of the schema.
fn well(header: &MessageHeader<'_>, versions: &[(&str, &[&str])]) -> Answer {
    Answer::Frame(match header.method {
        "describe_version" => frame::<DescribeVersion>(header, Ok("19.39.0".to_owned())),
        "system_add_keyspace" => frame::<SystemAddKeyspace>(header, Ok("v2".to_owned())),
        "describe_schema_versions" => {
            let hosts = |hosts: &[&str]| hosts.iter().map(|host| host.to_string()).collect();
            let versions = versions.iter().map(|(version, at)| (version.to_string(), hosts(at))).collect();
            frame::<DescribeSchemaVersions>(header, Ok(versions))
        }
        other => panic!("no answer to {other}"),
    })
}

const AGREED: &[(&str, &[&str])] = &[("v2", &["10.0.0.1", "10.0.0.2"])];

#[test]
fn is_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<SystemManager>();
}

#[test]
fn servers_are_tried_in_order() {
    let (dead, alive) = (refusing(), ScriptedServer::start(|header, _| well(header, AGREED)));
    let system = SystemManager::connect([dead, alive.address()]).expect("one answers");
    assert_eq!(system.describe_version().expect("a version"), "19.39.0");
}

#[test]
fn where_none_answers_each_is_named_with_its_cause() {
    let servers = [refusing(), refusing()];
    let e = SystemManager::connect(servers).expect_err("all refuse");
    let Error::AllServersUnavailable(failures) = &e else { panic!("{e:?}") };
    assert_eq!(failures.len(), 2);
    for (server, failure) in servers.iter().zip(failures) {
        assert_eq!(*failure.server, *server.to_string());
        assert!(matches!(failure.cause, Error::Connect { .. }), "{failure:?}");
    }
    let text = e.to_string();
    assert!(servers.iter().all(|server| text.contains(&server.to_string())), "{text}");
    assert!(text.contains("refused"), "{text}");

    let e = SystemManager::connect([""; 0]).expect_err("no server");
    assert_eq!(e.to_string(), "servers: expected at least one, got none");
}

#[test]
fn a_server_that_never_answers_is_left_within_the_timeout() {
    let silent = ScriptedServer::start(|_, _| Answer::Silence);
    let options = ConnectionOptions::default().timeout(Duration::from_millis(100));
    let system = SystemManager::connect_with([silent.address()], options).expect("it accepts");
    let started = Instant::now();
    let e = system.describe_version().expect_err("no answer");
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(
        e.to_string(),
        format!("no answer from {} to describe_version within 100ms", silent.address())
    );
    assert_eq!(silent.count("describe_version"), 1, "another try would wait as long again");
}

#[test]
fn a_read_is_made_again_over_a_new_connection() {
    let server = ScriptedServer::start(|header, before| match before {
        0 => Answer::Close,
        _ => well(header, AGREED),
    });
    let system = SystemManager::connect([server.address()]).expect("connects");
    assert_eq!(system.describe_version().expect("the second time"), "19.39.0");
    assert_eq!(server.count("describe_version"), 2);
}

#[test]
fn a_read_is_made_again_only_once() {
    let server = ScriptedServer::start(|_, _| Answer::Close);
    let system = SystemManager::connect([server.address()]).expect("connects");
    let e = system.describe_version().expect_err("closed twice");
    assert!(matches!(e, Error::Io { .. }), "{e:?}");
    assert_eq!(server.count("describe_version"), 2);
}

#[test]
fn the_server_that_was_lost_is_tried_last() {
    let lost = ScriptedServer::start(|_, _| Answer::Close);
    let other = ScriptedServer::start(|header, _| well(header, AGREED));
    let system = SystemManager::connect([lost.address(), other.address()]).expect("connects");
    assert_eq!(system.describe_version().expect("of the other"), "19.39.0");
    assert_eq!((lost.count("describe_version"), other.count("describe_version")), (1, 1));
}

#[test]
fn a_change_of_the_schema_is_sent_once() {
    let server = ScriptedServer::start(|header, before| match (header.method, before) {
        ("system_add_keyspace", 0) => Answer::Close,
        _ => well(header, AGREED),
    });
    let system = SystemManager::connect([server.address()]).expect("connects");
    let e = system.create_keyspace("K", SimpleStrategy(1)).expect_err("the connection broke");
    assert!(matches!(e, Error::Io { method: "system_add_keyspace", .. }), "{e:?}");
    assert_eq!(server.count("system_add_keyspace"), 1);
    assert_eq!(system.describe_version().expect("a new connection"), "19.39.0");
}

#[test]
fn a_change_goes_over_a_new_connection_where_the_idle_one_was_closed() {
    let server = ScriptedServer::start(|header, _| match (header.method, well(header, AGREED)) {
        ("describe_version", Answer::Frame(frame)) => Answer::FrameAndClose(frame),
        (_, answer) => answer,
    });
    let system = SystemManager::connect([server.address()]).expect("connects");
    system.describe_version().expect("a version");
    server.wait_until_closed(1);
    system.create_keyspace("K", SimpleStrategy(1)).expect("nothing was lost");
    assert_eq!(server.count("system_add_keyspace"), 1);
}

#[test]
fn a_change_waits_until_the_nodes_agree() {
    let server = ScriptedServer::start(|header, before| match (header.method, before) {
        ("describe_schema_versions", 0..3) => well(header, &[("v1", &["10.0.0.2"]), ("v2", &["10.0.0.1"])]),
        _ => well(header, AGREED),
    });
    let system = SystemManager::connect([server.address()]).expect("connects");
    system.create_keyspace("K", SimpleStrategy(1)).expect("created");
    assert_eq!(server.count("describe_schema_versions"), 4);
}

#[test]
fn nodes_that_are_down_are_not_waited_for() {
    let server = ScriptedServer::start(|header, _| {
        well(header, &[("v2", &["10.0.0.1"]), ("UNREACHABLE", &["10.0.0.2", "10.0.0.3"])])
    });
    let system = SystemManager::connect([server.address()]).expect("connects");
    system.create_keyspace("K", SimpleStrategy(1)).expect("created");
    assert_eq!(server.count("describe_schema_versions"), 1);
    assert_eq!(system.describe_schema_versions().expect("versions")["UNREACHABLE"].len(), 2);
}

#[test]
fn nodes_that_disagree_are_named() {
    let server = ScriptedServer::start(|header, _| {
        well(
            header,
            &[("v2", &["10.0.0.1", "10.0.0.3"]), ("UNREACHABLE", &["10.0.0.4"]), ("v1", &["10.0.0.2"])],
        )
    });
    let system = SystemManager::connect([server.address()])
        .expect("connects")
        .agreement_timeout(Duration::from_millis(60));
    let e = system.create_keyspace("K", SimpleStrategy(1)).expect_err("they never agree");
    assert!(server.count("describe_schema_versions") > 1);
    assert_eq!(
        e.to_string(),
        format!(
            "system_add_keyspace on {}, keyspace K: the nodes of the cluster do not agree on the schema: \
             10.0.0.1, 10.0.0.3 at v2; 10.0.0.2 at v1",
            server.address()
        )
    );
}

#[test]
fn nodes_that_refuse_a_change_because_they_disagree_are_named() {
    let server = ScriptedServer::start(|header, _| match header.method {
        "system_add_keyspace" => {
            Answer::Frame(frame::<SystemAddKeyspace>(header, Err(Exception::SchemaDisagreement)))
        }
        _ => well(header, &[("v2", &["10.0.0.1"]), ("v1", &["10.0.0.2"])]),
    });
    let system = SystemManager::connect([server.address()]).expect("connects");
    let e = system.create_keyspace("K", SimpleStrategy(1)).expect_err("refused");
    assert_eq!(
        e.to_string(),
        format!(
            "system_add_keyspace on {}, keyspace K: the nodes of the cluster do not agree on the schema: \
             10.0.0.1 at v2; 10.0.0.2 at v1",
            server.address()
        )
    );
    assert_eq!(server.count("system_add_keyspace"), 1, "it is not for the library to try again");
}

/// A keyspace `K` with a column family `F`, as an old server describes it: what it does not know is not said.
fn old_keyspace() -> KsDef {
    let cf_def = CfDef {
        keyspace: "K".to_owned(),
        name: "F".to_owned(),
        comparator_type: Some("org.apache.cassandra.db.marshal.UTF8Type".to_owned()),
        row_cache_size: Some(10.0),
        row_cache_provider: Some("org.apache.cassandra.cache.ConcurrentLinkedHashCacheProvider".to_owned()),
        id: Some(1000),
        ..CfDef::default()
    };
    KsDef {
        name: "K".to_owned(),
        strategy_class: "org.apache.cassandra.locator.SimpleStrategy".to_owned(),
        strategy_options: Some(vec![("replication_factor".to_owned(), "1".to_owned())]),
        cf_defs: vec![cf_def],
        ..KsDef::default()
    }
}

/// Answers as an old server that has the keyspace `K`; the first of each of these methods breaks the connection.
fn old(header: &MessageHeader<'_>, before: usize, breaking: &[&str]) -> Answer {
    if before == 0 && breaking.contains(&header.method) {
        return Answer::Close;
    }
    Answer::Frame(match header.method {
        "describe_keyspace" => frame::<DescribeKeyspace>(header, Ok(old_keyspace())),
        "set_keyspace" => frame::<SetKeyspace>(header, Ok(())),
        "system_update_column_family" => frame::<SystemUpdateColumnFamily>(header, Ok("v2".to_owned())),
        "system_update_keyspace" => frame::<SystemUpdateKeyspace>(header, Ok("v2".to_owned())),
        "describe_splits" => frame::<DescribeSplits>(header, Ok(vec!["1".to_owned(), "5".to_owned()])),
        _ => return well(header, AGREED),
    })
}

#[test]
fn an_alteration_is_sent_once_though_reading_before_it_is_done_again() {
    let methods = ["describe_keyspace", "system_update_column_family", "system_update_keyspace"];
    let server = ScriptedServer::start(move |header, before| old(header, before, &methods));
    let system = SystemManager::connect([server.address()]).expect("connects");
    let e = system.alter_column_family("K", "F", |family| family.comment("x")).expect_err("it broke");
    assert!(matches!(e, Error::Io { method: "system_update_column_family", .. }), "{e:?}");
    assert_eq!(server.count("describe_keyspace"), 2);
    assert_eq!(server.count("system_update_column_family"), 1);
    let e = system.alter_keyspace("K", |keyspace| keyspace.durable_writes(false)).expect_err("it broke");
    assert!(matches!(e, Error::Io { method: "system_update_keyspace", .. }), "{e:?}");
    assert_eq!(server.count("system_update_keyspace"), 1);
    system.alter_column_family("K", "F", |family| family.comment("x")).expect("over a new connection");
}

#[test]
fn an_old_server_is_sent_what_it_has_said_and_nothing_that_it_does_not_know() {
    let server = ScriptedServer::start(|header, before| old(header, before, &[]));
    let system = SystemManager::connect([server.address()]).expect("connects");
    system.alter_column_family("K", "F", |family| family.comment("x")).expect("altered");
    let mut expected = old_keyspace().cf_defs.remove(0);
    assert_eq!(expected.id, Some(1000), "by which such a server knows it");
    expected.comment = Some("x".to_owned());
    // what stands for no columns of their own
    expected.column_metadata = Some(Vec::new());
    assert_eq!(server.last::<SystemUpdateColumnFamily>().cf_def, expected);

    system.alter_keyspace("K", |keyspace| keyspace.strategy(SimpleStrategy(3))).expect("altered");
    let three = Some(vec![("replication_factor".to_owned(), "3".to_owned())]);
    let expected = KsDef { strategy_options: three, cf_defs: Vec::new(), ..old_keyspace() };
    let sent = server.last::<SystemUpdateKeyspace>().ks_def;
    assert_eq!(KsDef { durable_writes: None, ..sent }, expected);
}

#[test]
fn splits_are_asked_for_in_their_keyspace_also_over_a_new_connection() {
    let server = ScriptedServer::start(|header, before| old(header, before, &["describe_splits"]));
    let system = SystemManager::connect([server.address()]).expect("connects");
    assert_eq!(system.describe_splits("K", "F", "1", "5", 100).expect("splits"), ["1", "5"]);
    assert_eq!((server.count("set_keyspace"), server.count("describe_splits")), (2, 2));
}
