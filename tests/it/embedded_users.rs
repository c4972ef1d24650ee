//! Users: who is let in, and what the others are told.

use cassa::wire::{AuthenticationRequest, Exception, methods};
use cassa::{ConnectionPool, EmbeddedServer, Error, SimpleStrategy, SystemManager, Users};

use super::log;
use super::raw::{Client, keyspace_definition};

fn server() -> EmbeddedServer {
    let users = Users::new().with("reader", "secret").expect("a user");
    EmbeddedServer::builder().users(users).start().expect("a server")
}

fn login(client: &mut Client, credentials: &[(&str, &str)]) -> Result<(), Exception> {
    let credentials = credentials.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    client
        .call(&methods::Login { auth_request: AuthenticationRequest { credentials: credentials.collect() } })
}

const NOT_LOGGED_IN: &str = "You have not logged in";

#[test]
fn the_right_password_lets_in() {
    let server = server();
    let mut client = Client::of(&server);
    assert_eq!(login(&mut client, &[("username", "reader"), ("password", "secret")]), Ok(()));
    let ks_def = keyspace_definition("K");
    client.call(&methods::SystemAddKeyspace { ks_def }).expect("it may do everything");
    // one connection's login is not another's
    let refused = Client::of(&server).call(&methods::DescribeKeyspaces {});
    assert_eq!(refused, Err(Exception::InvalidRequest(NOT_LOGGED_IN.to_owned())));
}

#[test]
fn wrong_passwords_and_unknown_names_are_refused_alike() {
    log::start();
    let server = server();
    let mut client = Client::of(&server);
    let peer = client.address().to_string();
    let incorrect = Err(Exception::Authentication("Username and/or password are incorrect".to_owned()));
    for (name, password) in [("reader", "guess"), ("nobody", "secret"), ("reader", "")] {
        assert_eq!(login(&mut client, &[("username", name), ("password", password)]), incorrect);
        log::wait_for(&[&peer, "login refused: wrong user or password", name]);
    }
    let missing = |key: &str| Err(Exception::Authentication(format!("Required key '{key}' is missing")));
    assert_eq!(login(&mut client, &[("username", "reader")]), missing("password"));
    log::wait_for(&[&peer, "login refused: incomplete credentials", "password"]);
    assert_eq!(login(&mut client, &[("password", "secret")]), missing("username"));
    // the connection goes on, and may still log in
    assert_eq!(login(&mut client, &[("username", "reader"), ("password", "secret")]), Ok(()));
}

#[test]
fn without_a_login_a_client_learns_what_the_server_is_and_nothing_else() {
    log::start();
    let server = server();
    let mut client = Client::of(&server);
    let peer = client.address().to_string();
    assert_eq!(client.call(&methods::DescribeVersion {}).as_deref(), Ok("19.39.0"));
    // some clients choose the keyspace first; whether it is there stays untold
    assert_eq!(client.call(&methods::SetKeyspace { keyspace: "K".to_owned() }), Ok(()));
    let refused = Err(Exception::InvalidRequest(NOT_LOGGED_IN.to_owned()));
    assert_eq!(client.call(&methods::Truncate { cfname: "S".to_owned() }), refused);
    assert_eq!(client.try_insert("S", "k", super::raw::column("a", "b", 1)), refused);
    log::wait_for(&[&peer, "call refused: the client has not logged in", "truncate"]);
}

#[test]
fn a_pool_logs_in() {
    let server = server();
    let options = cassa::ConnectionOptions::default()
        .timeout(std::time::Duration::from_secs(10))
        .credentials("reader", "secret");
    let mut connection =
        cassa::Connection::open(&server.addresses()[0].to_string(), &options).expect("logged in");
    let ks_def = keyspace_definition("K");
    connection.call(&methods::SystemAddKeyspace { ks_def }).expect("a keyspace");
    let builder =
        ConnectionPool::builder("K").servers(server.addresses()).timeout(std::time::Duration::from_secs(10));
    builder.clone().credentials("reader", "secret").build().expect("logged in");
    let refused = builder.credentials("reader", "guess").build();
    assert!(refused.is_err_and(|error| mentions(&error, "Username and/or password are incorrect")));
    SystemManager::connect(server.addresses())
        .and_then(|system| system.create_keyspace("L", SimpleStrategy(1)))
        .expect_err("it has not logged in");
}

fn mentions(error: &Error, text: &str) -> bool {
    let mut next: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = next {
        if error.to_string().contains(text) {
            return true;
        }
        next = error.source();
    }
    false
}
