//! How a pool stands to its hosts: which of them a call goes to, and what becomes of one that failed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cassa::wire::methods::{DescribePartitioner, DescribeRing};
use cassa::wire::{EndpointDetails, TokenRange};
use cassa::{
    Call, ConnectionPool, EmbeddedServer, Error, HostState, LatencyScore, LeastPending, Partitioner,
    SimpleStrategy, SystemManager, TokenAware,
};

use crate::pool_support::{cluster, eventually, host, quick, server, state, version, well, whereabouts};
use crate::scripted::{Answer, ScriptedServer, frame, refusing};

// hosts that fail

#[test]
fn a_silent_host_is_put_aside_and_comes_back_after_a_health_check() {
    let cluster = cluster(2);
    let hosts = cluster.hosts();
    let pool = quick(cluster.addresses()).cool_off(Duration::from_millis(30)).build().expect("a pool");
    let silent = hosts[0].address();
    hosts[0].pause();
    while state(&pool, silent) != HostState::Aside {
        pool.execute(version).expect("the other one answers");
    }
    assert_eq!(host(&pool, silent).checked_in, 0, "its idle connections went with it");
    // checks fail for as long as it is silent
    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(300) {
        assert_eq!(state(&pool, silent), HostState::Aside);
        assert_ne!(pool.execute(whereabouts).expect("the other one answers"), silent.to_string());
    }
    hosts[0].resume();
    eventually("the silent one is back, although nobody called it", || state(&pool, silent) == HostState::Up);
    let used: BTreeSet<String> = (0..4).map(|_| pool.execute(whereabouts).expect("up")).collect();
    assert_eq!(used.len(), 2);
}

#[test]
fn a_connection_that_was_closed_costs_its_host_no_cool_off() {
    let cluster = cluster(2);
    let hosts = cluster.hosts();
    let pool = quick(cluster.addresses())
        .prefill(true)
        .pool_size(6)
        .cool_off(Duration::from_secs(600))
        .build()
        .expect("a pool");
    hosts[0].stop();
    hosts[0].start().expect("its address is free");
    for _ in 0..10 {
        pool.execute(version).expect("nobody notices");
    }
    eventually("both are up", || pool.stats().hosts.iter().all(|host| host.state == HostState::Up));
}

#[test]
fn the_idle_connections_of_a_host_go_at_its_first_break() {
    let cluster = cluster(2);
    let hosts = cluster.hosts();
    let pool = quick(cluster.addresses()).prefill(true).pool_size(6).build().expect("a pool");
    let killed = hosts[0].address();
    assert_eq!(host(&pool, killed).checked_in, 3);
    hosts[0].kill();
    while state(&pool, killed) == HostState::Up {
        pool.execute(version).expect("the other one answers");
    }
    eventually("its connections are gone", || host(&pool, killed).checked_in == 0);
}

#[test]
fn a_broken_connection_that_was_checked_out_by_hand_counts_against_its_host() {
    let one = server(|_, _| Answer::Close);
    let pool = quick([one.address()]).build().expect("a pool");
    version(&mut pool.get().expect("a connection")).expect_err("closed");
    let host = &pool.stats().hosts[0];
    assert_eq!((host.failed, host.checked_in), (1, 0));
    assert_ne!(host.state, HostState::Up);
}

#[test]
fn all_down_is_said_so_and_the_first_call_after_is_served() {
    let cluster = cluster(3);
    let pool = ConnectionPool::new("K", cluster.addresses()).expect("a pool");
    cluster.hosts().iter().for_each(|host| host.stop());
    let start = Instant::now();
    let e = pool.execute(version).expect_err("all are down");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    let Error::AllServersUnavailable(failures) = &e else { panic!("{e:?}") };
    let named: BTreeSet<String> = failures.iter().map(|failure| failure.server.to_string()).collect();
    assert_eq!(named, cluster.addresses().iter().map(ToString::to_string).collect());
    cluster.hosts().iter().for_each(|host| host.start().expect("its address is free"));
    pool.execute(version).expect("up again");
}

#[test]
fn a_cluster_that_is_down_for_a_moment_is_waited_for() {
    let cluster = cluster(1);
    let pool = quick(cluster.addresses()).connect_timeout(Duration::from_secs(20)).max_retries(None);
    let pool = pool.build().expect("a pool");
    cluster.hosts()[0].stop();
    std::thread::scope(|scope| {
        let call = scope.spawn(|| pool.execute(version));
        eventually("the call was refused", || pool.stats().failed > 0);
        cluster.hosts()[0].start().expect("its address is free");
        call.join().expect("no panic").expect("it waited");
    });
}

// balance

#[test]
fn a_host_that_comes_back_gets_its_share_of_the_connections() {
    let cluster = cluster(2);
    let pool = quick(cluster.addresses()).pool_size(4).cool_off(Duration::from_millis(10)).build();
    let pool = pool.expect("a pool");
    cluster.hosts()[0].stop();
    let held: Vec<_> = (0..4).map(|_| pool.get().expect("the other one is up")).collect();
    drop(held);
    assert_eq!(host(&pool, cluster.addresses()[1]).checked_in, 4);
    cluster.hosts()[0].start().expect("its address is free");
    eventually("it takes its half of the calls, and its share of the connections", || {
        let used = (0..4).map(|_| pool.execute(whereabouts).expect("up"));
        let first = cluster.addresses()[0].to_string();
        used.filter(|server| *server == first).count() == 2 && host(&pool, first).checked_in >= 1
    });
    assert_eq!(pool.checked_in(), 4);
    // no connection is made for a call as long as there are idle ones
    let created = pool.stats().created;
    (0..50).for_each(|_| drop(pool.execute(version)));
    assert_eq!(pool.stats().created, created);
}

#[test]
fn more_hosts_than_connections_make_no_call_connect() {
    let servers: Vec<ScriptedServer> = (0..7).map(|_| server(well)).collect();
    let pool = quick(servers.iter().map(ScriptedServer::address)).prefill(true).pool_size(3).build();
    let pool = pool.expect("a pool");
    (0..50).for_each(|_| drop(pool.execute(version).expect("a version")));
    assert_eq!(pool.stats().created, 3);
}

#[test]
fn the_host_with_the_fewest_pending_calls_is_taken() {
    let cluster = cluster(3);
    let pool = quick(cluster.addresses()).pool_size(9).balancing(LeastPending).build().expect("a pool");
    let mut held: Vec<_> = (0..7).map(|_| pool.get().expect("a connection")).collect();
    let mut out: Vec<usize> = pool.stats().hosts.iter().map(|host| host.checked_out).collect();
    out.sort_unstable();
    assert_eq!(out, [2, 2, 3]);
    // all of one host come back: it is the next one, three times
    let first = held[0].server().to_string();
    held.retain(|connection| **connection.server() != *first);
    let next: Vec<_> = (0..2).map(|_| pool.get().expect("a connection")).collect();
    assert!(next.iter().all(|connection| **connection.server() == *first));
}

#[test]
fn a_slow_host_gets_few_calls_under_the_latency_score() {
    let cluster = cluster(3);
    let pool = quick(cluster.addresses()).balancing(LatencyScore).build().expect("a pool");
    let slow = &cluster.hosts()[1];
    slow.slow(Duration::from_millis(40));
    let mut calls: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..60 {
        *calls.entry(pool.execute(whereabouts).expect("up")).or_default() += 1;
    }
    let slow = calls.get(&slow.address().to_string()).copied().unwrap_or(0);
    assert!(slow <= 6, "{calls:?}");
    assert_eq!(calls.len() - usize::from(slow > 0), 2, "{calls:?}");
}

/// Each with the token of the row `foo`.
const TOKENS: [(Partitioner, &str); 3] = [
    (Partitioner::Murmur3, "-2129773440516405919"),
    (Partitioner::Random, "110673303387115207421586718101067225896"),
    (Partitioner::ByteOrdered, "666f6f"),
];

#[test]
fn a_call_goes_to_the_replicas_of_its_row() {
    for (partitioner, token) in TOKENS {
        let cluster =
            EmbeddedServer::builder().cluster(5).partitioner(partitioner).start().expect("a cluster");
        let system = SystemManager::connect(cluster.addresses()).expect("up");
        system.create_keyspace("K", SimpleStrategy(2)).expect("created");
        let ring = system.describe_ring("K").expect("a ring");
        // the first range that ends at the token or beyond it
        let place = |token: &str| match partitioner {
            Partitioner::ByteOrdered => token.as_bytes().to_vec(),
            _ => (token.parse::<i128>().expect("a number") + (1 << 64)).to_be_bytes().to_vec(),
        };
        let mut ranges: Vec<(Vec<u8>, &TokenRange)> =
            ring.iter().map(|range| (place(&range.end_token), range)).collect();
        ranges.sort_by(|one, other| one.0.cmp(&other.0));
        let owner = ranges.iter().find(|(end, _)| *end >= place(token)).unwrap_or(&ranges[0]).1;
        let replicas = owner.rpc_endpoints.as_ref().expect("told").clone();
        assert_eq!(replicas.len(), 2);

        let pool = quick(cluster.addresses())
            .prefill(true)
            .pool_size(10)
            .cool_off(Duration::from_millis(10))
            .balancing(TokenAware(LeastPending))
            .build()
            .expect("a pool");
        let call = Call::idempotent().routing_key(b"foo");
        let reached = || {
            let server = pool.execute_with(call, whereabouts).expect("up");
            server.rsplit_once(':').expect("a port").0.to_owned()
        };
        (0..10).for_each(|_| assert_eq!(reached(), replicas[0], "{partitioner}"));
        // the next replica stands in, and no longer than it must
        let first = cluster.hosts().iter().find(|host| host.address().ip().to_string() == replicas[0]);
        let first = first.expect("a host of the cluster");
        first.stop();
        (0..10).for_each(|_| assert_eq!(reached(), replicas[1], "{partitioner}"));
        first.start().expect("its address is free");
        eventually("the first one is used again", || reached() == replicas[0]);
        // without a row all take their turns
        let all: BTreeSet<String> = (0..10).map(|_| pool.execute(whereabouts).expect("up")).collect();
        assert_eq!(all.len(), 5);
    }
}

// the ring

/// A server that says that the ring is of these hosts, each in a data centre.
fn ring_of(hosts: impl Fn() -> Vec<(String, &'static str)> + Send + Sync + 'static) -> ScriptedServer {
    server(move |header, before| match header.method {
        "describe_ring" => {
            let range = |(i, (server, datacenter)): (usize, (String, &str))| TokenRange {
                start_token: String::new(),
                end_token: i.to_string(),
                rpc_endpoints: Some(vec![server.clone()]),
                endpoint_details: Some(vec![EndpointDetails {
                    host: Some(server.clone()),
                    datacenter: Some(datacenter.to_owned()),
                    rack: None,
                }]),
                endpoints: vec![server],
            };
            Answer::Frame(frame::<DescribeRing>(
                header,
                Ok(hosts().into_iter().enumerate().map(range).collect()),
            ))
        }
        "describe_partitioner" => {
            Answer::Frame(frame::<DescribePartitioner>(header, Ok("Murmur3Partitioner".to_owned())))
        }
        _ => well(header, before),
    })
}

#[test]
fn hosts_of_another_data_centre_are_used_only_while_none_of_the_preferred_one_is_up() {
    let (near, far) = (server(well), server(well));
    let (near_address, far_address) = (near.address(), far.address());
    let seed = ring_of(move || vec![(near_address.to_string(), "here"), (far_address.to_string(), "there")]);
    let options = quick([seed.address()])
        .discover(true)
        .datacenter("here")
        .prefill(true)
        .cool_off(Duration::from_secs(600));
    let pool = options.clone().build().expect("a pool");
    (0..10).for_each(|_| drop(pool.execute(version).expect("a version")));
    assert_eq!((near.count("describe_version"), far.count("describe_version")), (10, 0));
    assert_eq!(host(&pool, near_address).datacenter.as_deref(), Some("here"));

    let gone = refusing();
    let seed = ring_of(move || vec![(gone.to_string(), "here"), (far_address.to_string(), "there")]);
    pool.set_servers([seed.address()]).expect("a server");
    eventually("the other list is taken over", || pool.servers().iter().any(|s| **s == gone.to_string()));
    (0..10).for_each(|_| drop(pool.execute(version).expect("a version")));
    assert_eq!(far.count("describe_version"), 10);
}

#[test]
fn hosts_that_join_and_leave_the_ring_are_followed() {
    let hosts: Vec<ScriptedServer> = (0..3).map(|_| server(well)).collect();
    let addresses: Vec<String> = hosts.iter().map(|host| host.address().to_string()).collect();
    let present = Arc::new(AtomicUsize::new(2));
    let (in_ring, of) = (present.clone(), addresses.clone());
    let seed = ring_of(move || {
        of[in_ring.load(Ordering::Relaxed) - 2..][..2].iter().map(|host| (host.clone(), "here")).collect()
    });
    let pool = quick([seed.address()]).discover(true).prefill(true).refresh_every(Duration::from_millis(20));
    let pool = pool.build().expect("a pool");
    let servers = || pool.servers().iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    assert_eq!(servers(), addresses[..2].iter().cloned().collect());
    let held: Vec<_> = (0..5).map(|_| pool.get().expect("a connection")).collect();
    // the hosts of this ring do not tell it; the seed does, although it is none of them
    present.store(3, Ordering::Relaxed);
    eventually("the ring is followed", || servers() == addresses[1..].iter().cloned().collect());
    drop(held);
    eventually("nothing is left of the host that has gone", || {
        pool.checked_in() == pool.stats().hosts.iter().map(|host| host.checked_in).sum::<usize>()
    });
}

#[test]
fn a_filter_chooses_among_the_hosts_of_the_ring() {
    let cluster = cluster(3);
    let wanted = cluster.addresses()[2].to_string();
    let only = wanted.clone();
    let options = quick([cluster.addresses()[0]]).prefill(true);
    let pool = options.clone().discover_only(move |host| *host.server == *only).build().expect("a pool");
    assert_eq!(pool.servers().iter().map(ToString::to_string).collect::<Vec<_>>(), [wanted]);
    let pool = options.discover_only(|_| false).build().expect("a pool");
    assert_eq!(&*pool.servers()[0], &*cluster.addresses()[0].to_string(), "back to those that were given");
}

#[test]
fn where_no_discovered_host_can_be_reached_the_given_servers_are_used() {
    let seed = ring_of(|| vec![(refusing().to_string(), "here"), (refusing().to_string(), "here")]);
    let pool = quick([seed.address()]).discover(true).prefill(true).pool_size(2).build().expect("a pool");
    assert_eq!(pool.execute(whereabouts).expect("the seed answers"), seed.address().to_string());
    assert_eq!(pool.servers().len(), 1);
}

// the list

#[test]
fn other_servers_can_be_given_to_a_live_pool() {
    let (one, two, three) = (server(well), server(well), server(well));
    let pool = quick([one.address(), two.address()]).prefill(true).pool_size(4).build().expect("a pool");
    let mut held: Vec<_> = (0..4).map(|_| pool.get().expect("a connection")).collect();
    let created = pool.stats().created;
    // one idle and one out of each
    held.sort_by_key(|connection| connection.server().clone());
    drop(held.remove(3));
    drop(held.remove(0));
    let e = pool.set_servers([] as [&str; 0]).expect_err("none");
    assert!(matches!(e, Error::InvalidOption { option: "servers", .. }), "{e:?}");
    pool.set_servers([two.address(), three.address()]).expect("servers");
    one.wait_until_closed(1);
    assert_eq!((pool.checked_in(), pool.checked_out()), (1, 2));
    version(&mut held[0]).and_then(|_| version(&mut held[1])).expect("what is out can be used further");
    drop(held);
    one.wait_until_closed(2);
    assert_eq!((pool.checked_in(), pool.checked_out()), (2, 0));
    assert_eq!(pool.stats().created, created, "those of the host that stays are kept");
    let before = one.count("describe_version");
    for _ in 0..6 {
        pool.execute(version).expect("a version");
    }
    assert_eq!(one.count("describe_version"), before);
    assert_eq!(three.count("describe_version"), 3);
}

#[test]
fn a_function_can_give_the_servers() {
    let (one, two) = (server(well), server(well));
    let asked = Arc::new(AtomicUsize::new(0));
    let (counter, addresses) = (asked.clone(), [one.address(), two.address()]);
    let pool = quick([refusing()])
        .servers_from(move || match counter.fetch_add(1, Ordering::Relaxed) {
            0 => vec![addresses[0].to_string()],
            1 => Vec::new(), // changes nothing
            _ => vec![addresses[1].to_string()],
        })
        .refresh_every(Duration::from_millis(20))
        .build()
        .expect("a pool");
    pool.execute(version).expect("a version");
    assert_eq!(one.count("describe_version"), 1);
    eventually("the function is asked again", || *pool.servers()[0] == two.address().to_string());
    pool.execute(version).expect("a version");
    assert_eq!(two.count("describe_version"), 1);
    assert!(asked.load(Ordering::Relaxed) >= 3);
    let e = quick([one.address()]).servers_from(Vec::new).build().expect_err("none");
    assert!(matches!(e, Error::InvalidOption { option: "servers", .. }), "{e:?}");
}

#[test]
fn servers_have_addresses_of_the_sixth_version_too() {
    let Ok(server) = EmbeddedServer::builder().listen("[::1]:0").start() else {
        return; // this machine has none
    };
    let system = SystemManager::connect(server.addresses()).expect("up");
    system.create_keyspace("K", SimpleStrategy(1)).expect("created");
    let port = server.addresses()[0].port();
    let pool = ConnectionPool::new("K", [format!("[::1]:{port}")]).expect("a pool");
    pool.execute(version).expect("a version");
}
