//! Objects that are deleted.

use serde::Serialize;

use super::spot_of;
use crate::error::Result;
use crate::map::{ColumnFamilyMap, Mapper, Packed};
use crate::unit_of_work::UnitOfWork;
use crate::unit_of_work::pending::{Change, Range};

impl UnitOfWork {
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
    /// [`Error::Field`](crate::Error::Field) where its key does not fit;
    /// [`Error::UnitOfWorkFull`](crate::Error::UnitOfWorkFull); those of [`Mapper::open`].
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
        let spot = spot_of(family, id);
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
}
