//! Objects that are read, and remembered as they are stored.

use std::collections::HashSet;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::spot_of;
use crate::error::Result;
use crate::map::{ColumnFamilyMap, Mapper, Packed};
use crate::unit_of_work::UnitOfWork;

impl UnitOfWork {
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
}
