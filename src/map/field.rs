//! What the derive says about a struct: constants, read once when a mapper is opened.

use super::column_of::Version;

/// The fields of a struct that is stored as columns. Implemented by `#[derive(ColumnFamilyMap)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no fields to store",
    note = "write `#[derive(ColumnFamilyMap)]` and `#[cassa(part)]` on `{Self}`, or store it in one column by `#[cassa(json)]`"
)]
pub trait Fields {
    /// In the order in which the struct declares them, without those that serde skips.
    const FIELDS: &'static [Field];
}

/// A part that may be absent: all of its columns are, then.
impl<T: Fields> Fields for Option<T> {
    const FIELDS: &'static [Field] = T::FIELDS;
}

impl<T: Fields> Fields for Box<T> {
    const FIELDS: &'static [Field] = T::FIELDS;
}

/// Fields without a row key: for `#[cassa(flatten)]` and for partial reads. Implemented by `#[derive(ColumnFamilyMap)]`
/// with `#[cassa(part)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no part of an object",
    note = "write `#[derive(ColumnFamilyMap)]` and `#[cassa(part)]` on `{Self}`"
)]
pub trait Part: Fields {}

/// A struct that is stored in a column family. Implemented by `#[derive(ColumnFamilyMap)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not mapped to a column family",
    note = "write `#[derive(ColumnFamilyMap)]` on `{Self}`, beside serde's `Serialize` and `Deserialize`"
)]
pub trait ColumnFamilyMap: Fields {
    /// The column family's name.
    const NAME: &'static str;

    /// The keyspace that the column family has to be in, if it may not be in any.
    const KEYSPACE: Option<&'static str> = None;

    /// The column family's comment.
    const COMMENT: Option<&'static str> = None;

    /// What is done with a field that is `None`.
    const NULLS: Nulls = Nulls::Skip;

    /// The seconds after which what is written expires.
    const TTL: Option<i32> = None;

    /// The class of the columns' names. Only classes of text: the names are those of the fields.
    const COMPARATOR: FieldClass = FieldClass::Named("UTF8Type");

    /// The class of the row key in the schema, where it is not that of the fields.
    const KEY_TYPE: Option<FieldClass> = None;

    /// Whether a column that is no field is an error on read, as `#[serde(deny_unknown_fields)]` says.
    const DENY_UNKNOWN_FIELDS: bool = false;

    /// A struct with a [`ColumnOf`](super::ColumnOf) for each field that is a column.
    type Columns;

    /// The columns by name: `Plane::COLUMNS.model`.
    const COLUMNS: Self::Columns;
}

/// A struct that is inserted: without counters, and without a `version`. Implemented by `#[derive(ColumnFamilyMap)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not inserted",
    note = "counters are added to: write `add`; a struct with a `version` is saved: write `save`"
)]
pub trait PlainColumns: ColumnFamilyMap {}

/// A struct of counters, which are added to. Implemented by `#[derive(ColumnFamilyMap)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no counters to add to",
    note = "write `#[cassa(counter)]` on the fields that are, or write `insert` (`save` for a struct with a `version`)"
)]
pub trait CounterColumns: ColumnFamilyMap {}

/// A struct with a `version`, which is saved only over the version that was read. Implemented by
/// `#[derive(ColumnFamilyMap)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no version to be saved by",
    note = "write `#[cassa(version)]` on an integer field, or write `insert` (`add` for a struct of counters)"
)]
pub trait VersionedColumns: ColumnFamilyMap {
    /// The type of the version.
    type Version: Version;

    /// The field.
    fn version_mut(&mut self) -> &mut Self::Version;
}

/// A struct of wide rows: many objects a row, told apart and put in order by their `clustering` fields. Implemented by
/// `#[derive(ColumnFamilyMap)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an object of a wide row",
    note = "write `#[cassa(clustering)]` on the field that tells the objects of a row apart; of one object a row, `get`, \
            `multiget` and `get_range` read it"
)]
pub trait Clustered: ColumnFamilyMap {
    /// The same struct, with what it borrows borrowed for so long; see [`Mapper::lend`](crate::Mapper::lend).
    type Lent<'de>: Fields;
}

/// A struct whose objects are not a part of a wide row, so that an index finds them by the values of their columns.
/// Implemented by `#[derive(ColumnFamilyMap)]`, also for parts.
///
/// ```
/// use cassa::{ColumnFamilyMap, ColumnOf, Condition, Unclustered};
///
/// #[derive(ColumnFamilyMap)]
/// struct Plane {
///     #[cassa(key)]
///     tailnum: String,
///     #[cassa(index)]
///     model: String,
/// }
///
/// fn of_one_model<T: Unclustered>(model: ColumnOf<T>) -> Condition<'static, T> {
///     model.eq("737-824")
/// }
///
/// let condition = of_one_model(Plane::COLUMNS.model);
/// assert_eq!(format!("{condition:?}"), "[(\"model\", Eq)]");
/// ```
#[diagnostic::on_unimplemented(
    message = "objects of a wide row are not found by the value of a column",
    label = "`{Self}` has a `clustering` field",
    note = "an index finds whole rows by a column's name, and the names of `{Self}` are composed of more; `range` and \
            `prefix` choose by the `clustering` fields"
)]
pub trait Unclustered: Fields {}

/// One field: its name, the Cassandra type that it is stored as, and what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Field {
    /// serde's name, which is the name of the column.
    pub name: &'static str,
    /// Other names under which the column is found on read.
    pub aliases: &'static [&'static str],
    /// The Cassandra type. Of a field with [`Role::Rest`] that of the values; of one that is flattened only
    /// `CounterColumnType` means something.
    pub class: FieldClass,
    /// What the field is for.
    pub role: Role,
    /// Whether the column has an index.
    pub is_indexed: bool,
    /// Whether a clustering field goes from the greatest to the least.
    pub is_reversed: bool,
    /// Whether serde writes the field.
    pub is_written: bool,
    /// Whether serde reads the field.
    pub is_read: bool,
}

impl Field {
    /// A field that is written and read, has no other names and no index.
    pub const fn new(name: &'static str, class: FieldClass, role: Role) -> Field {
        Field {
            name,
            aliases: &[],
            class,
            role,
            is_indexed: false,
            is_reversed: false,
            is_written: true,
            is_read: true,
        }
    }

    /// A field whose own fields are columns, under their names behind a prefix.
    pub const fn flatten(name: &'static str, fields: &'static [Field], prefix: &'static str) -> Field {
        Field::new(name, FieldClass::Named("BytesType"), Role::Flatten { fields, prefix })
    }

    /// Says that the columns of a flattened field are counters. Defaults to plain columns.
    #[must_use]
    pub const fn counters(mut self) -> Field {
        self.class = FieldClass::Named("CounterColumnType");
        self
    }

    /// Sets the other names under which the column is found on read. Defaults to none.
    #[must_use]
    pub const fn aliases(mut self, aliases: &'static [&'static str]) -> Field {
        self.aliases = aliases;
        self
    }

    /// Says that the column has an index. Defaults to none.
    #[must_use]
    pub const fn indexed(mut self) -> Field {
        self.is_indexed = true;
        self
    }

    /// Says that the clustering field goes from the greatest to the least. Defaults to the other way round.
    #[must_use]
    pub const fn reversed(mut self) -> Field {
        self.is_reversed = true;
        self
    }

    /// Says that serde does not write the field. Defaults to a field that is written.
    #[must_use]
    pub const fn only_read(mut self) -> Field {
        self.is_written = false;
        self
    }

    /// Says that serde does not read the field. Defaults to a field that is read.
    #[must_use]
    pub const fn only_written(mut self) -> Field {
        self.is_read = false;
        self
    }
}

/// A Cassandra type as a constant; it becomes a [`Class`](crate::Class) when a mapper is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldClass {
    /// By Cassandra's name, with or without its package: `UTF8Type`.
    Named(&'static str),
    /// JSON text in a column of `UTF8Type`.
    Json,
    /// A `CompositeType` of these.
    Composite(&'static [FieldClass]),
}

/// What a field is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// The row key, or a component of it.
    Key,
    /// The name of the super column.
    SuperColumn,
    /// The name of the column in a wide row, or a component of it.
    Clustering,
    /// The value of the one column that the object is.
    Value,
    /// A column of the field's own name.
    Column,
    /// A column that the row has once, beside its objects.
    Static,
    /// A column that counts the object's changes.
    Version,
    /// No column: the fields of this one are columns.
    Flatten {
        /// The inner fields.
        fields: &'static [Field],
        /// What stands before their names.
        prefix: &'static str,
    },
    /// All columns that are no fields, in a map.
    Rest,
    /// The seconds that the object is given to live.
    Ttl,
    /// When the object was last written; only read.
    Timestamp,
}

/// What an insert does with a field that is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Nulls {
    /// Nothing is written, and an older value of the column stays, as in pycassa.
    Skip,
    /// The column is deleted.
    Delete,
}
