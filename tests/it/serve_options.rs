//! The options of `cassa serve`, and `cassa user`.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};
use std::time::Duration;

use cassa::wire::methods::{DescribePartitioner, DescribeTokenMap, DescribeVersion};
use cassa::{Connection, ConnectionOptions, Error};

use super::raw::Client;
use super::serve::{Serving, data, refused, serve};

#[test]
fn every_option_is_documented() {
    let help = Command::new(env!("CARGO_BIN_EXE_cassa")).args(["serve", "--help"]).output().expect("runs");
    let help = String::from_utf8(help.stdout).expect("text");
    for option in [
        "--data",
        "--listen",
        "--partitioner",
        "--durability",
        "--users",
        "--tls-cert",
        "--tls-key",
        "--tls-client-ca",
        "--max-connections",
        "--max-frame",
        "--request-memory",
        "--max-reply",
        "--idle-timeout",
        "--busy-poll",
        "--metrics",
        "--verbose",
    ] {
        let mut lines = help.lines().map(str::trim);
        let is_here = |line: &str| {
            let line = line.strip_prefix("-v, ").unwrap_or(line);
            line.split([' ', '.']).next() == Some(option)
        };
        assert!(lines.any(is_here), "{option} is not in\n{help}");
        // the next line says what it is for
        let words = lines.next().unwrap_or_default().split_whitespace().count();
        assert!(words > 2, "{option} is not documented in\n{help}");
    }
    for code in 0..=4 {
        assert!(help.contains(&format!("\n  {code}  ")), "the exit code {code} is not in\n{help}");
    }
}

#[test]
fn several_addresses_are_one_cluster_and_the_log_says_what_is_served() {
    let data = data();
    let more = ["--listen", "127.0.0.2:0", "--partitioner", "RandomPartitioner", "--max-connections", "1"];
    let server = Serving::start(data.path(), &more);
    assert_eq!(server.addresses.len(), 2);
    let mut connection = server.connection();
    let ring = connection.call(&DescribeTokenMap {}).expect("tokens");
    assert_eq!(ring.iter().map(|(_, host)| host.as_str()).collect::<Vec<_>>(), ["127.0.0.1", "127.0.0.2"]);
    let partitioner = connection.call(&DescribePartitioner {}).expect("a name");
    assert_eq!(partitioner, "org.apache.cassandra.dht.RandomPartitioner");
    // one connection is all there may be
    let options = ConnectionOptions::default().timeout(Duration::from_secs(10));
    let mut second = Connection::open(&server.addresses[1].to_string(), &options).expect("connects");
    let refused = second.call(&DescribeVersion {}).expect_err("refused");
    assert!(refused.to_string().contains("at most 1 at once"), "{refused}");

    let addresses = format!("{:?}", server.addresses);
    let log = server.end_with_log();
    let line = log.lines().find(|line| line.contains("serving")).expect("a line");
    for part in [
        &data.path().display().to_string(),
        &addresses,
        "RandomPartitioner",
        "login=false",
        "tls=false",
        "max_connections=1",
    ] {
        assert!(line.contains(part), "{part} is not in {line}");
    }
    assert!(log.contains("too many connections"), "{log}");
    assert!(log.contains("stopping at SIGTERM"), "{log}");

    // the directory keeps its partitioner
    let (code, log) = super::serve::refused(
        serve(data.path(), "127.0.0.1:0").args(["--partitioner", "ByteOrderedPartitioner"]),
    );
    assert_eq!(code, Some(4), "{log}");
    assert!(log.contains("RandomPartitioner"), "{log}");
}

/// A line for the file of users.
fn user(name: &str, password: &str) -> String {
    let mut process = Command::new(env!("CARGO_BIN_EXE_cassa"))
        .args(["user", name])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut stdin = process.stdin.take().expect("piped");
    writeln!(stdin, "{password}").expect("written");
    drop(stdin);
    let output = process.wait_with_output().expect("ends");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn users_of_a_file_are_let_in() {
    let data = data();
    let file = data.path().join("users");
    let line = user("reader", "a secret with: a colon");
    assert!(!line.contains("secret"));
    std::fs::write(&file, format!("# who may read\n{line}")).expect("written");
    let file = file.display().to_string();
    let server = Serving::start(&data.path().join("data"), &["--users", &file]);
    let address = server.addresses[0].to_string();
    let options = ConnectionOptions::default().timeout(Duration::from_secs(30));
    let open = |password: &str| Connection::open(&address, &options.clone().credentials("reader", password));
    open("a secret with: a colon").expect("let in");
    assert!(matches!(open("guess"), Err(Error::Authentication { .. })));
    let log = server.end_with_log();
    assert!(log.contains("login=true") && log.contains("login refused"), "{log}");
}

#[test]
fn tls_is_served_from_files() {
    let data = data();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let (certificate, key) = (data.path().join("certificate.pem"), data.path().join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).expect("written");
    std::fs::write(&key, made.signing_key.serialize_pem()).expect("written");
    let (certificate, key) = (certificate.display().to_string(), key.display().to_string());
    let more = ["--tls-cert", &certificate, "--tls-key", &key, "--tls-client-ca", &certificate];
    let server = Serving::start(&data.path().join("data"), &more);
    let mut client = Client::connect(server.addresses[0]);
    client.send_version();
    client.receive_to_the_end();
    let log = server.end_with_log();
    assert!(log.contains("tls=true client_certificates=true"), "{log}");
    assert!(log.contains("TLS refused") && log.contains("the client does not speak TLS"), "{log}");
}

#[test]
fn files_that_cannot_be_used_are_a_mistake_of_the_command_line() {
    let data = data();
    let missing = data.path().join("missing").display().to_string();
    for more in [
        &["--users", &missing][..],
        &["--tls-cert", &missing, "--tls-key", &missing],
        &["--tls-cert", &missing],
        &["--partitioner", "NoPartitioner"],
        &["--idle-timeout", "0"],
    ] {
        let (code, log) = refused(serve(data.path(), "127.0.0.1:0").args(more));
        assert_eq!(code, Some(2), "{more:?}: {log}");
    }
    let (code, log) = refused(serve(data.path(), "127.0.0.1:0").args(["--metrics", "127.0.0.1"]));
    assert_eq!(code, Some(3), "{log}");
}

/// Asks for a page over HTTP.
fn page(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("connects");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: here\r\n\r\n").expect("sent");
    let mut page = String::new();
    stream.read_to_string(&mut page).expect("an answer");
    page
}

#[test]
fn metrics_are_served() {
    let data = data();
    // a port that was free a moment ago: the line on stdout does not name this one
    let free = std::net::TcpListener::bind("127.0.0.9:0").expect("a free port");
    let address = free.local_addr().expect("bound");
    drop(free);
    let server = Serving::start(data.path(), &["--metrics", &address.to_string()]);
    let mut connection = server.connection();
    connection.call(&DescribeVersion {}).expect("a version");
    let text = page(address, "/metrics");
    assert!(text.starts_with("HTTP/1.1 200 OK\r\n"), "{text}");
    for line in [
        "# TYPE cassa_calls_total counter",
        "cassa_calls_total{method=\"describe_version\"} 1",
        "cassa_connections 1",
        "cassa_hosts_up 1",
    ] {
        assert!(text.lines().any(|have| have == line), "{line} is not in\n{text}");
    }
    assert!(page(address, "/other").starts_with("HTTP/1.1 404"));
    // a client that asks nothing does not hold up the end
    let _silent = TcpStream::connect(address).expect("connects");
    let log = server.end_with_log();
    assert!(log.contains("stopped"), "{log}");
}
