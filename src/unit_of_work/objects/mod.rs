//! Objects: read and remembered, saved by what has changed.
//!
//! # Layout
//!
//! This page finds the mapper of a type, which every verb begins with. Then a verb a file: `read` (get), `save` (save and
//! insert, and `ttl` for those that expire), `version` (objects that are saved only over the version that was read),
//! `remove`, `add` (counters).

mod add;
mod read;
mod remove;
mod save;
mod ttl;
mod version;

use std::any::TypeId;
use std::sync::Arc;

pub use ttl::WorkTtl;
pub(super) use version::VersionedSave;

use super::UnitOfWork;
use super::pending::Spot;
use crate::error::Result;
use crate::map::{ColumnFamilyMap, Mapper, Packed};

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
    /// [`Error::InvalidOption`](crate::Error::InvalidOption) where it is of another keyspace, or where the column family is
    /// in the unit with another write consistency level and the unit has none of its own.
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
}

fn spot_of(family: usize, id: &Packed) -> Spot<'_> {
    Spot { key: &id.key, family, super_column: id.super_column.as_deref() }
}
