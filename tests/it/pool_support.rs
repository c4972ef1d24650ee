//! What the tests of the pool share.

use std::time::{Duration, Instant};

use cassa::wire::MessageHeader;
use cassa::wire::methods::{DescribeVersion, SetKeyspace};
use cassa::{
    Connection, ConnectionPool, ConnectionPoolBuilder, EmbeddedServer, HostState, HostStats, Result,
    SimpleStrategy, SystemManager,
};

use crate::scripted::{Answer, ScriptedServer, frame};

/// A server that lets everybody choose a keyspace, and answers the rest as `version` says.
pub(crate) fn server(
    version: impl Fn(&MessageHeader<'_>, usize) -> Answer + Send + Sync + 'static,
) -> ScriptedServer {
    ScriptedServer::start(move |header, before| match header.method {
        "set_keyspace" => Answer::Frame(frame::<SetKeyspace>(header, Ok(()))),
        _ => version(header, before),
    })
}

pub(crate) fn well(header: &MessageHeader<'_>, _: usize) -> Answer {
    Answer::Frame(frame::<DescribeVersion>(header, Ok("19.39.0".to_owned())))
}

pub(crate) fn version(connection: &mut Connection) -> Result<String> {
    connection.call(&DescribeVersion {})
}

pub(crate) fn quick(servers: impl IntoIterator<Item = impl ToString>) -> ConnectionPoolBuilder {
    ConnectionPool::builder("K")
        .servers(servers)
        .prefill(false)
        // long, so that on a busy machine no host is given up, or another tried, for want of patience
        .connect_timeout(Duration::from_secs(8))
        .timeout(Duration::from_secs(1))
        .backoff(Duration::from_millis(1))
        .max_retries(3)
}

/// So many hosts with the keyspace `K`.
pub(crate) fn cluster(hosts: usize) -> EmbeddedServer {
    let cluster = EmbeddedServer::builder().cluster(hosts).start().expect("a cluster");
    let system = SystemManager::connect(cluster.addresses()).expect("up");
    system.create_keyspace("K", SimpleStrategy(1)).expect("created");
    system.create_column_family("K", "Planes").expect("created");
    cluster
}

/// The server that a call reaches.
pub(crate) fn whereabouts(connection: &mut Connection) -> Result<String> {
    connection.call(&DescribeVersion {})?;
    Ok(connection.server().to_string())
}

pub(crate) fn host(pool: &ConnectionPool, server: impl ToString) -> HostStats {
    let server = server.to_string();
    let hosts = pool.stats().hosts;
    hosts.into_iter().find(|host| *host.server == server).expect("a host of the pool")
}

pub(crate) fn state(pool: &ConnectionPool, server: impl ToString) -> HostState {
    host(pool, server).state
}

/// Waits for what comes to be without further calls.
pub(crate) fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < deadline, "never came to be: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
