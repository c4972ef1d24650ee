//! Why a value or some bytes do not fit a class.

use std::borrow::Cow;
use std::fmt;

use super::Class;
use super::show::Clipped;

/// A value or bytes that do not fit a class, with what was expected and what came.
///
/// ```
/// use cassa::{Class, Value};
///
/// let mismatch = Class::Int32.packed(&Value::from(1_i64 << 40)).unwrap_err();
/// assert_eq!(mismatch.class(), &Class::Int32);
/// assert_eq!(mismatch.expected(), "an integer from -2147483648 to 2147483647 for Int32Type");
/// assert_eq!(mismatch.got(), "the integer 1099511627776");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Mismatch(Box<Parts>);

#[derive(Clone, PartialEq, Eq)]
struct Parts {
    class: Class,
    expected: Cow<'static, str>,
    got: Cow<'static, str>,
}

impl Mismatch {
    /// `expected` names the class where that helps, as in "8 bytes or none for LongType".
    pub(crate) fn new(
        class: &Class,
        expected: impl Into<Cow<'static, str>>,
        got: impl Into<Cow<'static, str>>,
    ) -> Mismatch {
        Mismatch(Box::new(Parts { class: class.clone(), expected: expected.into(), got: got.into() }))
    }

    /// For bytes that `class` does not accept; `expected` is followed by the name of the class.
    pub(crate) fn of_bytes(class: &Class, expected: &str, bytes: &[u8]) -> Mismatch {
        Mismatch::new(class, format!("{expected} for {class}"), Clipped::bytes(bytes).to_string())
    }

    /// The same, of a part of a value of `class`, such as "component 2".
    #[cold]
    pub(crate) fn within(self, part: impl fmt::Display, class: &Class) -> Mismatch {
        let Parts { expected, got, .. } = *self.0;
        Mismatch::new(class, format!("{expected}, in {part} of {class}"), got)
    }

    /// The class that was to be packed or unpacked; for a conversion to a Rust type, the class nearest to it.
    pub fn class(&self) -> &Class {
        &self.0.class
    }

    /// What would have fitted.
    pub fn expected(&self) -> &str {
        &self.0.expected
    }

    /// What came instead; long values are cut.
    pub fn got(&self) -> &str {
        &self.0.got
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}, got {}", self.0.expected, self.0.got)
    }
}

impl fmt::Debug for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mismatch")
            .field("class", &self.0.class)
            .field("expected", &self.0.expected)
            .field("got", &self.0.got)
            .finish()
    }
}

impl std::error::Error for Mismatch {}
