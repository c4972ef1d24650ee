//! What is added to counters.

use serde::Serialize;

use super::spot_of;
use crate::error::{Error, Result};
use crate::map::CounterColumns;
use crate::unit_of_work::UnitOfWork;
use crate::unit_of_work::counters::Overflow;
use crate::unit_of_work::pending::{Seen, Spot};

impl UnitOfWork {
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
        self.add_at(spot_of(family, &id), &name, number)
    }

    /// Adds to a packed counter.
    pub(crate) fn add_at(&mut self, spot: Spot<'_>, name: &[u8], number: i64) -> Result<()> {
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
            Err(Overflow) => {
                let family = &self.families[spot.family];
                let at = family.place(spot.key, spot.super_column);
                let at = at.name(family.comparator(spot.super_column.is_some()), name);
                let why = format!("what is added to it, {number} the last, passes 64 bits");
                Err(Error::WrongKind { at: Box::new(at), why: why.into() })
            }
        }
    }
}
