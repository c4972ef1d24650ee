//! Objects with a version, saved only over the version that was read.

use serde::Serialize;

use crate::error::{Error, Result};
use crate::map::{PackedVersion, VersionedColumns};
use crate::unit_of_work::UnitOfWork;

/// An object with a version that waits to be saved.
pub(crate) struct VersionedSave {
    pub(crate) family: usize,
    pub(crate) object: PackedVersion,
    /// An attempt was made, and nobody knows what became of it.
    pub(crate) doubtful: bool,
}

impl UnitOfWork {
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
}
