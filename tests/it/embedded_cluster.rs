//! Several addresses on one store: the cluster that clients see, and hosts that fail alone.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use cassa::wire::{ConsistencyLevel, methods};
use cassa::{ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};

use super::raw::{Client, all, column, keyspace_definition};

fn cluster(hosts: usize) -> EmbeddedServer {
    EmbeddedServer::builder().cluster(hosts).start().expect("a cluster")
}

fn at(server: &EmbeddedServer, host: usize) -> Client {
    Client::connect(server.addresses()[host])
}

#[test]
fn the_ring_shows_each_host_with_its_token_and_its_part() {
    let server = cluster(3);
    let mut client = at(&server, 0).with_keyspace("One", &[]);
    let mut ks_def = keyspace_definition("Two");
    ks_def.strategy_options = Some(vec![("replication_factor".to_owned(), "2".to_owned())]);
    client.call(&methods::SystemAddKeyspace { ks_def }).expect("a keyspace");

    let hosts = ["127.0.0.1", "127.0.0.2", "127.0.0.3"];
    // each host tells the same
    for host in 0..3 {
        let mut client = at(&server, host);
        let tokens = client.call(&methods::DescribeTokenMap {}).expect("tokens");
        assert_eq!(tokens.iter().map(|(_, host)| host.as_str()).collect::<Vec<_>>(), hosts);
        let distinct: BTreeSet<i128> =
            tokens.iter().map(|(token, _)| token.parse().expect("a number")).collect();
        assert_eq!(distinct.len(), 3);

        for (keyspace, copies) in [("One", 1), ("Two", 2)] {
            let ring = client.call(&methods::DescribeRing { keyspace: keyspace.to_owned() }).expect("a ring");
            assert_eq!(ring.len(), 3);
            for (index, range) in ring.iter().enumerate() {
                assert_eq!(range.start_token, tokens[(index + 2) % 3].0);
                assert_eq!(range.end_token, tokens[index].0);
                let replicas: Vec<&str> = (0..copies).map(|step| hosts[(index + step) % 3]).collect();
                assert_eq!(range.endpoints, replicas);
                assert_eq!(range.rpc_endpoints.as_ref(), Some(&range.endpoints));
                let details = range.endpoint_details.as_ref().expect("details");
                let named: Vec<&str> = details.iter().filter_map(|one| one.host.as_deref()).collect();
                assert_eq!(named, replicas);
            }
            let local = client.call(&methods::DescribeLocalRing { keyspace: keyspace.to_owned() });
            assert_eq!(local.as_ref(), Ok(&ring));
        }
        let versions = client.call(&methods::DescribeSchemaVersions {}).expect("versions");
        let [(_, agreeing)] = &versions[..] else { panic!("one version: {versions:?}") };
        assert_eq!(agreeing, &hosts);
    }
}

#[test]
fn a_host_at_all_addresses_is_named_as_its_client_reached_it() {
    let server = EmbeddedServer::builder().listen("0.0.0.0:0").start().expect("a server");
    for ip in ["127.0.0.1", "127.0.0.5"] {
        let address =
            std::net::SocketAddr::new(ip.parse().expect("an address"), server.addresses()[0].port());
        let mut client = Client::connect(address);
        let tokens = client.call(&methods::DescribeTokenMap {}).expect("tokens");
        assert_eq!(tokens[0].1, ip);
        let versions = client.call(&methods::DescribeSchemaVersions {}).expect("versions");
        assert_eq!(versions[0].1, [ip]);
    }
}

#[test]
fn a_host_that_is_down_is_unreachable_and_stays_on_the_ring() {
    let server = cluster(3);
    server.hosts()[1].stop();
    let mut client = at(&server, 0).with_keyspace("K", &[]);
    let mut versions = client.call(&methods::DescribeSchemaVersions {}).expect("versions");
    let down = versions.iter().position(|(version, _)| version == "UNREACHABLE").expect("one is down");
    assert_eq!(versions.remove(down).1, ["127.0.0.2"]);
    assert_eq!(versions[0].1, ["127.0.0.1", "127.0.0.3"]);
    assert_eq!(client.call(&methods::DescribeRing { keyspace: "K".to_owned() }).expect("a ring").len(), 3);
}

#[test]
fn levels_are_met_by_as_many_hosts_as_there_are() {
    let server = cluster(3);
    let mut client = at(&server, 0);
    let mut ks_def = keyspace_definition("K");
    ks_def.strategy_options = Some(vec![("replication_factor".to_owned(), "3".to_owned())]);
    client.call(&methods::SystemAddKeyspace { ks_def }).expect("a keyspace");
    let mut client = client.use_keyspace("K");
    let cf_def = cassa::wire::CfDef { keyspace: "K".to_owned(), name: "S".to_owned(), ..Default::default() };
    client.call(&methods::SystemAddColumnFamily { cf_def }).expect("a column family");
    let insert = |consistency_level| methods::Insert {
        key: "k".into(),
        column_parent: cassa::wire::ColumnParent { column_family: "S".to_owned(), super_column: None },
        column: column("name", "value", 1),
        consistency_level,
    };
    for level in [ConsistencyLevel::Quorum, ConsistencyLevel::All, ConsistencyLevel::Three] {
        assert_eq!(client.call(&insert(level)), Ok(()), "{level:?}");
    }
}

#[test]
fn hosts_stop_and_start_alone() {
    let server = cluster(2);
    let mut first = at(&server, 0).with_keyspace("K", &[("S", "UTF8Type")]);
    for kill in [false, true] {
        let mut second = at(&server, 1).use_keyspace("K");
        let host = &server.hosts()[1];
        assert_eq!(host.connections(), 1);
        if kill {
            host.kill()
        } else {
            host.stop()
        }
        assert!(!host.is_up());
        assert_eq!(host.connections(), 0);
        assert_eq!(second.receive(), None);
        assert!(std::net::TcpStream::connect(host.address()).is_err());
        first.insert("S", "k", column("name", "value", 1));

        host.start().expect("the address is free");
        host.start().expect("it is up already");
        assert!(host.is_up());
        let mut second = at(&server, 1).use_keyspace("K");
        assert_eq!(second.get_slice("S", "k", all()), [column("name", "value", 1)]);
    }
}

#[test]
fn a_slow_host_holds_up_its_own_clients_only() {
    let server = cluster(2);
    let delay = Duration::from_millis(80);
    server.hosts()[1].slow(delay);
    let begin = Instant::now();
    assert!(at(&server, 1).try_version().is_some());
    assert!(begin.elapsed() >= delay);
    // an hour at the one is nothing to the other
    server.hosts()[1].slow(Duration::from_secs(3600));
    let mut held = at(&server, 1);
    held.send_version();
    assert!(at(&server, 0).try_version().is_some());
    assert!(held.is_open());
    // nor does it hold up the end
    server.hosts()[1].stop();
    assert_eq!(held.receive(), None);
    server.hosts()[1].slow(Duration::ZERO);
    server.hosts()[1].start().expect("it serves again");
    assert!(at(&server, 1).try_version().is_some());
}

#[test]
fn a_paused_host_accepts_and_does_not_answer() {
    let server = cluster(2);
    let host = &server.hosts()[0];
    host.pause();
    let mut client = at(&server, 0);
    client.send_version();
    assert!(at(&server, 1).try_version().is_some());
    thread::sleep(Duration::from_millis(50));
    assert!(client.is_open());
    host.resume();
    assert!(client.receive().is_some());
    // it does not hold up the end
    host.pause();
    client.send_version();
    host.stop();
    assert_eq!(client.receive(), None);
}

#[test]
fn a_pool_does_not_notice_that_a_host_is_killed() {
    let server = cluster(3);
    let system = SystemManager::connect(server.addresses()).expect("connects");
    system.create_keyspace("K", SimpleStrategy(3)).expect("a keyspace");
    system.create_column_family("K", "S").expect("a column family");
    let pool = ConnectionPool::new("K", server.addresses()).expect("a pool");
    let cf = cassa::ColumnFamily::open(&pool, "S").expect("opened");
    for (round, host) in server.hosts().iter().enumerate() {
        host.kill();
        for i in 0..10 {
            cf.insert(format!("{round}-{i}"), [("name", "value")]).expect("the others serve");
        }
        host.start().expect("it starts again");
    }
    assert_eq!(cf.get_range().count(), 30);
}

#[test]
fn hosts_that_outlive_their_server_say_so() {
    let server = cluster(2);
    let host = server.hosts()[0].clone();
    let faults = server.faults().clone();
    server.stop();
    assert!(!host.is_up());
    let error = host.start().expect_err("there is no server").to_string();
    assert!(error.contains(&host.address().to_string()), "{error}");
    host.stop();
    host.kill();
    host.slow(Duration::from_secs(1));
    faults.clear();
}
