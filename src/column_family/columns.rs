//! The columns of a row, as values.

use std::fmt;
use std::ops::Index;

use crate::marshal::Value;

/// A column that was read.
#[derive(Clone, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: Value,
    /// Its value; [`Value::Empty`] of a super column.
    pub value: Value,
    /// When it was written: microseconds since 1970, by convention. 0 of a counter and of a super column.
    pub timestamp: i64,
    /// The seconds it was given to live when it was written, if any.
    pub ttl: Option<i32>,
    /// The columns in it, if it is a super column.
    pub columns: Option<Columns>,
}

/// The columns of a row, in the comparator's order.
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
/// cf.insert("foo", [("column1", "val1"), ("column2", "val2")])?;
/// let columns = cf.get("foo")?.expect("just inserted");
/// assert_eq!(columns["column1"], "val1");
/// assert_eq!(columns.get("column3"), None);
/// assert_eq!(format!("{columns:?}"), r#"{"column1": "val1", "column2": "val2"}"#);
/// for (name, value) in &columns {
///     println!("{name} = {value}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct Columns(Vec<Column>);

impl Columns {
    /// The number of columns.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of a column. Looks through the columns one by one.
    pub fn get<N: ?Sized>(&self, name: &N) -> Option<&Value>
    where
        Value: PartialEq<N>,
    {
        self.column(name).map(|column| &column.value)
    }

    /// A column, with its timestamp and its time to live. Looks through the columns one by one.
    pub fn column<N: ?Sized>(&self, name: &N) -> Option<&Column>
    where
        Value: PartialEq<N>,
    {
        self.0.iter().find(|column| column.name == *name)
    }

    /// The columns of a super column. Looks through the super columns one by one.
    ///
    /// ```
    /// # use cassa::{Class, ColumnFamily, ColumnFamilyBuilder, ConnectionPool, EmbeddedServer};
    /// # use cassa::{SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// let definition = ColumnFamilyBuilder::new("Super1").subcomparator(Class::Utf8);
    /// system.create_column_family("Keyspace1", definition)?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let cf = ColumnFamily::open(&pool, "Super1")?;
    /// cf.insert("foo", [("sc1", [("a", "1")]), ("sc2", [("b", "2")])])?;
    /// let row = cf.get("foo")?.expect("just inserted");
    /// assert_eq!(row.super_column("sc2").expect("just inserted")["b"], "2");
    /// assert_eq!(format!("{row:?}"), r#"{"sc1": {"a": "1"}, "sc2": {"b": "2"}}"#);
    /// # Ok(())
    /// # }
    /// ```
    pub fn super_column<N: ?Sized>(&self, name: &N) -> Option<&Columns>
    where
        Value: PartialEq<N>,
    {
        self.column(name)?.columns.as_ref()
    }

    /// Names and values. Super columns have [`Value::Empty`]; their columns are those of [`Columns::as_slice`].
    pub fn iter(&self) -> Iter<'_> {
        Iter(self.0.iter())
    }

    /// The columns, with their timestamps and their times to live.
    pub fn as_slice(&self) -> &[Column] {
        &self.0
    }
}

/// Names and values of [`Columns`].
#[derive(Clone, Debug)]
pub struct Iter<'a>(std::slice::Iter<'a, Column>);

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a Value, &'a Value);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|column| (&column.name, &column.value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl DoubleEndedIterator for Iter<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back().map(|column| (&column.name, &column.value))
    }
}

impl ExactSizeIterator for Iter<'_> {}

impl<'a> IntoIterator for &'a Columns {
    type Item = (&'a Value, &'a Value);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

impl IntoIterator for Columns {
    type Item = Column;
    type IntoIter = std::vec::IntoIter<Column>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl From<Vec<Column>> for Columns {
    fn from(columns: Vec<Column>) -> Self {
        Columns(columns)
    }
}

impl FromIterator<Column> for Columns {
    fn from_iter<I: IntoIterator<Item = Column>>(columns: I) -> Self {
        Columns(columns.into_iter().collect())
    }
}

/// # Panics
/// Where there is no column of this name; [`Columns::get`] does not.
impl<N: ?Sized + fmt::Debug> Index<&N> for Columns
where
    Value: PartialEq<N>,
{
    type Output = Value;

    fn index(&self, name: &N) -> &Value {
        self.get(name).unwrap_or_else(|| panic!("no column {name:?} in {self:?}"))
    }
}

impl fmt::Debug for Columns {
    /// `{"name": value, …}`, of super columns `{"name": {"name": value, …}, …}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for column in &self.0 {
            match &column.columns {
                Some(columns) => map.entry(&column.name, columns),
                None => map.entry(&column.name, &column.value),
            };
        }
        map.finish()
    }
}

impl fmt::Debug for Column {
    /// `"name": value @ timestamp`, and the time to live if there is one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(columns) = &self.columns {
            return write!(f, "{:?}: {columns:?}", self.name);
        }
        write!(f, "{:?}: {:?} @ {}", self.name, self.value, self.timestamp)?;
        self.ttl.map_or(Ok(()), |ttl| write!(f, " for {ttl} s"))
    }
}

/// What is written under a name: a value, or in a super column family the columns of a super column.
///
/// Whatever becomes a [`Value`] becomes one; an array or a vector of pairs becomes columns.
///
/// ```
/// use cassa::{ColumnValue, Value};
///
/// assert_eq!(ColumnValue::from("val1"), ColumnValue::Value(Value::from("val1")));
/// let columns = vec![(Value::from("a"), Value::from(1))];
/// assert_eq!(ColumnValue::from([("a", 1)]), ColumnValue::Columns(columns));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum ColumnValue {
    /// The value of a column.
    Value(Value),
    /// The columns of a super column.
    Columns(Vec<(Value, Value)>),
}

impl<T: Into<Value>> From<T> for ColumnValue {
    fn from(value: T) -> Self {
        Self::Value(value.into())
    }
}

impl<N: Into<Value>, V: Into<Value>, const K: usize> From<[(N, V); K]> for ColumnValue {
    fn from(columns: [(N, V); K]) -> Self {
        Self::Columns(columns.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl<N: Into<Value>, V: Into<Value>> From<Vec<(N, V)>> for ColumnValue {
    fn from(columns: Vec<(N, V)>) -> Self {
        Self::Columns(columns.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

/// Columns to write: anything that gives pairs of a name and a value, or in a super column family, of a name and
/// columns: `[("sc1", [("a", "1")])]`.
///
/// For values of different types, see [`columns!`](crate::columns).
pub trait IntoColumns {
    /// The pairs.
    fn into_columns(self) -> impl Iterator<Item = (Value, ColumnValue)>;
}

impl<I, N, V> IntoColumns for I
where
    I: IntoIterator<Item = (N, V)>,
    N: Into<Value>,
    V: Into<ColumnValue>,
{
    fn into_columns(self) -> impl Iterator<Item = (Value, ColumnValue)> {
        self.into_iter().map(|(name, value)| (name.into(), value.into()))
    }
}

/// Columns to write, with values of different types: `columns! { "a" => 1_i64, "b" => "x" }`.
///
/// ```
/// # use cassa::{Class, ColumnFamily, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
/// # use cassa::{ColumnFamilyBuilder, columns};
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # let system = SystemManager::connect(server.addresses())?;
/// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// let definition = ColumnFamilyBuilder::new("Planes")
///     .comparator(Class::Utf8)
///     .default_validation_class(Class::Utf8)
///     .column("year", Class::Int32);
/// system.create_column_family("Keyspace1", definition)?;
/// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
/// let planes = ColumnFamily::open(&pool, "Planes")?;
/// planes.insert("N10156", columns! { "model" => "EMB-145XR", "year" => 2004 })?;
/// assert_eq!(planes.get("N10156")?.expect("just inserted")["year"], 2004);
/// # Ok(())
/// # }
/// ```
#[macro_export]
macro_rules! columns {
    ($($name:expr => $value:expr),* $(,)?) => {
        [$(($crate::Value::from($name), $crate::Value::from($value))),*]
    };
}
