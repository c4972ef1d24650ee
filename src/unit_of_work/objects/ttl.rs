//! Objects that expire.

use std::fmt;

use serde::Serialize;

use crate::error::Result;
use crate::map::PlainColumns;
use crate::unit_of_work::UnitOfWork;

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
    /// Has the next verb write what expires after so many seconds, whatever object and struct say.
    pub fn ttl(&mut self, seconds: i32) -> WorkTtl<'_> {
        WorkTtl { work: self, ttl: seconds }
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

impl fmt::Debug for WorkTtl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkTtl").field("work", &self.work).field("ttl", &self.ttl).finish()
    }
}
