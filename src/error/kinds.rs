//! What can go wrong: a variant for each.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::detail::{after, hosts, list, names};
use super::{CommitReport, Difference, LoadReport, Place, ServerFailure};
use crate::marshal::{InvalidClass, Mismatch};
use crate::wire::{ApplicationErrorKind, DecodeError, Exception, TimedOutException};

type Source = Box<dyn std::error::Error + Send + Sync>;

/// What can go wrong.
///
/// Every variant says where: the server, and as far as they are known the method, keyspace, column family,
/// row key and column (a [`Place`]). Its text never repeats that of its source; print both:
///
/// ```
/// use std::error::Error as _;
///
/// use cassa::Error;
/// # use cassa::{Class, ColumnFamily, ColumnFamilyBuilder, ConnectionPool, EmbeddedServer, SimpleStrategy};
/// # use cassa::SystemManager;
///
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # let system = SystemManager::connect(server.addresses())?;
/// # system.create_keyspace("Fleet", SimpleStrategy(1))?;
/// # let planes = ColumnFamilyBuilder::new("Planes").comparator(Class::Utf8).column("year", Class::Int32);
/// # system.create_column_family("Fleet", planes)?;
/// # let pool = ConnectionPool::new("Fleet", server.addresses())?;
/// # let planes = ColumnFamily::open(&pool, "Planes")?;
/// let error = planes.insert("N10156", [("year", "new")]).unwrap_err();
/// match &error {
///     Error::Type { at, .. } => assert_eq!(at.column.as_deref(), Some("\"year\"")),
///     e => panic!("{e}"),
/// }
/// let (mut text, mut source) = (error.to_string(), error.source());
/// while let Some(cause) = source {
///     text += &format!(": {cause}");
///     source = cause.source();
/// }
/// assert_eq!(
///     text,
///     "keyspace Fleet, column family Planes, row key \"N10156\", column \"year\": \
///      expected an Int32Type, got the text \"new\""
/// );
/// # Ok(())
/// # }
/// ```
#[non_exhaustive]
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No connection could be made: the server refuses, its name is unknown, or it cannot be reached within
    /// the connect timeout.
    #[error("cannot connect to {server}")]
    Connect {
        /// The server, as it was given.
        server: Arc<str>,
        /// Why.
        source: io::Error,
    },
    /// A server took the call, and did not answer in time. A write may have taken effect.
    #[error("no answer from {server} to {method} within {within:?}")]
    NoAnswer {
        /// The server.
        server: Arc<str>,
        /// The method of the interface.
        method: &'static str,
        /// The read/write timeout that ran out.
        within: Duration,
    },
    /// The connection broke during a call. A write may have taken effect.
    #[error("the connection to {server} broke during {method}")]
    Io {
        /// The server.
        server: Arc<str>,
        /// The method of the interface.
        method: &'static str,
        /// How.
        source: io::Error,
    },
    /// A server answered with bytes that are no reply to the call.
    #[error("{server} answered {method} with bytes that are no reply to it")]
    Protocol {
        /// The server.
        server: Arc<str>,
        /// The method of the interface.
        method: &'static str,
        /// What is wrong with them.
        source: Box<DecodeError>,
    },
    /// A message is larger than the limit on frames: ours, refused before it was sent, or the server's reply.
    #[error("{method} to {server}: a frame of {length} bytes is over the limit of {limit}")]
    FrameTooLarge {
        /// The server.
        server: Arc<str>,
        /// The method of the interface.
        method: &'static str,
        /// Its length in bytes.
        length: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// Servers that are up closed the connection on a large message, one after the other: it is over their
    /// limit on frames, which is less than the client's.
    #[error("{server} closes the connection on the frame of {length} bytes of {method}, as others do")]
    FrameRefused {
        /// The server that was asked last.
        server: Arc<str>,
        /// The method of the interface.
        method: &'static str,
        /// The message's length in bytes.
        length: usize,
    },
    /// `InvalidRequestException`: the server finds the request malformed, or not fitting the schema.
    #[error("{at}: {why}")]
    InvalidRequest {
        /// Which call.
        at: Box<Place>,
        /// The server's words.
        why: Box<str>,
    },
    /// `NotFoundException`, where absence is not an ordinary answer.
    #[error("{at}: not found")]
    NotFound {
        /// Which call.
        at: Box<Place>,
    },
    /// `UnavailableException`: too few replicas are up. Nothing was written of a single row, or of an atomic batch. Of a
    /// batch of several rows some may be written, as a server checks each when its turn comes.
    #[error("{at}: too few replicas are up for the consistency level")]
    Unavailable {
        /// Which call.
        at: Box<Place>,
    },
    /// `TimedOutException`: the replicas did not answer the server in time. A write may have taken effect.
    #[error("{at}: the replicas did not answer in time")]
    TimedOut {
        /// Which call.
        at: Box<Place>,
        /// How far it got, where the server says so.
        progress: TimedOutException,
    },
    /// `AuthenticationException`: the credentials were refused.
    #[error("{at}: login refused: {why}")]
    Authentication {
        /// Which call.
        at: Box<Place>,
        /// The server's words.
        why: Box<str>,
    },
    /// `AuthorizationException`: the user may not do this.
    #[error("{at}: not permitted: {why}")]
    Authorization {
        /// Which call.
        at: Box<Place>,
        /// The server's words.
        why: Box<str>,
    },
    /// `SchemaDisagreementException`: the nodes do not agree on the schema.
    #[error("{at}: the nodes of the cluster do not agree on the schema{}", hosts(.versions))]
    SchemaDisagreement {
        /// Which call.
        at: Box<Place>,
        /// The hosts at each version of the schema; empty where the server does not say.
        versions: Vec<(String, Vec<String>)>,
    },
    /// `TApplicationException`: the server does not know the method, or failed in it.
    #[error("{at}: {kind:?}: {message}")]
    Application {
        /// Which call.
        at: Box<Place>,
        /// Thrift's kind.
        kind: ApplicationErrorKind,
        /// The server's words.
        message: Box<str>,
    },
    /// None of the servers could be reached.
    #[error("none of the {} servers is available: {}", .0.len(), list(.0))]
    AllServersUnavailable(Box<[ServerFailure]>),
    /// All connections of the pool were out for as long as the caller would wait.
    #[error(
        "no connection became free within {waited:?} (pool_size {size}, max_overflow {overflow}, all checked out)"
    )]
    NoConnectionAvailable {
        /// `pool_size`: the connections that the pool keeps.
        size: usize,
        /// `max_overflow`: the connections that it may make beyond.
        overflow: usize,
        /// How long the caller waited.
        waited: Duration,
    },
    /// A call failed as often as it was allowed to try.
    #[error("failed {attempts} times: {}", list(.failures))]
    MaximumRetry {
        /// How often it was tried.
        attempts: usize,
        /// The failures in their order, the last cause last. Of very many, the first and the last ones.
        failures: Box<[ServerFailure]>,
    },
    /// A call could not be done within the time for it, retries and waits included. A write may have taken
    /// effect.
    #[error("not done within {within:?}, tried {attempts} times{}", after(.failures))]
    DeadlineExceeded {
        /// The time there was for the whole call.
        within: Duration,
        /// How often it was tried.
        attempts: usize,
        /// The failures in their order, the last cause last. Of very many, the first and the last ones.
        failures: Box<[ServerFailure]>,
    },
    /// The cluster has no such keyspace.
    #[error("{server} has no keyspace {keyspace}")]
    NoSuchKeyspace {
        /// The server that was asked.
        server: Arc<str>,
        /// The name that was given.
        keyspace: Box<str>,
    },
    /// The keyspace has no such column family.
    #[error("keyspace {keyspace} has no column family {column_family}; it has {}", names(.known))]
    NoSuchColumnFamily {
        /// The keyspace.
        keyspace: Box<str>,
        /// The name that was given.
        column_family: Box<str>,
        /// Those it has.
        known: Vec<String>,
    },
    /// A key, name or value does not fit the type that the schema gives it, or its bytes do not.
    #[error("{at}")]
    Type {
        /// Which one.
        at: Box<Place>,
        /// What was expected, and what came.
        source: Mismatch,
    },
    /// The schema names a class that cannot be one.
    #[error("{at}")]
    Class {
        /// Where.
        at: Box<Place>,
        /// The name.
        source: InvalidClass,
    },
    /// The live schema is no longer the one that a [`ColumnFamily`](crate::ColumnFamily) packs by. What was asked for was
    /// not done, or it did not fit; [`reload_schema`](crate::ColumnFamily::reload_schema) makes the handle usable again.
    #[error("{at}: the schema has changed since it was read: {}", list(.differences))]
    SchemaChanged {
        /// Which column family.
        at: Box<Place>,
        /// What the handle has, and what the schema has now.
        differences: Box<[Difference]>,
    },
    /// What was asked for is not for this kind of column family: super columns, or none; counters, or none.
    #[error("{at}: {why}")]
    WrongKind {
        /// Which column family, row key and column.
        at: Box<Place>,
        /// What was expected, and what came.
        why: Box<str>,
    },
    /// A single write, or a batch that must not be split, is larger than the limit on frames. It was not sent.
    #[error("{at}: a message of {length} bytes is over the limit of {limit}")]
    TooLarge {
        /// Which row.
        at: Box<Place>,
        /// The message's length in bytes.
        length: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// A field of a mapped object cannot be written as its column, or read from it.
    #[error("{at}, field `{field}`")]
    Field {
        /// Which object.
        at: Box<Place>,
        /// The field, by serde's name; empty where serde does not say.
        field: Box<str>,
        /// What was expected, and what came.
        source: Source,
    },
    /// A row lacks a column that its object must have.
    #[error("{at}: the column is missing, and field `{field}` has no default")]
    MissingColumn {
        /// Which column of which row.
        at: Box<Place>,
        /// The field, by serde's name.
        field: Box<str>,
    },
    /// An object or a write without a single column. Cassandra would answer it with a row that does not exist.
    #[error("{at}: no column to write")]
    NothingToWrite {
        /// Which row.
        at: Box<Place>,
    },
    /// An object was to be saved over another version than the one that is stored.
    #[error("{at}: expected version {expected}, the stored one is {current}")]
    Conflict {
        /// The object's row.
        at: Box<Place>,
        /// The version that it was read with; `none` for a new object.
        expected: Box<str>,
        /// The version that is stored now.
        current: Box<str>,
    },
    /// Not all of a unit of work is acknowledged; what is not stays in the unit.
    #[error("{_0}")]
    Commit(Box<CommitReport>),
    /// A load has stopped before all of it was acknowledged.
    #[error("{_0}")]
    Load(Box<LoadReport>),
    /// A unit of work has gathered as much as it may. What it holds stays; what was to be added was not.
    #[error("the unit of work holds {bytes} bytes, and may hold {limit}: commit it")]
    UnitOfWorkFull {
        /// What waits in it, in bytes.
        bytes: usize,
        /// `max_pending_bytes` in bytes.
        limit: usize,
    },
    /// A struct and the live column family differ.
    #[error("{at}: the struct {name} does not fit the schema: {}", list(.differences))]
    SchemaMismatch {
        /// Which column family.
        at: Box<Place>,
        /// The struct.
        name: &'static str,
        /// All differences.
        differences: Box<[Difference]>,
    },
    /// A struct cannot be mapped: serde and the derive do not agree on its fields.
    #[error("the struct {name} cannot be mapped: {why}")]
    Mapping {
        /// The struct.
        name: &'static str,
        /// Why.
        why: Box<str>,
    },
    /// An option has a value that it cannot have.
    #[error("{option}: {why}")]
    InvalidOption {
        /// The option.
        option: &'static str,
        /// Why.
        why: Box<str>,
    },
    /// This version cannot do it.
    #[error("{at}: {what} is not supported by this version")]
    Unsupported {
        /// Where.
        at: Box<Place>,
        /// What.
        what: Box<str>,
    },
    /// The embedded server's files are damaged, in use, or cannot be read or written.
    #[error("{}: {what}", .path.display())]
    Storage {
        /// The file or directory.
        path: Box<Path>,
        /// What could not be done.
        what: Box<str>,
        /// Why, where the system or the store says so.
        source: Option<Source>,
    },
    /// The embedded server cannot listen.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address, as it was given.
        address: Box<str>,
        /// Why.
        source: io::Error,
    },
}

impl Error {
    /// What a server answered, as an error.
    pub(crate) fn answered(exception: Exception, at: Place) -> Self {
        let at = Box::new(at);
        match exception {
            Exception::NotFound => Self::NotFound { at },
            Exception::InvalidRequest(why) => Self::InvalidRequest { at, why: why.into() },
            Exception::Unavailable => Self::Unavailable { at },
            Exception::TimedOut(progress) => Self::TimedOut { at, progress },
            Exception::Authentication(why) => Self::Authentication { at, why: why.into() },
            Exception::Authorization(why) => Self::Authorization { at, why: why.into() },
            Exception::SchemaDisagreement => Self::SchemaDisagreement { at, versions: Vec::new() },
            Exception::Application(kind, message) => Self::Application { at, kind, message: message.into() },
        }
    }
}
