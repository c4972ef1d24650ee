//! What errors say.

use std::io;

use super::*;
use crate::marshal::Class;
use crate::wire::Exception;

#[test]
fn an_error_is_small() {
    assert!(size_of::<Error>() <= 64, "{} bytes", size_of::<Error>());
}

#[test]
fn all_servers_are_named_each_with_its_cause() {
    let refused = |server: &str| ServerFailure {
        server: server.into(),
        cause: Error::Connect {
            server: server.into(),
            source: io::Error::new(io::ErrorKind::ConnectionRefused, "refused"),
        },
    };
    let e = Error::AllServersUnavailable([refused("a:1"), refused("b:2")].into());
    assert_eq!(
        e.to_string(),
        "none of the 2 servers is available: cannot connect to a:1: refused; cannot connect to b:2: refused"
    );
}

#[test]
fn a_place_grows_on_its_way_up() {
    let e = Error::answered(Exception::InvalidRequest("too long".into()), Place::call("a:1", "insert"))
        .at(Place::column_family("Fleet", "Planes").key(&Class::Utf8, b"N1"));
    assert_eq!(
        e.to_string(),
        "insert on a:1, keyspace Fleet, column family Planes, row key \"N1\": too long"
    );
    assert!(!e.is_retryable());
}
