//! TLS: who is served, who is refused, and what the log says of it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use cassa::wire::frame::FrameReader;
use cassa::wire::{DEFAULT_MAX_FRAME, decode_reply, encode_call, methods};
use cassa::{EmbeddedServer, Error, ServerTls};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::log;
use super::raw::Client;

/// An authority of a test's own.
struct Authority {
    certificate: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key, in PEM form.
struct Identity {
    certificate: String,
    key: String,
}

impl Authority {
    fn new(name: &str) -> Authority {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate").pem();
        Authority { certificate, issuer: Issuer::new(params, key) }
    }

    fn issue(&self, change: impl FnOnce(&mut CertificateParams)) -> Identity {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
        change(&mut params);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate").pem();
        Identity { certificate, key: key.serialize_pem() }
    }
}

fn expired(params: &mut CertificateParams) {
    params.not_before = date_time_ymd(2001, 1, 1);
    params.not_after = date_time_ymd(2002, 1, 1);
}

fn served(authority: &Authority) -> ServerTls {
    let identity = authority.issue(|_| {});
    ServerTls::from_pem(identity.certificate.as_bytes(), identity.key.as_bytes()).expect("a certificate")
}

fn start(tls: ServerTls) -> EmbeddedServer {
    log::start();
    EmbeddedServer::builder().tls(tls).start().expect("a server")
}

type Stream = StreamOwned<ClientConnection, TcpStream>;

/// A client that trusts this authority, with or without a certificate of its own.
fn connect(server: &EmbeddedServer, trusted: &Authority, identity: Option<&Identity>) -> Stream {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(trusted.certificate.as_bytes()).expect("PEM"))
        .expect("a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots);
    let config = match identity {
        None => builder.with_no_client_auth(),
        Some(Identity { certificate, key }) => builder
            .with_client_auth_cert(
                vec![CertificateDer::from_pem_slice(certificate.as_bytes()).expect("PEM")],
                PrivateKeyDer::from_pem_slice(key.as_bytes()).expect("PEM"),
            )
            .expect("a certificate"),
    };
    let socket = TcpStream::connect(server.addresses()[0]).expect("connects");
    socket.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    let name = ServerName::try_from("localhost").expect("a name");
    StreamOwned::new(ClientConnection::new(Arc::new(config), name).expect("a session"), socket)
}

/// Asks for the version; an error where the connection ends before.
fn version(stream: Stream) -> std::io::Result<String> {
    let mut reader = FrameReader::new(stream);
    let mut frame = Vec::new();
    encode_call(&methods::DescribeVersion {}, 1, &mut frame);
    reader.get_mut().write_all(&frame)?;
    reader.get_mut().flush()?;
    let reply = reader.read(DEFAULT_MAX_FRAME).map_err(std::io::Error::other)?;
    let reply = reply.ok_or_else(|| std::io::Error::from(std::io::ErrorKind::UnexpectedEof))?;
    Ok(decode_reply::<methods::DescribeVersion>(&reply, 1).expect("a reply").expect("a version"))
}

/// Waits for the log to say why a client of this address was refused.
fn refused(peer: &str, why: &str) {
    log::wait_for(&[peer, "TLS refused", why]);
}

fn peer(stream: &Stream) -> String {
    stream.sock.local_addr().expect("connected").to_string()
}

#[test]
fn a_client_that_trusts_the_server_is_served() {
    let authority = Authority::new("authority");
    let server = start(served(&authority));
    assert_eq!(version(connect(&server, &authority, None)).expect("served"), "19.39.0");
}

#[test]
fn large_frames_pass_both_ways() {
    let authority = Authority::new("authority");
    let server = start(served(&authority));
    let mut reader = FrameReader::new(connect(&server, &authority, None));
    let mut call = |frame: &[u8]| {
        // in two parts, neither of which is a record of its own
        let (first, second) = frame.split_at(frame.len() / 3);
        reader.get_mut().write_all(first).expect("sent");
        reader.get_mut().write_all(second).expect("sent");
        reader.read(DEFAULT_MAX_FRAME).expect("a frame").expect("an answer")
    };
    let name = "x".repeat(1 << 20);
    let mut frame = Vec::new();
    encode_call(&methods::SetKeyspace { keyspace: name.clone() }, 7, &mut frame);
    let refused = decode_reply::<methods::SetKeyspace>(&call(&frame), 7).expect("a reply");
    let refused = refused.expect_err("there is no such keyspace").to_string();
    assert!(refused.contains(&name));
}

#[test]
fn plain_text_is_refused() {
    let authority = Authority::new("authority");
    let server = start(served(&authority));
    for text in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0, 0, 0, 20, 0x80, 1, 0, 1, 0, 0, 0, 3, b'g', b'e', b't']]
    {
        let mut client = Client::of(&server);
        let peer = client.address().to_string();
        client.send(text);
        client.receive_to_the_end();
        refused(&peer, "the client does not speak TLS");
    }
    assert_eq!(version(connect(&server, &authority, None)).expect("others are served"), "19.39.0");
}

#[test]
fn a_client_that_does_not_trust_the_server_leaves() {
    let (authority, foreign) = (Authority::new("authority"), Authority::new("foreign"));
    let server = start(served(&authority));
    let stream = connect(&server, &foreign, None);
    let peer = peer(&stream);
    version(stream).expect_err("the certificate is foreign");
    refused(&peer, "the client refuses this server: UnknownCA");

    let identity = authority.issue(expired);
    let tls = ServerTls::from_pem(identity.certificate.as_bytes(), identity.key.as_bytes());
    let server = start(tls.expect("a certificate"));
    let stream = connect(&server, &authority, None);
    let peer = self::peer(&stream);
    version(stream).expect_err("the certificate is expired");
    refused(&peer, "the client refuses this server: CertificateExpired");
}

#[test]
fn clients_need_a_certificate_where_one_is_asked_for() {
    let (authority, foreign) = (Authority::new("authority"), Authority::new("foreign"));
    let tls = served(&authority).client_ca_pem(authority.certificate.as_bytes()).expect("an authority");
    let server = start(tls);
    let own = authority.issue(|_| {});
    assert_eq!(version(connect(&server, &authority, Some(&own))).expect("served"), "19.39.0");

    let (stranger, late) = (foreign.issue(|_| {}), authority.issue(expired));
    for (identity, why) in [
        (None, "the client has no certificate"),
        (Some(&stranger), "the client's certificate: UnknownIssuer"),
        (Some(&late), "the client's certificate: certificate expired"),
    ] {
        let stream = connect(&server, &authority, identity);
        let peer = peer(&stream);
        version(stream).expect_err(why);
        refused(&peer, why);
    }
}

#[test]
fn half_a_handshake_times_out() {
    let authority = Authority::new("authority");
    log::start();
    let timeout = Duration::from_millis(100);
    let server = EmbeddedServer::builder().tls(served(&authority)).frame_timeout(timeout);
    let server = server.start().expect("a server");
    let mut client = Client::of(&server);
    let peer = client.address().to_string();
    client.send(&[22, 3, 1]);
    client.receive_to_the_end();
    refused(&peer, "in time");
}

#[test]
fn a_stop_tells_clients_that_it_is_the_end() {
    let authority = Authority::new("authority");
    let server = start(served(&authority));
    let mut stream = connect(&server, &authority, None);
    let mut frame = Vec::new();
    encode_call(&methods::DescribeVersion {}, 1, &mut frame);
    stream.write_all(&frame).expect("sent");
    stream.read_exact(&mut [0; 4]).expect("an answer");
    server.stop();
    // cut off, it would be an error
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).expect("an orderly end");
}

#[test]
fn what_is_wrong_with_a_file_is_named() {
    let directory = tempfile::tempdir().expect("a directory");
    let write = |name: &str, text: &str| {
        let path = directory.path().join(name);
        std::fs::write(&path, text).expect("written");
        path
    };
    let authority = Authority::new("authority");
    let (one, other) = (authority.issue(|_| {}), authority.issue(|_| {}));
    let certificate = write("certificate.pem", &one.certificate);
    let key = write("key.pem", &one.key);
    let empty = write("empty.pem", "nothing\n");
    let foreign_key = write("foreign.pem", &other.key);
    let missing = directory.path().join("missing.pem");
    let good = ServerTls::read(&certificate, &key).expect("both fit");
    let said = |result: Result<ServerTls, Error>| match result {
        Err(error @ Error::InvalidOption { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    };
    for (error, name, why) in [
        (ServerTls::read(&missing, &key), "missing.pem", "cannot be read"),
        (ServerTls::read(&certificate, &missing), "missing.pem", "cannot be read"),
        (ServerTls::read(&empty, &key), "empty.pem", "no certificate"),
        (ServerTls::read(&certificate, &empty), "empty.pem", "no private key"),
        (ServerTls::read(&certificate, &foreign_key), "key", "certificate"),
        (good.client_ca(&empty), "empty.pem", "no certificate"),
    ] {
        let error = said(error);
        assert!(error.contains(name) && error.contains(why), "{error}");
    }
}
