//! A client that knows frames and messages and nothing else.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use bytes::Bytes;
use cassa::EmbeddedServer;
use cassa::wire::{
    self, CfDef, Column, ColumnOrSuperColumn, ColumnParent, ConsistencyLevel, Deletion, Exception, KeyRange,
    KsDef, Method, Mutation, SlicePredicate, SliceRange, methods,
};

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

    /// Its own address, by which the server's log names it.
    pub(crate) fn address(&self) -> SocketAddr {
        self.stream.local_addr().expect("connected")
    }

    /// Sends bytes as they are.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("the server reads");
    }

    /// The message of the next frame; `None` where the server closed the connection.
    pub(crate) fn receive(&mut self) -> Option<Vec<u8>> {
        let mut length = [0; 4];
        self.read(&mut length)?;
        let mut message = vec![0; u32::from_be_bytes(length) as usize];
        self.read(&mut message)?;
        Some(message)
    }

    fn read(&mut self, bytes: &mut [u8]) -> Option<()> {
        match self.stream.read_exact(bytes) {
            Ok(()) => Some(()),
            // silence is not the end of a connection
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                panic!("the server neither answers nor closes the connection")
            }
            Err(_) => None,
        }
    }

    /// All bytes until the server closes the connection.
    pub(crate) fn receive_to_the_end(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.stream.read_to_end(&mut bytes).expect("the server closes the connection");
        bytes
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

/// Bytes of the wire from a text or from bytes.
pub(crate) fn bytes(of: impl AsRef<[u8]>) -> Bytes {
    Bytes::copy_from_slice(of.as_ref())
}

/// A column that lives for ever.
pub(crate) fn column(name: impl AsRef<[u8]>, value: impl AsRef<[u8]>, timestamp: i64) -> Column {
    Column { name: bytes(name), value: Some(bytes(value)), timestamp: Some(timestamp), ttl: None }
}

pub(crate) fn written(column: Column) -> Mutation {
    let column_or_supercolumn = Some(ColumnOrSuperColumn { column: Some(column), ..Default::default() });
    Mutation { column_or_supercolumn, deletion: None }
}

pub(crate) fn deleted(timestamp: i64, predicate: Option<SlicePredicate>) -> Mutation {
    let deletion = Some(Deletion { timestamp: Some(timestamp), super_column: None, predicate });
    Mutation { column_or_supercolumn: None, deletion }
}

/// At most `count` columns between two names.
pub(crate) fn slice(start: &str, finish: &str, reversed: bool, count: i32) -> SlicePredicate {
    let slice_range = SliceRange { start: bytes(start), finish: bytes(finish), reversed, count };
    SlicePredicate { column_names: None, slice_range: Some(slice_range) }
}

pub(crate) fn names<'n>(names: impl IntoIterator<Item = &'n str>) -> SlicePredicate {
    SlicePredicate { column_names: Some(names.into_iter().map(bytes).collect()), slice_range: None }
}

pub(crate) fn all() -> SlicePredicate {
    slice("", "", false, i32::MAX)
}

/// The columns of a reply.
pub(crate) fn columns(reply: Vec<ColumnOrSuperColumn>) -> Vec<Column> {
    reply.into_iter().map(|one| one.column.expect("a column")).collect()
}

fn parent(family: &str) -> ColumnParent {
    ColumnParent { column_family: family.to_owned(), super_column: None }
}

impl Client {
    pub(crate) fn insert(&mut self, family: &str, key: impl AsRef<[u8]>, column: Column) {
        self.try_insert(family, key, column).expect("the column is written");
    }

    pub(crate) fn try_insert(
        &mut self,
        family: &str,
        key: impl AsRef<[u8]>,
        column: Column,
    ) -> Result<(), Exception> {
        let (key, column_parent) = (bytes(key), parent(family));
        self.call(&methods::Insert { key, column_parent, column, consistency_level: ConsistencyLevel::One })
    }

    /// Writes to several rows of one column family.
    pub(crate) fn batch(&mut self, family: &str, rows: Vec<(Bytes, Vec<Mutation>)>) {
        let mutation_map =
            rows.into_iter().map(|(key, mutations)| (key, vec![(family.to_owned(), mutations)])).collect();
        let call = methods::BatchMutate { mutation_map, consistency_level: ConsistencyLevel::One };
        self.call(&call).expect("the batch is applied");
    }

    pub(crate) fn get_slice(
        &mut self,
        family: &str,
        key: impl AsRef<[u8]>,
        predicate: SlicePredicate,
    ) -> Vec<Column> {
        let (key, column_parent) = (bytes(key), parent(family));
        let call =
            methods::GetSlice { key, column_parent, predicate, consistency_level: ConsistencyLevel::One };
        columns(self.call(&call).expect("a slice"))
    }

    /// All rows, in the order of their tokens.
    pub(crate) fn rows(&mut self, family: &str, predicate: SlicePredicate) -> Vec<(Bytes, Vec<Column>)> {
        self.rows_between(family, predicate, "", "")
    }

    pub(crate) fn rows_between(
        &mut self,
        family: &str,
        predicate: SlicePredicate,
        start: &str,
        end: &str,
    ) -> Vec<(Bytes, Vec<Column>)> {
        let range = KeyRange {
            start_key: Some(bytes(start)),
            end_key: Some(bytes(end)),
            count: i32::MAX,
            ..KeyRange::default()
        };
        let column_parent = parent(family);
        let consistency_level = ConsistencyLevel::One;
        let call = methods::GetRangeSlices { column_parent, predicate, range, consistency_level };
        let rows = self.call(&call).expect("rows");
        rows.into_iter().map(|row| (row.key, columns(row.columns))).collect()
    }
}

impl Client {
    /// Whether the server has not closed the connection; nothing else may be on its way.
    pub(crate) fn is_open(&mut self) -> bool {
        self.stream.set_nonblocking(true).expect("a mode");
        let read = self.stream.read(&mut [0]);
        self.stream.set_nonblocking(false).expect("a mode");
        matches!(read, Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
    }

    pub(crate) fn send_if_open(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    /// Sends nothing more.
    pub(crate) fn shut_down(&mut self) {
        let _ = self.stream.shutdown(std::net::Shutdown::Write);
    }

    /// What the server sends until it closes the connection, if anything.
    pub(crate) fn receive_if_any(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let _ = self.stream.read_to_end(&mut bytes);
        bytes
    }

    /// Inserts a column; false where the server has closed the connection.
    pub(crate) fn insert_if_open(&mut self, family: &str, key: &str, column: Column) -> bool {
        let (key, column_parent) = (bytes(key), parent(family));
        let call = methods::Insert { key, column_parent, column, consistency_level: ConsistencyLevel::One };
        let mut frame = Vec::new();
        wire::encode_call(&call, 1, &mut frame);
        self.send_if_open(&frame);
        let Some(reply) = self.receive() else { return false };
        wire::decode_reply::<methods::Insert>(&reply, 1).expect("a reply").expect("it is written");
        true
    }

    /// Asks for the server's version.
    pub(crate) fn send_version(&mut self) {
        let mut frame = Vec::new();
        wire::encode_call(&methods::DescribeVersion {}, 1, &mut frame);
        self.send_if_open(&frame);
    }

    /// The server's version, unless it closes the connection.
    pub(crate) fn try_version(&mut self) -> Option<String> {
        self.send_version();
        let reply = self.receive()?;
        wire::decode_reply::<methods::DescribeVersion>(&reply, 1).ok()?.ok()
    }
}
