//! Pools over TLS.

use std::time::Duration;

use cassa::{
    ConnectionPool, ConnectionPoolBuilder, EmbeddedServer, Error, ServerTls, SimpleStrategy, SystemManager,
    TlsOptions,
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use crate::pool_support::version;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("signed")
}

/// A certificate of this authority and its key, as PEM.
fn issued(authority: &Authority, name: &str) -> (String, String) {
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
    (params.signed_by(&key, authority).expect("signed").pem(), key.serialize_pem())
}

fn pool(server: &EmbeddedServer, tls: &TlsOptions) -> ConnectionPoolBuilder {
    ConnectionPool::builder("K")
        .servers(server.addresses())
        .connect_timeout(Duration::from_secs(10))
        .timeout(Duration::from_secs(10))
        .tls(tls)
        .max_retries(0)
}

fn serve(tls: ServerTls, client: &TlsOptions) -> EmbeddedServer {
    let server = EmbeddedServer::builder().tls(tls).start().expect("a server");
    let options = cassa::ConnectionOptions::default().tls(client).timeout(Duration::from_secs(10));
    let system = SystemManager::connect_with(server.addresses(), options).expect("up");
    system.create_keyspace("K", SimpleStrategy(1)).expect("created");
    server
}

#[test]
fn a_server_must_be_trusted_and_have_the_right_name() {
    let authority = authority();
    let (certificate, key) = issued(&authority, "127.0.0.1");
    let trusting = TlsOptions::new(authority.pem().as_bytes()).expect("an authority");
    let identity = ServerTls::from_pem(certificate.as_bytes(), key.as_bytes()).expect("an identity");
    let server = serve(identity, &trusting);
    let served = pool(&server, &trusting).build().expect("a pool");
    for _ in 0..20 {
        served.execute(version).expect("a version");
    }
    assert_eq!((served.checked_in(), served.stats().created), (5, 5), "connections are used again");
    std::thread::sleep(Duration::from_millis(150));
    served.execute_once(version).expect("idle ones are not taken to be stale");
    assert_eq!(served.stats().created, 5);

    let stranger = TlsOptions::new(self::authority().pem().as_bytes()).expect("an authority");
    for wrong in [stranger, trusting.clone().server_name("cassandra.example").expect("a name")] {
        let e = pool(&server, &wrong).build().expect_err("not trusted");
        let Error::AllServersUnavailable(failures) = &e else { panic!("{e:?}") };
        assert!(matches!(failures[0].cause, Error::Connect { .. }), "{e:?}");
        assert!(e.to_string().contains("invalid peer certificate"), "{e}");
    }
    let plain = ConnectionPool::builder("K").servers(server.addresses()).build();
    let e = plain.expect_err("it expects a handshake").to_string();
    assert!(e.ends_with("broke during set_keyspace: the server speaks TLS"), "{e}");
}

#[test]
fn a_client_shows_its_certificate_where_it_is_asked_for_one() {
    let authority = authority();
    let (certificate, key) = issued(&authority, "cassandra.example");
    let named = TlsOptions::new(authority.pem().as_bytes()).expect("an authority");
    let named = named.server_name("cassandra.example").expect("a name");
    let (own, own_key) = issued(&authority, "ann");
    let ann = named.clone().client_certificate(own.as_bytes(), own_key.as_bytes()).expect("they fit");
    let identity = ServerTls::from_pem(certificate.as_bytes(), key.as_bytes()).expect("an identity");
    let identity = identity.client_ca_pem(authority.pem().as_bytes()).expect("an authority");
    let server = serve(identity, &ann);
    pool(&server, &ann).build().expect("a pool").execute(version).expect("a version");
    let e = pool(&server, &named).build().expect_err("it shows none");
    assert!(matches!(e, Error::AllServersUnavailable(_)), "{e:?}");
}

#[test]
fn what_is_no_certificate_is_refused() {
    for pem in ["", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let e = TlsOptions::new(pem.as_bytes()).expect_err("no certificate");
        assert!(matches!(e, Error::InvalidOption { option: "tls", .. }), "{e:?}");
    }
    let authority = authority();
    let tls = TlsOptions::new(authority.pem().as_bytes()).expect("an authority");
    assert!(tls.clone().server_name("no name").is_err());
    let (certificate, key) = issued(&authority, "ann");
    let (_, other_key) = issued(&authority, "bob");
    tls.clone().client_certificate(certificate.as_bytes(), key.as_bytes()).expect("they belong together");
    assert!(tls.client_certificate(certificate.as_bytes(), other_key.as_bytes()).is_err());
}
