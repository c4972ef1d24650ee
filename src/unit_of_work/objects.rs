//! Objects: read and remembered, saved by what has changed.

use std::any::TypeId;
use std::collections::HashSet;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::UnitOfWork;
use super::pending::{Change, Range, Seen, Spot};
use crate::error::{Error, Result};
use crate::map::{
    ColumnFamilyMap, CounterColumns, Mapper, Packed, PackedVersion, PlainColumns, VersionedColumns,
};

/// An object with a version that waits to be saved.
pub(super) struct VersionedSave {
    pub(super) family: usize,
    pub(super) object: PackedVersion,
    /// An attempt was made, and nobody knows what became of it.
    pub(super) doubtful: bool,
}

/// A unit of work whose next verb writes what expires.
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
/// let mut work = pool.unit_of_work();
/// work.ttl(3600).insert(&Session { id: "a1".into(), user: "ann".into() })?;
/// work.commit()?;
/// # Ok(())
/// # }
/// ```
#[must_use = "options do nothing until a verb follows"]
pub struct WorkTtl<'w> {
    work: &'w mut UnitOfWork,
    ttl: i32,
}

impl UnitOfWork {
    /// Has the unit use this mapper for its objects, rather than one of its own: for its consistency levels.
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
    /// let mut work = pool.unit_of_work();
    /// work.use_mapper(&planes)?;
    /// work.insert(&Plane { tailnum: "N14228".into(), year: Some(1999), model: "737-824".into() })?;
    /// work.commit()?; // on all replicas
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidOption`] where it is of another keyspace, or where the column family is in the unit with another
    /// write consistency level and the unit has none of its own.
    pub fn use_mapper<T: ColumnFamilyMap + 'static>(&mut self, mapper: &Mapper<T>) -> Result<()> {
        let family = self.enlist(mapper.column_family())?;
        self.families[family].is_mapped = true;
        self.mappers.insert(TypeId::of::<T>(), (Arc::new(mapper.clone()), family));
        Ok(())
    }

    /// The mapper of a type, opened where it is needed first, and the place of its column family.
    fn mapper<T: ColumnFamilyMap + 'static>(&mut self) -> Result<(Arc<Mapper<T>>, usize)> {
        let id = TypeId::of::<T>();
        if !self.mappers.contains_key(&id) {
            let mapper = Mapper::<T>::open(&self.pool)?;
            self.use_mapper(&mapper)?;
        }
        let (mapper, family) = &self.mappers[&id];
        let mapper = Arc::clone(mapper).downcast().expect("it was put there under its type");
        Ok((mapper, *family))
    }

    /// The object with this key, and for an object in a super column its name, for one of a wide row its clustering, as it
    /// is stored; `None` where there is none.
    ///
    /// The unit remembers its columns: a later [`UnitOfWork::save`] writes only those that have changed. Objects that were
    /// read otherwise, such as by [`Mapper::get_range`] or [`Mapper::xget`], it does not know, and saves whole.
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
    /// pool.map::<Plane>()?.insert(&Plane { tailnum: "N14228".into(), year: None, model: "737-824".into() })?;
    /// let mut work = pool.unit_of_work();
    /// let mut plane: Plane = work.get("N14228")?.expect("just inserted");
    /// plane.year = Some(1999);
    /// work.save(&plane)?;
    /// assert_eq!(work.len(), 1); // the year
    /// work.commit()?;
    /// assert_eq!(work.get::<Plane>("N1")?, None);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of [`Mapper::open`], where the unit meets this type first, and of [`Mapper::get`].
    pub fn get<T>(&mut self, id: impl Serialize) -> Result<Option<T>>
    where
        T: ColumnFamilyMap + DeserializeOwned + 'static,
    {
        let (mapper, family) = self.mapper::<T>()?;
        let id = mapper.pack_identity(id)?;
        Ok(self.read(&mapper, family, vec![id])?.pop())
    }

    /// The objects with these keys, as they are stored, in the order asked for; those that are not there are left out, and
    /// one that is asked for twice comes once. All are remembered, as by [`UnitOfWork::get`].
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
    /// let plane = |tailnum: &str| Plane { tailnum: tailnum.into(), year: None, model: "737-824".into() };
    /// let mut work = pool.unit_of_work();
    /// for tailnum in ["N1", "N2"] {
    ///     work.insert(&plane(tailnum))?;
    /// }
    /// work.commit()?;
    /// let planes: Vec<Plane> = work.multiget(["N2", "N3", "N1"])?;
    /// assert_eq!(planes, [plane("N2"), plane("N1")]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`UnitOfWork::get`].
    pub fn multiget<T, K>(&mut self, ids: impl IntoIterator<Item = K>) -> Result<Vec<T>>
    where
        T: ColumnFamilyMap + DeserializeOwned + 'static,
        K: Serialize,
    {
        let (mapper, family) = self.mapper::<T>()?;
        let ids = ids.into_iter().map(|id| mapper.pack_identity(id)).collect::<Result<_>>()?;
        self.read(&mapper, family, ids)
    }

    fn read<T>(&mut self, mapper: &Mapper<T>, family: usize, ids: Vec<Packed>) -> Result<Vec<T>>
    where
        T: ColumnFamilyMap + DeserializeOwned,
    {
        if mapper.is_wide() {
            return self.read_items(mapper, family, ids);
        }
        let asked = ids.clone();
        let loaded = mapper.load(ids)?;
        // what was known before may be old
        asked.iter().for_each(|id| self.bases.forget(spot_of(family, id)));
        let mut objects = Vec::with_capacity(loaded.len());
        for read in loaded {
            let cells = read.row.row().cells().map(|cell| (cell.name, cell.value));
            self.bases.read(spot_of(family, &read.id), mapper.asked_names(), cells);
            objects.push(read.object);
        }
        for spot in asked.iter().map(|id| spot_of(family, id)) {
            // what is not found is known not to be there
            if self.bases.known(spot).is_nothing() {
                self.bases.read(spot, mapper.asked_names(), std::iter::empty());
            }
        }
        Ok(objects)
    }

    /// Of objects of wide rows, what is known of their row is known by the whole names of its columns.
    fn read_items<T>(&mut self, mapper: &Mapper<T>, family: usize, ids: Vec<Packed>) -> Result<Vec<T>>
    where
        T: ColumnFamilyMap + DeserializeOwned,
    {
        let mut seen = HashSet::new();
        let ids: Vec<Packed> = ids.into_iter().filter(|id| seen.insert(id.clone())).collect();
        let mut asked = Vec::with_capacity(ids.len());
        for id in &ids {
            asked.push((id, mapper.asked_names_of_item(id)?));
        }
        let mut read = Vec::new();
        let objects = mapper.load_items(&ids, |id, cells| {
            let cells = cells.map(|cell| (cell.name.to_vec(), cell.value.to_vec()));
            read.push((id.clone(), cells.collect::<Vec<_>>()));
        })?;
        for (id, names) in asked {
            self.bases.learn(spot_of(family, id), names.iter().map(|name| (&**name, None)));
        }
        for (id, cells) in read {
            let cells = cells.iter().map(|(name, value)| (&**name, Some(&**value)));
            self.bases.learn(spot_of(family, &id), cells);
        }
        Ok(objects)
    }

    /// Makes the stored object equal to this one: of one that the unit has read or committed, by the columns that have
    /// changed; of another, by all of its columns. A column of a field that is `None` is deleted. Of the columns that a
    /// `rest` map holds, those go that the unit knows of and that are not in the map any more.
    ///
    /// What has changed is told from what the unit has read, not from what is stored by now: a column that another has
    /// changed meanwhile is not written back. Columns that are not sent keep their time to live; to give all of an object
    /// a new one, [`insert`](UnitOfWork::insert) it.
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
    /// let mut plane = Plane { tailnum: "N14228".into(), year: Some(1999), model: "737-824".into() };
    /// let mut work = pool.unit_of_work();
    /// work.save(&plane)?; // not read before: all of it
    /// work.commit()?;
    /// work.save(&plane)?;
    /// assert!(!work.is_dirty()); // it is as it was committed
    /// plane.year = None;
    /// work.save(&plane)?;
    /// assert_eq!(work.to_string(), "column family Plane, row key \"N14228\": delete \"year\"\n");
    /// work.commit()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Field`] where a value does not fit its column; [`Error::NothingToWrite`] for an object without a single
    /// column; [`Error::UnitOfWorkFull`]; those of [`Mapper::open`].
    pub fn save<T>(&mut self, object: &T) -> Result<()>
    where
        T: PlainColumns + Serialize + 'static,
    {
        self.save_for(object, None)
    }

    /// Writes all columns of an object, whether they have changed or not. What becomes of a column whose field is `None` is
    /// said by the struct's `nulls`, as for [`Mapper::insert`].
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
    /// let mut work = pool.unit_of_work();
    /// work.insert(&Plane { tailnum: "N14228".into(), year: Some(1999), model: "737-824".into() })?;
    /// work.commit()?;
    /// work.insert(&Plane { tailnum: "N14228".into(), year: None, model: "737-924".into() })?;
    /// work.commit()?;
    /// let plane = work.get::<Plane>("N14228")?.expect("just inserted");
    /// assert_eq!(plane.year, Some(1999)); // a field that is `None` leaves its column alone
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`UnitOfWork::save`].
    pub fn insert<T>(&mut self, object: &T) -> Result<()>
    where
        T: PlainColumns + Serialize + 'static,
    {
        self.insert_for(object, None)
    }

    /// Has the next verb write what expires after so many seconds, whatever object and struct say.
    pub fn ttl(&mut self, seconds: i32) -> WorkTtl<'_> {
        WorkTtl { work: self, ttl: seconds }
    }

    fn save_for<T>(&mut self, object: &T, ttl: Option<i32>) -> Result<()>
    where
        T: PlainColumns + Serialize + 'static,
    {
        let (mapper, family) = self.mapper::<T>()?;
        self.make_room()?;
        let (plan, mut cells) = (mapper.the_plan(), std::mem::take(&mut self.cells));
        mapper.pack_object(object, &mut cells)?;
        let ttl = mapper.ttl_of(ttl, &cells);
        let spot = Spot { key: cells.key(plan), family, super_column: cells.super_column(plan) };
        let comparator = self.families[family].comparator(spot.super_column.is_some());
        let (waiting, stored) = (self.pending.known(spot), self.bases.known(spot));
        let changed = cells.iter(plan).filter_map(|(name, value)| {
            let seen = match waiting.seen(comparator, name) {
                Seen::Unknown => stored.seen(name),
                seen => seen,
            };
            match (seen, value) {
                (Seen::Value(old), Some(new)) if old == new => None,
                (Seen::Absent, None) => None,
                (_, Some(value)) => Some((name, Change::Write { value, ttl })),
                (_, None) => Some((name, Change::Delete)),
            }
        });
        let mut changes: Vec<(&[u8], Change<'_>)> = changed.collect();
        let mut gone: Vec<Box<[u8]>> = Vec::new();
        if plan.rest().is_some() {
            // what stood in the map, or was to be written to it, and does not stand there any more
            let kept: HashSet<&[u8]> = cells.iter(plan).map(|(name, _)| name).collect();
            let stored = stored.names().filter(|name| waiting.seen(comparator, name) == Seen::Unknown);
            let known = stored.chain(waiting.written());
            gone.extend(known.filter(|name| !kept.contains(name)).map(Box::from));
        }
        changes.extend(gone.iter().map(|name| (&**name, Change::Delete)));
        self.bytes += self.pending.put_all(spot, changes.iter().copied(), plan.rest().is_none());
        self.cells = cells;
        Ok(())
    }

    pub(super) fn insert_for<T>(&mut self, object: &T, ttl: Option<i32>) -> Result<()>
    where
        T: PlainColumns + Serialize + 'static,
    {
        let (mapper, family) = self.mapper::<T>()?;
        self.make_room()?;
        let (plan, mut cells) = (mapper.the_plan(), std::mem::take(&mut self.cells));
        mapper.pack_object(object, &mut cells)?;
        let ttl = mapper.ttl_of(ttl, &cells);
        let spot = Spot { key: cells.key(plan), family, super_column: cells.super_column(plan) };
        let deletes_nulls = mapper.deletes_nulls();
        let changes = cells.iter(plan).filter_map(|(name, value)| match value {
            Some(value) => Some((name, Change::Write { value, ttl })),
            None => deletes_nulls.then_some((name, Change::Delete)),
        });
        self.bytes += self.pending.put_all(spot, changes, plan.rest().is_none());
        self.cells = cells;
        Ok(())
    }

    /// Saves an object with a version, if nobody else has saved it since it was read. It goes out alone, before anything
    /// else of the unit, and a conflict ends the commit.
    ///
    /// The object has its next version at once; after a commit that failed, read it again.
    ///
    /// ```
    /// # use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, Error, Outcome, SimpleStrategy, SystemManager};
    /// # use serde::{Deserialize, Serialize};
    /// #[derive(Serialize, Deserialize, ColumnFamilyMap)]
    /// struct Account {
    ///     #[cassa(key)]
    ///     owner: String,
    ///     #[cassa(version)]
    ///     version: i64,
    ///     balance: i64,
    /// }
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family_for::<Account>("Keyspace1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let mut work = pool.unit_of_work();
    /// work.save_version(&mut Account { owner: "ann".into(), version: 0, balance: 10 })?;
    /// work.commit()?;
    ///
    /// let mut ann: Account = work.get("ann")?.expect("it was committed");
    /// let mut by_another: Account = work.get("ann")?.expect("it was committed");
    /// ann.balance += 1;
    /// work.save_version(&mut ann)?;
    /// work.commit()?;
    /// by_another.balance += 5;
    /// work.save_version(&mut by_another)?;
    /// let Err(Error::Commit(report)) = work.commit() else { panic!("it was read before ann was saved") };
    /// assert!(matches!(report.chunks()[0].outcome, Outcome::Rejected(Error::Conflict { .. })));
    /// work.discard(); // what is refused would be refused again
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`UnitOfWork::save`]; [`Error::WrongKind`] where something else waits for its row, such as a deletion: that
    /// would go out after it.
    pub fn save_version<T>(&mut self, object: &mut T) -> Result<()>
    where
        T: VersionedColumns + Serialize + 'static,
    {
        let (mapper, family) = self.mapper::<T>()?;
        self.make_room()?;
        if !self.pending.is_empty() {
            let id = mapper.pack_identity_of(object)?;
            if self.pending.waits(&id.key, family) {
                let at = Box::new(self.families[family].place(&id.key, None));
                let why = "other changes of its row wait, and would go out after it: commit them first";
                return Err(Error::WrongKind { at, why: why.into() });
            }
        }
        let object = mapper.pack_version(object, None)?;
        self.bytes += object.columns.iter().map(|(name, value)| 64 + name.len() + value.len()).sum::<usize>();
        self.versions.push(VersionedSave { family, object, doubtful: false });
        Ok(())
    }

    /// Deletes an object: its row, or its super column.
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
    /// let plane = Plane { tailnum: "N14228".into(), year: Some(1999), model: "737-824".into() };
    /// let mut work = pool.unit_of_work();
    /// work.insert(&plane)?;
    /// work.commit()?;
    /// work.remove(&plane)?;
    /// work.commit()?;
    /// assert_eq!(work.get::<Plane>("N14228")?, None);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Field`] where its key does not fit; [`Error::UnitOfWorkFull`]; those of [`Mapper::open`].
    pub fn remove<T>(&mut self, object: &T) -> Result<()>
    where
        T: ColumnFamilyMap + Serialize + 'static,
    {
        let (mapper, family) = self.mapper::<T>()?;
        let id = mapper.pack_identity_of(object)?;
        self.remove_packed(&mapper, family, &id)
    }

    /// Deletes the object with this key, and for an object in a super column its name.
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
    /// let mut work = pool.unit_of_work();
    /// work.remove_key::<Plane>("N14228")?;
    /// assert_eq!(work.to_string(), "column family Plane, row key \"N14228\": delete the row\n");
    /// work.commit()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`UnitOfWork::remove`].
    pub fn remove_key<T>(&mut self, id: impl Serialize) -> Result<()>
    where
        T: ColumnFamilyMap + 'static,
    {
        let (mapper, family) = self.mapper::<T>()?;
        let id = mapper.pack_identity(id)?;
        self.remove_packed(&mapper, family, &id)
    }

    fn remove_packed<T>(&mut self, mapper: &Mapper<T>, family: usize, id: &Packed) -> Result<()> {
        self.make_room()?;
        let spot = Spot { key: &id.key, family, super_column: id.super_column.as_deref() };
        if let Some((start, finish)) = mapper.columns_of(id) {
            let comparator = self.families[family].comparator(false);
            let range = Range::of(&start, &finish);
            self.counters.remove_some(spot, |name| range.covers(comparator, name));
            if start == finish {
                self.bytes += self.pending.put(spot, &start, Change::Delete);
            } else {
                self.pending.delete_range(spot, comparator, range);
                self.bytes += 64 + start.len() + finish.len();
            }
            return Ok(());
        }
        self.pending.delete(spot);
        self.counters.remove(spot);
        self.versions.retain(|save| save.family != family || save.object.key != id.key);
        self.bytes += 64 + id.key.len();
        Ok(())
    }

    /// Adds to the counter of this name, of the object with this key. What is added to one counter is summed up.
    ///
    /// Counters are committed after everything else, in calls of their own. One whose outcome is unknown is not sent again
    /// unless [`UnitOfWork::resend_unknown`] says so.
    ///
    /// A counter cannot be set back by deleting it: on Cassandra it stays deleted for `gc_grace_seconds`, and what is added
    /// meanwhile is taken and lost. To set it back, add what is missing to zero.
    ///
    /// ```
    /// # use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # use serde::{Deserialize, Serialize};
    /// #[derive(Serialize, Deserialize, ColumnFamilyMap)]
    /// struct PageHits {
    ///     #[cassa(key)]
    ///     page: String,
    ///     #[cassa(counter)]
    ///     hits: i64,
    /// }
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family_for::<PageHits>("Keyspace1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let mut work = pool.unit_of_work();
    /// work.add::<PageHits>("home", "hits", 1)?;
    /// work.add::<PageHits>("home", "hits", 2)?;
    /// work.commit()?;
    /// assert_eq!(pool.map::<PageHits>()?.get("home")?.map(|page| page.hits), Some(3));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Mapping`] where the struct has no counter of this name; [`Error::WrongKind`] where the sum passes 64 bits, or
    /// where a deletion of the counter waits; those of [`UnitOfWork::remove`].
    pub fn add<T>(&mut self, id: impl Serialize, counter: &str, number: i64) -> Result<()>
    where
        T: CounterColumns + 'static,
    {
        let (mapper, family) = self.mapper::<T>()?;
        let id = mapper.pack_identity(id)?;
        let name = mapper.pack_column_name(&id, counter)?;
        self.add_packed(family, &id, &name, number)
    }

    fn add_packed(&mut self, family: usize, id: &Packed, name: &[u8], number: i64) -> Result<()> {
        let spot = Spot { key: &id.key, family, super_column: id.super_column.as_deref() };
        self.add_at(spot, name, number)
    }

    /// Adds to a packed counter.
    pub(super) fn add_at(&mut self, spot: Spot<'_>, name: &[u8], number: i64) -> Result<()> {
        self.make_room()?;
        let comparator = self.families[spot.family].comparator(spot.super_column.is_some());
        if self.pending.known(spot).seen(comparator, name) == Seen::Absent {
            let at = self.families[spot.family].place(spot.key, spot.super_column).name(comparator, name);
            let why = "its deletion waits, and a counter that was deleted cannot be added to any more";
            return Err(Error::WrongKind { at: Box::new(at), why: why.into() });
        }
        match self.counters.add(spot, name, number) {
            Ok(grown) => {
                self.bytes += grown;
                Ok(())
            }
            Err(super::counters::Overflow) => {
                let family = &self.families[spot.family];
                let at = family.place(spot.key, spot.super_column);
                let at = at.name(family.comparator(spot.super_column.is_some()), name);
                let why = format!("what is added to it, {number} the last, passes 64 bits");
                Err(Error::WrongKind { at: Box::new(at), why: why.into() })
            }
        }
    }
}

impl WorkTtl<'_> {
    /// As [`UnitOfWork::save`].
    ///
    /// # Errors
    /// As [`UnitOfWork::save`].
    pub fn save<T>(self, object: &T) -> Result<()>
    where
        T: PlainColumns + Serialize + 'static,
    {
        self.work.save_for(object, Some(self.ttl))
    }

    /// As [`UnitOfWork::insert`].
    ///
    /// # Errors
    /// As [`UnitOfWork::save`].
    pub fn insert<T>(self, object: &T) -> Result<()>
    where
        T: PlainColumns + Serialize + 'static,
    {
        self.work.insert_for(object, Some(self.ttl))
    }
}

impl std::fmt::Debug for WorkTtl<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WorkTtl").field("work", &self.work).field("ttl", &self.ttl).finish()
    }
}

fn spot_of(family: usize, id: &Packed) -> Spot<'_> {
    Spot { key: &id.key, family, super_column: id.super_column.as_deref() }
}
