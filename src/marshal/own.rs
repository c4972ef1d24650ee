//! Types of the user's own: a pair of functions between values and bytes, and the class that the server knows.

use std::any::Any;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use bytes::Bytes;

use super::{Class, Mismatch, Value};

/// A type of the user's own, for names and values: how a [`Value`] becomes bytes and back.
///
/// Hand it to a column family by [`Class::own`] where the schema's class would be used. Order and validation stay those
/// of the class that the server knows.
///
/// ```
/// use bytes::Bytes;
/// use cassa::{Class, CustomType, Mismatch, Value};
///
/// /// Feet, stored as millimetres.
/// #[derive(Debug)]
/// struct Altitude;
///
/// impl CustomType for Altitude {
///     fn name(&self) -> &str {
///         "Altitude"
///     }
///
///     fn class(&self) -> &Class {
///         &Class::Int32
///     }
///
///     fn pack(&self, value: &Value, out: &mut Vec<u8>) -> Result<(), Mismatch> {
///         let feet = f64::try_from(value)?;
///         Class::Int32.pack(&Value::from((feet * 304.8) as i32), out)
///     }
///
///     fn unpack(&self, bytes: &Bytes) -> Result<Value, Mismatch> {
///         let millimetres = i32::try_from(Class::Int32.unpack(bytes)?)?;
///         Ok(Value::from(f64::from(millimetres) / 304.8))
///     }
/// }
///
/// let class = Class::own(Altitude);
/// let packed = class.packed(&Value::from(1_000.0))?;
/// assert_eq!(packed, 304_800_i32.to_be_bytes());
/// assert_eq!(class.unpack(&packed.into())?, 1_000.0);
/// # Ok::<(), Mismatch>(())
/// ```
pub trait CustomType: fmt::Debug + Send + Sync + Any {
    /// The name in errors. Two types of one name and class are equal.
    fn name(&self) -> &str;

    /// The class that stands in the schema. Defaults to `BytesType`.
    fn class(&self) -> &Class {
        &Class::Bytes
    }

    /// Appends the bytes of a value.
    ///
    /// # Errors
    /// If the value does not fit. What was appended then is taken back.
    fn pack(&self, value: &Value, out: &mut Vec<u8>) -> Result<(), Mismatch>;

    /// Reads a value.
    ///
    /// # Errors
    /// If these bytes are none.
    fn unpack(&self, bytes: &Bytes) -> Result<Value, Mismatch>;
}

/// A [`CustomType`] in a [`Class`].
#[derive(Clone)]
pub struct Own(Arc<dyn CustomType>);

impl Own {
    pub(super) fn new(of: impl CustomType + 'static) -> Own {
        Own(Arc::new(of))
    }

    /// Its name in errors.
    pub fn name(&self) -> &str {
        self.0.name()
    }

    /// The class that the server knows.
    pub fn class(&self) -> &Class {
        self.0.class()
    }

    pub(super) fn pack(&self, value: &Value, out: &mut Vec<u8>) -> Result<(), Mismatch> {
        let length = out.len();
        self.0.pack(value, out).inspect_err(|_| out.truncate(length))
    }

    pub(super) fn unpack(&self, bytes: &Bytes) -> Result<Value, Mismatch> {
        self.0.unpack(bytes)
    }
}

impl PartialEq for Own {
    fn eq(&self, other: &Own) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || (self.name() == other.name() && self.class() == other.class())
    }
}

impl Eq for Own {}

impl Hash for Own {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl fmt::Debug for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
