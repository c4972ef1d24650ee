//! What the derive says about a struct: constants, read once when a mapper is opened.

/// The fields of a struct that is stored as columns. Implemented by `#[derive(ColumnFamilyMap)]`.
pub trait Fields {
    /// In the order in which the struct declares them, without those that serde skips.
    const FIELDS: &'static [Field];
}

/// A struct that is stored as a row of a column family. Implemented by `#[derive(ColumnFamilyMap)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not mapped to a column family",
    note = "write `#[derive(ColumnFamilyMap)]` on `{Self}`, beside serde's `Serialize` and `Deserialize`"
)]
pub trait ColumnFamilyMap: Fields {
    /// The column family's name.
    const NAME: &'static str;

    /// What is done with a field that is `None`.
    const NULLS: Nulls = Nulls::Skip;

    /// The seconds after which what is written expires.
    const TTL: Option<i32> = None;

    /// The class of the columns' names. Only classes of text: the names are those of the fields.
    const COMPARATOR: FieldClass = FieldClass::Named("UTF8Type");

    /// Whether a column that is no field is an error on read, as `#[serde(deny_unknown_fields)]` says.
    const DENY_UNKNOWN_FIELDS: bool = false;
}

/// One field: its name, the Cassandra type that it is stored as, and what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Field {
    /// serde's name, which is the name of the column.
    pub name: &'static str,
    /// Other names under which the column is found on read.
    pub aliases: &'static [&'static str],
    /// The Cassandra type.
    pub class: FieldClass,
    /// What the field is for.
    pub role: Role,
    /// Whether serde writes the field.
    pub is_written: bool,
    /// Whether serde reads the field.
    pub is_read: bool,
}

impl Field {
    /// A field that is written and read and has no other names.
    pub const fn new(name: &'static str, class: FieldClass, role: Role) -> Field {
        Field { name, aliases: &[], class, role, is_written: true, is_read: true }
    }

    /// Sets the other names under which the column is found on read. Defaults to none.
    #[must_use]
    pub const fn aliases(mut self, aliases: &'static [&'static str]) -> Field {
        self.aliases = aliases;
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
}

/// What a field is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// The row key.
    Key,
    /// A column of the field's own type.
    Column,
    /// A column that holds the field as JSON text.
    Json,
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
