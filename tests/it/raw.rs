//! A client that knows frames and messages and nothing else.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use cassa::EmbeddedServer;
use cassa::wire::{self, CfDef, Exception, KsDef, Method, methods};

/// One connection, which sends whole messages and reads whole replies.
pub(crate) struct Client {
    stream: TcpStream,
    sequence: i32,
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Client {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        stream.set_nodelay(true).expect("no delay");
        Client { stream, sequence: 0 }
    }

    pub(crate) fn of(server: &EmbeddedServer) -> Client {
        Client::connect(server.addresses()[0])
    }

    /// Sends bytes as they are.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("the server reads");
    }

    /// The message of the next frame; `None` where the server closed the connection.
    pub(crate) fn receive(&mut self) -> Option<Vec<u8>> {
        let mut length = [0; 4];
        self.stream.read_exact(&mut length).ok()?;
        let mut message = vec![0; u32::from_be_bytes(length) as usize];
        self.stream.read_exact(&mut message).ok()?;
        Some(message)
    }

    /// Sends a message in a frame, and gives the message of the reply.
    pub(crate) fn exchange(&mut self, message: &[u8]) -> Option<Vec<u8>> {
        self.send(&[&(message.len() as u32).to_be_bytes(), message].concat());
        self.receive()
    }

    pub(crate) fn call<M: Method>(&mut self, call: &M) -> Result<M::Output, Exception> {
        self.sequence += 1;
        let mut frame = Vec::new();
        wire::encode_call(call, self.sequence, &mut frame);
        self.send(&frame);
        let reply = self.receive().expect("the server answers");
        wire::decode_reply::<M>(&reply, self.sequence).expect("a well-formed reply")
    }

    /// Makes a keyspace with column families of these names and comparators, and sets it.
    pub(crate) fn with_keyspace(mut self, keyspace: &str, families: &[(&str, &str)]) -> Client {
        let family = |(name, comparator): &(&str, &str)| CfDef {
            keyspace: keyspace.to_owned(),
            name: (*name).to_owned(),
            comparator_type: Some((*comparator).to_owned()),
            ..CfDef::default()
        };
        let ks_def =
            KsDef { cf_defs: families.iter().map(family).collect(), ..keyspace_definition(keyspace) };
        self.call(&methods::SystemAddKeyspace { ks_def }).expect("the keyspace is new");
        self.use_keyspace(keyspace)
    }

    pub(crate) fn use_keyspace(mut self, keyspace: &str) -> Client {
        self.call(&methods::SetKeyspace { keyspace: keyspace.to_owned() }).expect("the keyspace is there");
        self
    }
}

/// A keyspace with one replica and no column families.
pub(crate) fn keyspace_definition(name: &str) -> KsDef {
    KsDef {
        name: name.to_owned(),
        strategy_class: "SimpleStrategy".to_owned(),
        strategy_options: Some(vec![("replication_factor".to_owned(), "1".to_owned())]),
        ..KsDef::default()
    }
}
