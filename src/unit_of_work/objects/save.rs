//! Objects that are written: what of them has changed, or all of them.

use std::collections::HashSet;

use serde::Serialize;

use crate::error::Result;
use crate::map::PlainColumns;
use crate::unit_of_work::UnitOfWork;
use crate::unit_of_work::pending::{Change, Seen, Spot};

impl UnitOfWork {
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
    /// [`Error::Field`](crate::Error::Field) where a value does not fit its column;
    /// [`Error::NothingToWrite`](crate::Error::NothingToWrite) for an object without a single column;
    /// [`Error::UnitOfWorkFull`](crate::Error::UnitOfWorkFull); those of [`Mapper::open`](crate::Mapper::open).
    pub fn save<T>(&mut self, object: &T) -> Result<()>
    where
        T: PlainColumns + Serialize + 'static,
    {
        self.save_for(object, None)
    }

    /// Writes all columns of an object, whether they have changed or not. What becomes of a column whose field is `None` is
    /// said by the struct's `nulls`, as for [`Mapper::insert`](crate::Mapper::insert).
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

    pub(super) fn save_for<T>(&mut self, object: &T, ttl: Option<i32>) -> Result<()>
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

    pub(crate) fn insert_for<T>(&mut self, object: &T, ttl: Option<i32>) -> Result<()>
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
}
