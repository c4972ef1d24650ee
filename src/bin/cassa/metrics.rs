//! `--metrics`: the server's counters for Prometheus, over HTTP.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use cassa::{EmbeddedServer, Host, ServerStats};
use parking_lot::Mutex;
use prometheus::{Counter, CounterVec, Encoder, Gauge, Opts, Registry, TextEncoder};

/// How long a client may take to ask, and to take the answer.
const TIMEOUT: Duration = Duration::from_secs(2);

/// A request's head may have so many bytes.
const LONGEST_HEAD: usize = 8 * 1024;

/// The server, until it is stopped.
pub(crate) type Running = Arc<Mutex<Option<EmbeddedServer>>>;

/// Answers one request after the other, on a thread that ends with the program. Gives the address.
pub(crate) fn start(address: &str, server: &Running) -> Result<SocketAddr, cassa::Error> {
    let listen = |source| cassa::Error::Listen { address: address.into(), source };
    let socket = TcpListener::bind(address).map_err(listen)?;
    let bound = socket.local_addr().map_err(listen)?;
    let server = Arc::clone(server);
    let thread = thread::Builder::new().name("cassa-metrics".to_owned());
    thread.spawn(move || serve(&socket, &server)).map_err(listen)?;
    Ok(bound)
}

fn serve(socket: &TcpListener, server: &Running) {
    for stream in socket.incoming() {
        if let Err(error) = stream.and_then(|stream| answer(&stream, server)) {
            tracing::debug!(%error, "no metrics were given");
        }
    }
}

fn answer(mut stream: &TcpStream, server: &Running) -> io::Result<()> {
    stream.set_write_timeout(Some(TIMEOUT))?;
    let head = read_head(stream)?;
    // counted while it is held, answered after that: a slow client must not hold up the end
    let text = match &*server.lock() {
        Some(server) => text(server).map_err(io::Error::other)?,
        None => return Ok(()),
    };
    let (status, kind, body) = match head.split_ascii_whitespace().collect::<Vec<_>>()[..] {
        ["GET", "/metrics" | "/", ..] => ("200 OK", prometheus::TEXT_FORMAT, text),
        ["GET", ..] => ("404 Not Found", "text/plain", b"the counters are at /metrics\n".to_vec()),
        _ => ("405 Method Not Allowed", "text/plain", b"GET /metrics\n".to_vec()),
    };
    let length = body.len();
    let mut reply = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )
    .into_bytes();
    reply.extend(body);
    stream.write_all(&reply)
}

/// The head of a request, up to the empty line.
fn read_head(mut stream: &TcpStream) -> io::Result<String> {
    let until = Instant::now() + TIMEOUT;
    let mut head = Vec::new();
    let mut buffer = [0; 1024];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() || head.len() > LONGEST_HEAD {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "no request came"));
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut buffer)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => head.extend_from_slice(&buffer[..read]),
        }
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// The counters in Prometheus' text format.
fn text(server: &EmbeddedServer) -> prometheus::Result<Vec<u8>> {
    let registry = Registry::new();
    let stats = server.stats();
    let gauge = |name: &str, help: &str, value: usize| {
        let gauge = Gauge::new(name, help)?;
        gauge.set(value as f64);
        registry.register(Box::new(gauge))
    };
    let up = server.hosts().iter().filter(|host| Host::is_up(host)).count();
    gauge("cassa_hosts_up", "Addresses that are served.", up)?;
    gauge("cassa_connections", "Connections that are open.", stats.connections)?;
    for (name, help, value) in totals(&stats) {
        let counter = Counter::new(name, help)?;
        counter.inc_by(value as f64);
        registry.register(Box::new(counter))?;
    }
    let by_method = |name: &str, help: &str| {
        let vector = CounterVec::new(Opts::new(name, help), &["method"])?;
        registry.register(Box::new(vector.clone()))?;
        prometheus::Result::Ok(vector)
    };
    let count = by_method("cassa_calls_total", "Calls that were served.")?;
    let errors = by_method("cassa_call_errors_total", "Calls that were answered by an exception.")?;
    let time = by_method("cassa_call_seconds_total", "The time that calls took together.")?;
    for calls in &stats.calls {
        count.with_label_values(&[calls.method]).inc_by(calls.count as f64);
        errors.with_label_values(&[calls.method]).inc_by(calls.errors as f64);
        time.with_label_values(&[calls.method]).inc_by(calls.time.as_secs_f64());
    }
    let mut text = Vec::new();
    TextEncoder::new().encode(&registry.gather(), &mut text)?;
    Ok(text)
}

fn totals(stats: &ServerStats) -> [(&'static str, &'static str, u64); 8] {
    [
        ("cassa_connections_accepted_total", "Connections that were accepted.", stats.connections_accepted),
        ("cassa_connections_refused_total", "Connections over the limit.", stats.connections_refused),
        (
            "cassa_connections_timed_out_total",
            "Connections closed because their clients were silent or slow.",
            stats.connections_timed_out,
        ),
        (
            "cassa_connections_broken_total",
            "Connections closed because what came was no message.",
            stats.connections_broken,
        ),
        (
            "cassa_requests_refused_total",
            "Requests for which there was no memory beside those of others.",
            stats.requests_refused,
        ),
        ("cassa_tls_refused_total", "Connections whose TLS handshake failed.", stats.tls_refused),
        ("cassa_bytes_received_total", "Bytes of frames received.", stats.bytes_received),
        ("cassa_bytes_sent_total", "Bytes of frames sent.", stats.bytes_sent),
    ]
}
