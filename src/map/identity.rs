//! What an object is found by: its row key, of one field or several, and in a super column family the super column, in
//! a wide row the clustering.

use super::field::{ColumnFamilyMap, Role};
use super::plan::{Unplannable, class};
use crate::marshal::Class;

/// The fields, in this order: of the key, then the super column or the clustering.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    parts: Box<[Part]>,
    keys: usize,
    is_wide: bool,
    /// The class that the schema gives the key.
    key_class: Class,
}

#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) name: &'static str,
    /// Of the values: a reversed order is not part of it.
    pub(crate) class: Class,
    /// Whether a part of a clustering goes from the greatest to the least.
    pub(crate) is_reversed: bool,
}

impl Identity {
    pub(super) fn of<T: ColumnFamilyMap>() -> Result<Identity, Unplannable> {
        let of = |role: Role| T::FIELDS.iter().filter(move |field| field.role == role);
        let parts = |role| {
            of(role).map(|field| {
                let class = class(field.class, Some(field.name))?;
                Ok(Part { name: field.name, class, is_reversed: field.is_reversed })
            })
        };
        let mut all = parts(Role::Key).collect::<Result<Vec<_>, Unplannable>>()?;
        let keys = all.len();
        let key_class = match (T::KEY_TYPE, &all[..]) {
            (_, []) => return Err(Unplannable::NoKey),
            (Some(given), _) => class(given, None)?,
            (None, [one]) => one.class.clone(),
            (None, several) => {
                let names: Vec<_> = several.iter().map(|part| part.class.to_string()).collect();
                let text = format!("CompositeType({})", names.join(","));
                Class::parse(&text).map_err(|e| Unplannable::Class { field: None, text: e.to_string() })?
            }
        };
        for part in parts(Role::SuperColumn) {
            if all.len() > keys {
                return Err(Unplannable::Twice("super_column"));
            }
            all.push(part?);
        }
        let named = all.len();
        for part in parts(Role::Clustering) {
            if named > keys {
                return Err(Unplannable::Twice("super_column"));
            }
            all.push(part?);
        }
        let is_wide = all.len() > named;
        Ok(Identity { parts: all.into(), keys, is_wide, key_class })
    }

    /// All parts: those of the key, then the super column or the clustering.
    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The parts of the row key.
    pub(crate) fn key(&self) -> &[Part] {
        &self.parts[..self.keys]
    }

    /// The class that the schema gives the row key.
    pub(crate) fn key_class(&self) -> &Class {
        &self.key_class
    }

    pub(crate) fn has_composite_key(&self) -> bool {
        self.keys > 1
    }

    /// The super column, where the objects are that.
    pub(crate) fn super_column(&self) -> Option<&Part> {
        if self.is_wide { None } else { self.parts.get(self.keys) }
    }

    /// What tells the objects of a wide row apart; empty in other layouts.
    #[inline]
    pub(crate) fn clustering(&self) -> &[Part] {
        if self.is_wide { &self.parts[self.keys..] } else { &[] }
    }

    pub(super) fn place(&self, field: &str) -> Option<usize> {
        self.parts.iter().position(|part| part.name == field)
    }

    /// The names of these parts, as an error shows them: `tailnum`, or `(carrier, year)`.
    pub(crate) fn shown(parts: &[Part]) -> String {
        match parts {
            [one] => one.name.to_owned(),
            several => {
                let names: Vec<_> = several.iter().map(|part| part.name).collect();
                format!("({})", names.join(", "))
            }
        }
    }
}

/// The end of each component of a composite: of a value, not of a slice's bound.
const END: u8 = 0;

/// Begins a component of a composite, whose bytes are appended next. Gives where it began.
pub(crate) fn begin_component(out: &mut Vec<u8>) -> usize {
    out.extend_from_slice(&[0, 0]);
    out.len()
}

/// Ends the component that began here. The error is its length, where that passes what a composite holds.
pub(crate) fn end_component(out: &mut Vec<u8>, start: usize) -> Result<(), usize> {
    let length = out.len() - start;
    let packed = u16::try_from(length).map_err(|_| length)?;
    out[start - 2..start].copy_from_slice(&packed.to_be_bytes());
    out.push(END);
    Ok(())
}

/// The next component of a composite, which is cut off its bytes. `None` where they are cut short.
#[inline]
pub(crate) fn take_component<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    let (component, rest) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
    *bytes = rest.split_first()?.1;
    Some(component)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_come_back_and_cut_ones_do_not() {
        let mut packed = Vec::new();
        for part in [&b"ab"[..], b"", b"c"] {
            let start = begin_component(&mut packed);
            packed.extend_from_slice(part);
            end_component(&mut packed, start).expect("it is short");
        }
        assert_eq!(packed, b"\0\x02ab\0\0\0\0\0\x01c\0");
        let mut rest = &packed[..];
        let parts: Vec<_> = std::iter::from_fn(|| take_component(&mut rest)).collect();
        assert_eq!(parts, [&b"ab"[..], b"", b"c"]);
        for end in 1..packed.len() {
            let mut cut = &packed[..end];
            let whole = std::iter::from_fn(|| take_component(&mut cut)).count();
            assert!(whole < 3, "{end}");
        }
        let start = begin_component(&mut packed);
        packed.extend_from_slice(&[0; 65_536]);
        assert_eq!(end_component(&mut packed, start), Err(65_536));
    }

    #[test]
    fn a_key_of_no_field_is_none() {
        struct Keyless;
        impl super::super::field::Fields for Keyless {
            const FIELDS: &'static [super::super::field::Field] = &[];
        }
        impl ColumnFamilyMap for Keyless {
            const NAME: &'static str = "Keyless";
            type Columns = ();
            const COLUMNS: () = ();
        }
        assert_eq!(Identity::of::<Keyless>().expect_err("there is no key"), Unplannable::NoKey);
    }
}
