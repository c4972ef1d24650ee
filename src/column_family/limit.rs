//! Keys, names and the ends of slices, as a caller gives them: to be packed, or packed already by a layer above.

use std::ops::Bound;

use super::ColumnFamily;
use crate::error::Result;
use crate::marshal::Value;

/// A key or a name.
#[derive(Clone, Debug)]
pub(crate) enum Name {
    Value(Value),
    #[allow(dead_code, reason = "for layers above that pack by themselves")]
    Packed(Vec<u8>),
}

impl Name {
    pub(super) fn packed(&self, pack: impl FnOnce(&Value) -> Result<Vec<u8>>) -> Result<Vec<u8>> {
        match self {
            Self::Value(value) => pack(value),
            Self::Packed(packed) => Ok(packed.clone()),
        }
    }
}

/// Where a slice of columns starts or finishes.
#[derive(Clone, Debug)]
pub(crate) struct Limit {
    name: Name,
    included: bool,
}

impl Limit {
    /// At a name, which is part of the slice.
    pub(crate) fn at(name: impl Into<Value>) -> Self {
        Limit { name: Name::Value(name.into()), included: true }
    }

    /// Next to a name, which is not part of the slice.
    pub(crate) fn beside(name: impl Into<Value>) -> Self {
        Limit { name: Name::Value(name.into()), included: false }
    }

    /// As it stands.
    #[allow(dead_code, reason = "for layers above that pack by themselves")]
    pub(crate) fn packed(name: Vec<u8>) -> Self {
        Limit { name: Name::Packed(name), included: true }
    }
}

impl ColumnFamily {
    /// Packs an end of a slice: the lower one in the order of the comparator, or the upper one. None is open.
    pub(super) fn pack_limit(&self, limit: Option<&Limit>, inside: bool, lower: bool) -> Result<Vec<u8>> {
        let Some(Limit { name, included }) = limit else { return Ok(Vec::new()) };
        name.packed(|name| {
            let class = self.packing().names(inside);
            let bound = if *included { Bound::Included(name) } else { Bound::Excluded(name) };
            let packed = if lower { class.packed_lower(bound) } else { class.packed_upper(bound) };
            packed.map_err(|e| self.name_mismatch(name, e))
        })
    }
}
