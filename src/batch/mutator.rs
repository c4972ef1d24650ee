//! A batch over one or several column families.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::Arc;

use parking_lot::Mutex;

use super::chunk::Chunk;
use super::operation::Operation;
use super::queue::{self, Row, Rows};
use crate::column_family::{ColumnFamily, IntoColumns};
use crate::error::{Error, Place, Result};
use crate::marshal::Value;
use crate::pool::{Call, ConnectionPool};
use crate::wire::hot::{Batch, Mutations};
use crate::wire::{ApplicationErrorKind, ConsistencyLevel, methods};

/// Gathers writes of one or several column families of a keyspace, and sends them together.
///
/// What is queued is packed at once, so what does not fit its type is an error where it is queued, and nothing of that
/// operation is. It is stamped at once, too, each operation with a later timestamp than the one before: so operations on
/// one column end as they were ordered, and sending a batch again changes nothing.
///
/// A batch is sent by [`send`](Self::send), at the end of a [`scope`](Self::scope), and by itself when it has come to
/// [`queue_size`](Self::queue_size) operations or [`byte_limit`](Self::byte_limit) bytes. Where a call fails, everything
/// that was not acknowledged is kept, and goes out with the next one. Dropped with something left, a batch discards it,
/// with a warning to `tracing`.
///
/// May be used by many threads; each sends on a connection of its own, and holds nobody up.
///
/// ```
/// # use cassa::{ColumnFamily, ColumnFamilyBuilder, ConnectionPool, EmbeddedServer, Mutator, SimpleStrategy, SystemManager};
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # let system = SystemManager::connect(server.addresses())?;
/// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// # system.create_column_family("Keyspace1", "Planes")?;
/// # system.create_column_family("Keyspace1", "Models")?;
/// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
/// let (planes, models) = (ColumnFamily::open(&pool, "Planes")?, ColumnFamily::open(&pool, "Models")?);
/// let batch = Mutator::new(&pool);
/// batch
///     .insert(&planes, "N10156", [("model", "EMB-145XR")])?
///     .insert(&models, "EMB-145XR", [("N10156", "")])?
///     .remove(&models, "A320", ["N10156"])?
///     .send()?;
/// assert_eq!(planes.get("N10156")?.expect("just sent")["model"], "EMB-145XR");
/// # Ok(())
/// # }
/// ```
pub struct Mutator {
    pool: ConnectionPool,
    options: Options,
    state: Mutex<State>,
}

#[derive(Clone, Debug)]
pub(super) struct Options {
    queue_size: Option<usize>,
    byte_limit: usize,
    consistency_level: ConsistencyLevel,
    atomic: bool,
    retry_counters: bool,
    /// Whether this is a scope's: nothing is sent before its end, and what is left of it is discarded in silence.
    scoped: bool,
}

#[derive(Default)]
struct State {
    plain: Rows,
    counters: Rows,
    /// Counters that were sent without an answer: nobody knows whether they took effect.
    doubtful: Rows,
    /// To ask what an error means, and to name rows.
    families: HashMap<Arc<str>, ColumnFamily>,
    last_timestamp: i64,
}

impl Mutator {
    /// A batch on the connections of a pool.
    pub fn new(pool: &ConnectionPool) -> Self {
        let options = Options {
            queue_size: Some(100),
            byte_limit: 1024 * 1024,
            consistency_level: ConsistencyLevel::One,
            atomic: false,
            retry_counters: false,
            scoped: false,
        };
        Mutator {
            pool: pool.clone(),
            options,
            state: Mutex::new(State { last_timestamp: i64::MIN, ..State::default() }),
        }
    }

    /// The batch sends itself when it has come to so many operations; `None` for never. Defaults to 100, as pycassa's.
    #[must_use]
    pub fn queue_size(mut self, operations: impl Into<Option<usize>>) -> Self {
        self.options.queue_size = operations.into().map(|operations| operations.max(1));
        self
    }

    /// No message is larger than so many bytes, exactly counted; the batch sends itself when it has come to that.
    /// Defaults to 1 MiB; more than the pool's [`max_frame`](crate::ConnectionPoolBuilder::max_frame) is taken as that.
    ///
    /// A batch is split between rows, and inside a row only where that row alone passes the limit. A single column that
    /// does goes out in a message of its own.
    #[must_use]
    pub fn byte_limit(mut self, bytes: usize) -> Self {
        self.options.byte_limit = bytes;
        self
    }

    /// How many replicas must take the batch. Defaults to `ONE`, or of a batch on one column family, to
    /// [`ColumnFamily::write_consistency_level`].
    #[must_use]
    pub fn consistency_level(mut self, level: ConsistencyLevel) -> Self {
        self.options.consistency_level = level;
        self
    }

    /// Whether a batch is logged: once a server has it, it takes effect as a whole, sooner or later, whatever fails
    /// between. Defaults to false.
    ///
    /// It is sent whole, and only by [`send`](Self::send) or a scope; one that is larger than a frame is refused. It
    /// takes no counters. Cassandra knows it since 1.2; a server that does not is an [`Error::Unsupported`].
    #[must_use]
    pub fn atomic(mut self, atomic: bool) -> Self {
        self.options.atomic = atomic;
        self
    }

    /// Whether counters are sent again when it is not known whether they took effect: they may then count twice.
    /// Defaults to false, or of a batch on one column family, to [`ColumnFamily::retry_counters`].
    #[must_use]
    pub fn retry_counters(mut self, retry: bool) -> Self {
        self.options.retry_counters = retry;
        self
    }

    /// Options of one operation: time to live, timestamp, super column. Then its verb, which gives the batch back.
    ///
    /// ```
    /// # use cassa::{ColumnFamily, ConnectionPool, EmbeddedServer, Mutator, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family("Keyspace1", "Standard1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// # let cf = ColumnFamily::open(&pool, "Standard1")?;
    /// let batch = Mutator::new(&pool);
    /// batch.write(&cf).ttl(60).insert("foo", [("a", "1")])?.write(&cf).timestamp(5).insert("bar", [("a", "2")])?;
    /// batch.send()?;
    /// assert_eq!(cf.get("foo")?.expect("just sent").column("a").expect("inserted").ttl, Some(60));
    /// # Ok(())
    /// # }
    /// ```
    pub fn write<'b>(&'b self, cf: &'b ColumnFamily) -> Operation<'b, Mutator> {
        Operation::new(self, cf, self)
    }

    /// Queues columns of a row.
    ///
    /// # Errors
    /// As [`Operation::insert`].
    pub fn insert(
        &self,
        cf: &ColumnFamily,
        key: impl Into<Value>,
        columns: impl IntoColumns,
    ) -> Result<&Self> {
        Operation::new(self, cf, self).insert(key, columns)?;
        Ok(self)
    }

    /// Queues the deletion of columns of a row.
    ///
    /// # Errors
    /// As [`Operation::insert`].
    pub fn remove<N: Into<Value>>(
        &self,
        cf: &ColumnFamily,
        key: impl Into<Value>,
        columns: impl IntoIterator<Item = N>,
    ) -> Result<&Self> {
        Operation::new(self, cf, self).remove(key, columns)?;
        Ok(self)
    }

    /// Queues the deletion of a row.
    ///
    /// # Errors
    /// As [`Operation::insert`].
    pub fn remove_row(&self, cf: &ColumnFamily, key: impl Into<Value>) -> Result<&Self> {
        Operation::new(self, cf, self).remove_row(key)?;
        Ok(self)
    }

    /// Queues an addition to a counter.
    ///
    /// # Errors
    /// As [`Operation::add`].
    pub fn add(
        &self,
        cf: &ColumnFamily,
        key: impl Into<Value>,
        column: impl Into<Value>,
        value: i64,
    ) -> Result<&Self> {
        Operation::new(self, cf, self).add(key, column, value)?;
        Ok(self)
    }

    /// The operations that wait to be sent. Of operations under way in other threads it knows nothing.
    pub fn len(&self) -> usize {
        let state = self.state.lock();
        state.plain.operations() + state.counters.operations()
    }

    /// Whether nothing waits to be sent.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets what waits to be sent. Gives the number of operations.
    pub fn discard(&self) -> usize {
        let mut state = self.state.lock();
        let (plain, counters) = (std::mem::take(&mut state.plain), std::mem::take(&mut state.counters));
        plain.operations() + counters.operations()
    }

    /// The additions to counters that were sent, and of which nobody knows whether they took effect. They are not sent
    /// again, as they might count twice.
    pub fn doubtful(&self) -> usize {
        self.state.lock().doubtful.operations()
    }

    /// Queues the [`doubtful`](Self::doubtful) additions again: for a caller who knows that they did not count, or prefers
    /// that they count twice. Gives their number.
    pub fn requeue_doubtful(&self) -> usize {
        let mut state = self.state.lock();
        let doubtful = std::mem::take(&mut state.doubtful);
        let operations = doubtful.operations();
        state.counters.append(doubtful.into_inner());
        operations
    }

    /// Sends what waits: first everything else, then counters, in messages of their own.
    ///
    /// # Errors
    /// The first one of a message. What was acknowledged before it is done; what was not is kept, and the next call
    /// sends it, with the timestamps that it has. Only additions to counters that may have taken effect are not sent
    /// again, see [`doubtful`](Self::doubtful). [`Error::TooLarge`] where an [`atomic`](Self::atomic) batch is larger than
    /// a frame, [`Error::Unsupported`] where the server does not know such; [`Error::SchemaChanged`]; those of
    /// [`ConnectionPool::execute`].
    pub fn send(&self) -> Result<()> {
        let (plain, counters) = {
            let mut state = self.state.lock();
            (std::mem::take(&mut state.plain), std::mem::take(&mut state.counters))
        };
        let (mut plain, mut counters) = (plain.into_inner(), counters.into_inner());
        let sent = self.send_plain(&mut plain).and_then(|()| self.send_counters(&mut counters));
        if sent.is_err() {
            let mut state = self.state.lock();
            state.plain.prepend(plain);
            state.counters.prepend(counters);
        }
        sent
    }

    fn send_plain(&self, rows: &mut VecDeque<Row>) -> Result<()> {
        if self.options.atomic {
            let Some(chunk) = Chunk::of_all(rows) else { return Ok(()) };
            let (length, limit) = (chunk.batch.message_size(true), self.pool.max_frame());
            if length > limit {
                let at = Place::keyspace(self.pool.keyspace());
                return Err(Error::TooLarge { at: Box::new(at), length, limit });
            }
            self.send_chunk(&chunk, rows, Call::idempotent())?;
            rows.clear();
            return Ok(());
        }
        while let Some(chunk) = Chunk::of(rows, self.limit()) {
            self.send_chunk(&chunk, rows, Call::idempotent())?;
            chunk.acknowledged(rows);
        }
        Ok(())
    }

    fn send_counters(&self, rows: &mut VecDeque<Row>) -> Result<()> {
        let retry = self.options.retry_counters;
        while let Some(chunk) = Chunk::of(rows, self.limit()) {
            let sent = self.send_chunk(&chunk, rows, if retry { Call::idempotent() } else { Call::once() });
            if let Err(e) = sent {
                if !retry && e.may_have_written_some(chunk.batch.rows()) {
                    let doubtful = chunk.set_aside(rows);
                    self.state.lock().doubtful.append(doubtful);
                }
                return Err(e);
            }
            chunk.acknowledged(rows);
        }
        Ok(())
    }

    fn send_chunk(&self, chunk: &Chunk, rows: &VecDeque<Row>, call: Call<'_>) -> Result<()> {
        let (atomic, level, batch) = (self.options.atomic, self.options.consistency_level, &chunk.batch);
        let key = chunk.only_row(rows);
        let call = key.map_or(call, |key| call.routing_key(key));
        let sent = self.pool.execute_with(call, |connection| {
            let encode = |sequence, out: &mut Vec<u8>| batch.encode(atomic, level, sequence, out);
            if atomic {
                connection.call_in_place::<methods::AtomicBatchMutate>(encode)
            } else {
                connection.call_in_place::<methods::BatchMutate>(encode)
            }
        });
        sent.map_err(|e| self.explain(e, chunk, rows))
    }

    /// Says where an error was, and what it means.
    #[cold]
    fn explain(&self, e: Error, chunk: &Chunk, rows: &VecDeque<Row>) -> Error {
        if let Error::Application { at, kind: ApplicationErrorKind::UnknownMethod, .. } = e {
            return Error::Unsupported { at, what: "an atomic batch (Cassandra has it since 1.2)".into() };
        }
        let mut families: Vec<ColumnFamily> = {
            let state = self.state.lock();
            chunk.families(rows).filter_map(|name| state.families.get(name)).cloned().collect()
        };
        families.sort_by(|a, b| a.name().cmp(b.name()));
        families.dedup_by(|a, b| a.name() == b.name());
        let mut e = e;
        for family in &families {
            e = family.explain(e);
        }
        match (&families[..], chunk.only_row(rows)) {
            ([only], Some(key)) => e.at(only.key_place(key)),
            ([only], None) => e.at(only.place()),
            _ => e.at(Place::keyspace(self.pool.keyspace())),
        }
    }

    fn limit(&self) -> usize {
        self.options.byte_limit.min(self.pool.max_frame())
    }

    /// Runs `body` with a batch of the same options, and sends what it queued if it succeeds. If it fails or panics, what
    /// it queued is discarded, and nothing of it was sent: within a scope, a batch does not send itself.
    ///
    /// ```
    /// # use cassa::{ColumnFamily, ConnectionPool, EmbeddedServer, Error, Mutator, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family("Keyspace1", "Standard1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// # let cf = ColumnFamily::open(&pool, "Standard1")?;
    /// let batch = Mutator::new(&pool);
    /// batch.scope(|batch| batch.insert(&cf, "foo", [("a", "1")]).map(|_| ()))?;
    /// assert!(cf.get("foo")?.is_some());
    ///
    /// let failed: Result<(), Box<dyn std::error::Error>> = batch.scope(|batch| {
    ///     batch.insert(&cf, "bar", [("a", "1")])?;
    ///     Err("something else went wrong".into())
    /// });
    /// assert!(failed.is_err());
    /// assert!(cf.get("bar")?.is_none());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of `body`; those of [`send`](Self::send), after which this batch keeps what was not acknowledged.
    pub fn scope<T, E: From<Error>>(&self, body: impl FnOnce(&Mutator) -> Result<T, E>) -> Result<T, E> {
        let inner = self.scoped();
        let value = body(&inner)?;
        self.take_over(&inner);
        self.send()?;
        Ok(value)
    }

    /// A batch for a scope of this one.
    pub(super) fn scoped(&self) -> Mutator {
        let last_timestamp = self.state.lock().last_timestamp;
        let state = State { last_timestamp, ..State::default() };
        let options = Options { scoped: true, ..self.options.clone() };
        Mutator { pool: self.pool.clone(), options, state: Mutex::new(state) }
    }

    /// Queues what a scope has gathered.
    pub(super) fn take_over(&self, inner: &Mutator) {
        let theirs = std::mem::take(&mut *inner.state.lock());
        let mut mine = self.state.lock();
        mine.plain.append(theirs.plain.into_inner());
        mine.counters.append(theirs.counters.into_inner());
        mine.doubtful.append(theirs.doubtful.into_inner());
        mine.families.extend(theirs.families);
        mine.last_timestamp = mine.last_timestamp.max(theirs.last_timestamp);
    }

    /// Queues an operation on a row, and sends the batch if it is full. Where that fails, the operation is queued.
    pub(crate) fn queue(
        &self,
        cf: &ColumnFamily,
        key: &[u8],
        given: Option<i64>,
        kind: Kind,
        encode: impl FnOnce(i64, &mut Mutations) -> Result<()>,
    ) -> Result<()> {
        let at = || cf.key_place(key);
        if cf.definition().keyspace() != self.pool.keyspace() {
            let expected = self.pool.keyspace();
            let why =
                format!("expected one of keyspace {expected}, got one of {}", cf.definition().keyspace());
            return Err(Error::InvalidOption { option: "column family", why: why.into() });
        }
        if kind == Kind::Counter && self.options.atomic {
            let why = "an atomic batch takes no counters";
            return Err(Error::WrongKind { at: Box::new(at()), why: why.into() });
        }
        cf.look_if_due()?;
        let timestamp = given.unwrap_or_else(|| self.stamp(cf));
        let mut mutations = Mutations::default();
        encode(timestamp, &mut mutations).map_err(|e| e.at(at()))?;
        self.check_size(key, cf.name(), &mutations).map_err(|e| e.at(at()))?;
        let full = {
            let mut state = self.state.lock();
            let name = match state.families.get_key_value(cf.name()) {
                Some((name, _)) => name.clone(),
                None => {
                    let name: Arc<str> = cf.name().into();
                    state.families.insert(name.clone(), cf.clone());
                    name
                }
            };
            let is_deletion = kind == Kind::Deletion;
            // what a counter family gets must not be sent twice
            let rows = if cf.definition().is_counter() { &mut state.counters } else { &mut state.plain };
            rows.push(key, &name, queue::Operation { mutations, given, is_deletion });
            let operations = state.plain.operations() + state.counters.operations();
            let bytes = state.plain.bytes().max(state.counters.bytes());
            self.options.queue_size.is_some_and(|most| operations >= most) || bytes >= self.limit()
        };
        if full && !self.options.scoped && !self.options.atomic { self.send() } else { Ok(()) }
    }

    /// The clock's time, but later than that of the operation before.
    fn stamp(&self, cf: &ColumnFamily) -> i64 {
        let now = cf.now();
        let mut state = self.state.lock();
        state.last_timestamp = now.max(state.last_timestamp.saturating_add(1));
        state.last_timestamp
    }

    /// What could never be sent is refused at once: it would keep all the rest from being sent.
    fn check_size(&self, key: &[u8], name: &str, mutations: &Mutations) -> Result<()> {
        let fixed = Batch::default().message_size(self.options.atomic)
            + queue::row_size(key)
            + queue::family_size(name);
        let largest = (0..mutations.len()).map(|i| mutations.size_of(&(i..i + 1))).max().unwrap_or_default();
        let (length, limit) = (fixed + largest, self.pool.max_frame());
        if length > limit {
            return Err(Error::TooLarge { at: Box::default(), length, limit });
        }
        Ok(())
    }
}

/// What an operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Insertion,
    Deletion,
    Counter,
}

impl Drop for Mutator {
    fn drop(&mut self) {
        let state = self.state.get_mut();
        let operations = state.plain.operations() + state.counters.operations();
        if operations > 0 && !self.options.scoped {
            tracing::warn!(
                operations,
                keyspace = self.pool.keyspace(),
                "a batch was dropped before it was sent"
            );
        }
    }
}

impl fmt::Debug for Mutator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mutator")
            .field("keyspace", &self.pool.keyspace())
            .field("options", &self.options)
            .field("operations", &self.len())
            .finish_non_exhaustive()
    }
}
