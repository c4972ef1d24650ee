//! Which bytes a class accepts.

use super::collection::{Elements, element_class};
use super::component::{Broken, Classes, Components};
use super::{Class, Mismatch};

impl Class {
    /// Checks that Cassandra accepts these bytes for this class. It accepts no bytes at all for every class.
    ///
    /// For `UTF8Type` this is slightly more than UTF-8, see [`unpack`](Class::unpack).
    ///
    /// ```
    /// use cassa::Class;
    ///
    /// Class::Long.validate(&[0, 0, 0, 0, 0, 0, 0, 5])?;
    /// Class::Long.validate(b"")?;
    /// let error = Class::Long.validate(b"abc").unwrap_err();
    /// assert_eq!(error.to_string(), "expected 8 bytes or none for LongType, got 3 bytes (616263)");
    /// # Ok::<(), cassa::Mismatch>(())
    /// ```
    ///
    /// # Errors
    /// If it does not; the error says what this class expects.
    pub fn validate(&self, bytes: &[u8]) -> Result<(), Mismatch> {
        match self {
            Class::Reversed(class) | Class::Frozen(class) => class.validate(bytes),
            Class::Own(own) => own.class().validate(bytes),
            Class::Composite(classes) => self.validate_components(Classes::Fixed(classes), bytes),
            Class::DynamicComposite(aliases) => self.validate_components(Classes::Dynamic(aliases), bytes),
            Class::List(_) | Class::Set(_) | Class::Map(_) => self.validate_elements(bytes),
            _ if self.accepts(bytes) => Ok(()),
            _ => Err(Mismatch::of_bytes(self, self.form(), bytes)),
        }
    }

    /// Whether these bytes, which this class accepts, are the end of a slice and not a name: a composite whose last
    /// end-of-component byte is not zero.
    #[cfg_attr(not(feature = "embedded"), allow(dead_code, reason = "a server has to know"))]
    pub(crate) fn is_slice_end(&self, bytes: &[u8]) -> bool {
        matches!(self.base(), Class::Composite(_) | Class::DynamicComposite(_))
            && bytes.last().is_some_and(|end| *end != 0)
    }

    fn validate_components(&self, classes: Classes<'_>, bytes: &[u8]) -> Result<(), Mismatch> {
        for (i, component) in Components::new(classes, bytes).enumerate() {
            let component = component.map_err(|broken| self.broken(broken, bytes))?;
            let valid = component.class.validate(component.value);
            valid.map_err(|e| e.within(format_args!("component {}", i + 1), self))?;
        }
        Ok(())
    }

    fn validate_elements(&self, bytes: &[u8]) -> Result<(), Mismatch> {
        for (i, element) in Elements::new(self, bytes).enumerate() {
            let (element, class) = self.element(element, i, bytes)?;
            let valid = class.validate(element);
            valid.map_err(|e| e.within(format_args!("element {}", i + 1), self))?;
        }
        Ok(())
    }

    /// For a composite whose bytes are not in the form of one.
    pub(super) fn broken(&self, broken: Broken, bytes: &[u8]) -> Mismatch {
        Mismatch::of_bytes(self, broken.text(), bytes)
    }

    /// An element of a collection with its class, if there is one.
    pub(super) fn element<'a>(
        &self,
        element: Option<&'a [u8]>,
        at: usize,
        bytes: &[u8],
    ) -> Result<(&'a [u8], &Class), Mismatch> {
        let element = element.zip(element_class(self, at));
        element
            .ok_or_else(|| Mismatch::of_bytes(self, "a count and as many elements with their lengths", bytes))
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        match self {
            Class::Bytes | Class::Integer | Class::Custom(_) => true,
            Class::Ascii => bytes.is_ascii(),
            Class::Utf8 => is_cassandra_text(bytes),
            Class::Boolean => matches!(bytes.len(), 0 | 1),
            Class::Int32 | Class::Float => matches!(bytes.len(), 0 | 4),
            Class::Long | Class::Counter | Class::Date | Class::Timestamp | Class::Double => {
                matches!(bytes.len(), 0 | 8)
            }
            Class::Inet => matches!(bytes.len(), 0 | 4 | 16),
            Class::Uuid | Class::LexicalUuid => matches!(bytes.len(), 0 | 16),
            Class::Empty => bytes.is_empty(),
            Class::Decimal => !matches!(bytes.len(), 1..=3),
            // these look into their parts
            Class::Own(_)
            | Class::Reversed(_)
            | Class::Frozen(_)
            | Class::Composite(_)
            | Class::DynamicComposite(_)
            | Class::List(_)
            | Class::Set(_)
            | Class::Map(_) => self.validate(bytes).is_ok(),
            Class::TimeUuid => bytes.is_empty() || (bytes.len() == 16 && bytes[6] >> 4 == 1),
        }
    }

    /// What the bytes of this class look like, in the words of an error.
    fn form(&self) -> &'static str {
        match self {
            Class::Empty => "no bytes",
            Class::Decimal => "4 bytes of scale and a number, or nothing,",
            Class::Bytes
            | Class::Integer
            | Class::Custom(_)
            | Class::Own(_)
            | Class::Reversed(_)
            | Class::Frozen(_)
            | Class::Composite(_)
            | Class::DynamicComposite(_)
            | Class::List(_)
            | Class::Set(_)
            | Class::Map(_) => "bytes",
            Class::Ascii => "7-bit characters",
            Class::Utf8 => "UTF-8",
            Class::Boolean => "1 byte or none",
            Class::Int32 | Class::Float => "4 bytes or none",
            Class::Long | Class::Counter | Class::Date | Class::Timestamp | Class::Double => {
                "8 bytes or none"
            }
            Class::Inet => "4 bytes, 16 bytes or none",
            Class::Uuid | Class::LexicalUuid => "16 bytes or none",
            Class::TimeUuid => "the 16 bytes of a version 1 UUID or none",
        }
    }
}

/// Cassandra's own idea of UTF-8: beside the real one it takes Java's two-byte zero, surrogates, code points beyond the
/// last, and some sequences whose second byte is wrong. A server has to take what Cassandra takes.
fn is_cassandra_text(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    loop {
        let Err(error) = std::str::from_utf8(rest) else { return true };
        rest = match &rest[error.valid_up_to()..] {
            [0xc0, 0x80, rest @ ..] => rest,
            [0xe0, second, third, rest @ ..] if second & 0xe0 != 0x80 && continues(&[*third]) => rest,
            [0xe1..=0xef, second, third, rest @ ..] if continues(&[*second, *third]) => rest,
            [0xf0, second, third, fourth, rest @ ..]
                if second & 0x30 != 0 && continues(&[*third, *fourth]) =>
            {
                rest
            }
            [0xf1..=0xf7, second, third, fourth, rest @ ..] if continues(&[*second, *third, *fourth]) => rest,
            _ => return false,
        };
    }
}

fn continues(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| byte & 0xc0 == 0x80)
}
