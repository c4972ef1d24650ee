//! Objects, and whole sources of them.

use serde::Serialize;

use super::Loader;
use crate::error::{Error, Result};
use crate::map::{ColumnFamilyMap, CounterColumns, Mapper, PlainColumns};

/// A loader whose next verb writes what expires.
///
/// ```
/// # use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize, ColumnFamilyMap)]
/// # struct Session { #[cassa(key)] id: String, user: String }
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # let system = SystemManager::connect(server.addresses())?;
/// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// # system.create_column_family_for::<Session>("Keyspace1")?;
/// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
/// let mut loader = pool.loader();
/// loader.ttl(3600).insert(&Session { id: "a1".into(), user: "ann".into() })?;
/// loader.finish()?;
/// # Ok(())
/// # }
/// ```
#[must_use = "options do nothing until a verb follows"]
#[derive(Debug)]
pub struct LoadTtl<'l> {
    loader: &'l mut Loader,
    ttl: i32,
}

impl Loader {
    /// Has the load use this mapper for its objects, rather than one of its own: for its consistency level.
    ///
    /// ```
    /// # use cassa::{ColumnFamilyMap, ConnectionPool, ConsistencyLevel, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
    /// # struct Plane { #[cassa(key)] tailnum: String, year: Option<i32>, model: String }
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family_for::<Plane>("Keyspace1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let planes = pool.map::<Plane>()?.write_consistency_level(ConsistencyLevel::All);
    /// let mut loader = pool.loader();
    /// loader.use_mapper(&planes)?;
    /// loader.insert(&Plane { tailnum: "N14228".into(), year: None, model: "737-824".into() })?;
    /// loader.finish()?; // on all replicas
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`UnitOfWork::use_mapper`](crate::UnitOfWork::use_mapper).
    pub fn use_mapper<T: ColumnFamilyMap + 'static>(&mut self, mapper: &Mapper<T>) -> Result<()> {
        self.work.use_mapper(mapper)
    }

    /// Loads a source: `gather` inserts and adds what is to be stored of each item, which counts as one object however much
    /// that is. Nothing of an item is sent before it is gathered whole; its columns go out before what it adds to counters.
    ///
    /// ```
    /// # use cassa::{ColumnFamily, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family("Keyspace1", "Standard1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// # let cf = ColumnFamily::open(&pool, "Standard1")?;
    /// let source = [("N101", "A320"), ("N102", "A321"), ("N103", "")];
    /// let mut loader = pool.loader();
    /// let loaded = loader.load(source, |loader, (tailnum, model)| {
    ///     if model.is_empty() {
    ///         return Err(format!("{tailnum} has no model").into());
    ///     }
    ///     loader.column_family(&cf)?.insert(tailnum, [("model", model)])?;
    ///     loader.column_family(&cf)?.insert(model, [(tailnum, "")])?;
    ///     Ok::<_, Box<dyn std::error::Error>>(())
    /// });
    /// assert_eq!(loaded.map_err(|e| e.to_string()), Err("N103 has no model".to_owned()));
    /// // nothing of it goes out, and what had not been sent goes with it
    /// assert!(loader.finish().is_err());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of `gather`, which end the load: what was gathered and not yet sent is discarded. [`Error::Load`] where something
    /// is not acknowledged. What is left when the source ends goes out with [`Loader::finish`].
    pub fn load<I, E: From<Error>>(
        &mut self,
        source: impl IntoIterator<Item = I>,
        mut gather: impl FnMut(&mut Loader, I) -> Result<(), E>,
    ) -> Result<(), E> {
        for item in source {
            self.begin()?;
            let whole = Whole::of(self);
            gather(&mut *whole.loader, item)?;
            whole.done();
        }
        Ok(())
    }

    /// Writes all columns of an object, as [`UnitOfWork::insert`](crate::UnitOfWork::insert).
    ///
    /// ```
    /// # use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
    /// # struct Plane { #[cassa(key)] tailnum: String, year: Option<i32>, model: String }
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family_for::<Plane>("Keyspace1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let mut loader = pool.loader();
    /// for n in 0..100 {
    ///     loader.insert(&Plane { tailnum: format!("N{n}"), year: None, model: "737-824".into() })?;
    /// }
    /// assert_eq!(loader.finish()?.objects, 100);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`UnitOfWork::insert`](crate::UnitOfWork::insert), and then the object is not in the load, which can go on.
    /// [`Error::Load`] where something sent before is not acknowledged; [`Error::TooLarge`] for a row given before that is
    /// over the pool's `max_frame`: these end the load.
    pub fn insert<T>(&mut self, object: &T) -> Result<()>
    where
        T: PlainColumns + Serialize + 'static,
    {
        self.one(|work| work.insert_for(object, None))
    }

    /// Has the next verb write what expires after so many seconds, whatever object and struct say.
    pub fn ttl(&mut self, seconds: i32) -> LoadTtl<'_> {
        LoadTtl { loader: self, ttl: seconds }
    }

    /// Adds to the counter of this name, of the object with this key. See [`Loader`] for what becomes of counters where a
    /// load stops.
    ///
    /// ```
    /// # use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, ColumnFamilyMap)]
    /// # struct PageHits { #[cassa(key)] page: String, #[cassa(counter)] hits: i64 }
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family_for::<PageHits>("Keyspace1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let mut loader = pool.loader();
    /// loader.load(["home", "about", "home"], |loader, page| loader.add::<PageHits>(page, "hits", 1))?;
    /// loader.finish()?;
    /// assert_eq!(pool.map::<PageHits>()?.get("home")?.map(|page| page.hits), Some(2));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`UnitOfWork::add`](crate::UnitOfWork::add); as [`Loader::insert`].
    pub fn add<T>(&mut self, id: impl Serialize, counter: &str, number: i64) -> Result<()>
    where
        T: CounterColumns + 'static,
    {
        self.one(|work| work.add::<T>(id, counter, number))
    }
}

/// An item of a source while it is gathered. If that fails or panics, no part of it may leave.
struct Whole<'l> {
    loader: &'l mut Loader,
    done: bool,
}

impl Whole<'_> {
    fn of(loader: &mut Loader) -> Whole<'_> {
        loader.inside = true;
        Whole { loader, done: false }
    }

    fn done(mut self) {
        self.loader.objects += 1;
        self.done = true;
    }
}

impl Drop for Whole<'_> {
    fn drop(&mut self) {
        self.loader.inside = false;
        if !self.done {
            self.loader.cut_off = true;
            self.loader.work.discard();
        }
    }
}

impl LoadTtl<'_> {
    /// As [`Loader::insert`].
    ///
    /// # Errors
    /// As [`Loader::insert`].
    pub fn insert<T>(self, object: &T) -> Result<()>
    where
        T: PlainColumns + Serialize + 'static,
    {
        self.loader.one(|work| work.insert_for(object, Some(self.ttl)))
    }
}
