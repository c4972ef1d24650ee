//! The verbs on columns and their indexes: each alters the column family.

use super::SystemManager;
use crate::error::Result;
use crate::marshal::{Class, Value};
use crate::schema::Index;

impl SystemManager {
    /// Sets the class of a column's values, for a column that has one and for one that has none. An index on
    /// it stays.
    ///
    /// ```
    /// # use cassa::{Class, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family("Keyspace1", "Standard1")?;
    /// system.alter_column("Keyspace1", "Standard1", "age", Class::Long)?;
    /// let standard1 = system.describe_column_family("Keyspace1", "Standard1")?;
    /// assert_eq!(standard1.column_validator(b"age"), Some(&Class::Long));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of [`alter_column_family`](Self::alter_column_family); [`Error::Type`](crate::Error::Type) where
    /// the name does not fit the comparator.
    pub fn alter_column(
        &self,
        keyspace: &str,
        column_family: &str,
        column: impl Into<Value>,
        validator: Class,
    ) -> Result<()> {
        self.alter_column_family(keyspace, column_family, |family| family.column(column, validator))
    }

    /// Takes a column's class away, and its index: the default validation class then holds for it. What is
    /// stored stays. A column that has no class is left as it is.
    ///
    /// ```
    /// # use cassa::{Class, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family("Keyspace1", "Standard1")?;
    /// system.alter_column("Keyspace1", "Standard1", "age", Class::Long)?;
    /// system.drop_column("Keyspace1", "Standard1", "age")?;
    /// let standard1 = system.describe_column_family("Keyspace1", "Standard1")?;
    /// assert_eq!(standard1.column_validator(b"age"), None);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`alter_column`](Self::alter_column).
    pub fn drop_column(&self, keyspace: &str, column_family: &str, column: impl Into<Value>) -> Result<()> {
        self.alter_column_family(keyspace, column_family, |family| family.without_column(column))
    }

    /// Creates an index on a column, and sets the class of its values: a [`Class`] alone stands for a `KEYS`
    /// index under the server's own name for it. What is stored already is indexed, too; a cluster does that
    /// after the answer, so queries find it a while later.
    ///
    /// ```
    /// # use cassa::{Class, ColumnFamilyBuilder, EmbeddedServer, Index, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Fleet", SimpleStrategy(1))?;
    /// # system.create_column_family("Fleet", ColumnFamilyBuilder::new("Planes").comparator(Class::Utf8))?;
    /// system.create_index("Fleet", "Planes", "model", Class::Utf8)?;
    /// system.create_index("Fleet", "Planes", "year", Index::keys(Class::Int32).name("by_year"))?;
    ///
    /// let planes = system.describe_column_family("Fleet", "Planes")?;
    /// assert_eq!(planes.index(b"model").expect("just made").index_name(), Some("Planes_model_idx"));
    /// assert_eq!(planes.column_validator(b"year"), Some(&Class::Int32));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`alter_column`](Self::alter_column).
    pub fn create_index(
        &self,
        keyspace: &str,
        column_family: &str,
        column: impl Into<Value>,
        index: impl Into<Index>,
    ) -> Result<()> {
        self.alter_column_family(keyspace, column_family, |family| family.index(column, index))
    }

    /// Drops the index on a column; the class of its values stays. A column without an index is left as it
    /// is.
    ///
    /// ```
    /// # use cassa::{Class, ColumnFamilyBuilder, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Fleet", SimpleStrategy(1))?;
    /// # system.create_column_family("Fleet", ColumnFamilyBuilder::new("Planes").comparator(Class::Utf8))?;
    /// system.create_index("Fleet", "Planes", "model", Class::Utf8)?;
    /// system.drop_index("Fleet", "Planes", "model")?;
    /// let planes = system.describe_column_family("Fleet", "Planes")?;
    /// assert_eq!((planes.index(b"model"), planes.column_validator(b"model")), (None, Some(&Class::Utf8)));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`alter_column`](Self::alter_column).
    pub fn drop_index(&self, keyspace: &str, column_family: &str, column: impl Into<Value>) -> Result<()> {
        self.alter_column_family(keyspace, column_family, |family| family.without_index(column))
    }
}
