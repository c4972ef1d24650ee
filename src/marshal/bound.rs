//! The ends of slices.

use std::ops::Bound;

use super::component::End;
use super::pack::Bounded;
use super::show::Clipped;
use super::{Class, Mismatch, Value, highest_time_uuid, lowest_time_uuid};

impl Class {
    /// The bytes of the lower end of a slice of column names: where it starts in the order of this comparator. (A
    /// reversed slice ends there.)
    ///
    /// A composite may have its first components only: an included prefix takes in all names that begin with it, an
    /// excluded one leaves them all out. A time in the place of a `TimeUUIDType` stands for all UUIDs of its
    /// moment. Unbounded is the empty name.
    ///
    /// ```
    /// use std::ops::Bound;
    ///
    /// use cassa::{Class, Value};
    ///
    /// let class = Class::composite([Class::Utf8, Class::Long]);
    /// let name = class.packed(&Value::from(("flights", 5_i64)))?;
    /// let prefix = Value::from(("flights",));
    /// assert!(class.compare(&class.packed_lower(Bound::Included(&prefix))?, &name).is_lt());
    /// assert!(class.compare(&class.packed_lower(Bound::Excluded(&prefix))?, &name).is_gt());
    /// # Ok::<(), cassa::Mismatch>(())
    /// ```
    ///
    /// # Errors
    /// If the value does not fit, or if it is excluded and neither a composite nor a time in the place of a
    /// `TimeUUIDType`: the interface has slices that include their ends only.
    pub fn packed_lower(&self, bound: Bound<&Value>) -> Result<Vec<u8>, Mismatch> {
        self.packed_bound(bound, true)
    }

    /// The bytes of the upper end of a slice of column names: where it ends in the order of this comparator. See
    /// [`packed_lower`](Class::packed_lower).
    ///
    /// ```
    /// use std::ops::Bound;
    ///
    /// use cassa::{Class, Value};
    ///
    /// let class = Class::composite([Class::Utf8, Class::Long]);
    /// let name = class.packed(&Value::from(("flights", 5_i64)))?;
    /// let prefix = Value::from(("flights",));
    /// assert!(class.compare(&name, &class.packed_upper(Bound::Included(&prefix))?).is_lt());
    /// assert!(class.compare(&name, &class.packed_upper(Bound::Excluded(&prefix))?).is_gt());
    /// # Ok::<(), cassa::Mismatch>(())
    /// ```
    ///
    /// # Errors
    /// As [`packed_lower`](Class::packed_lower).
    pub fn packed_upper(&self, bound: Bound<&Value>) -> Result<Vec<u8>, Mismatch> {
        self.packed_bound(bound, false)
    }

    fn packed_bound(&self, bound: Bound<&Value>, lower: bool) -> Result<Vec<u8>, Mismatch> {
        let mut out = Vec::new();
        let (value, included) = match bound {
            Bound::Included(value) => (value, true),
            Bound::Excluded(value) => (value, false),
            Bound::Unbounded => return Ok(out),
        };
        if !included && !self.takes_excluded(value) {
            let expected = format!("an end that is included for {self}");
            return Err(Mismatch::new(self, expected, format!("{}, excluded", Clipped::value(value))));
        }
        let before = lower == included;
        let end = if before { End::Before } else { End::After };
        self.pack_bounded(value, Bounded { end, lowest: before }, &mut out)?;
        Ok(out)
    }

    fn takes_excluded(&self, value: &Value) -> bool {
        matches!(
            (self.base(), value),
            (Class::Composite(_), Value::Composite(_))
                | (Class::DynamicComposite(_), Value::DynamicComposite(_))
                | (Class::TimeUuid, Value::Date(_) | Value::Timestamp(_))
        )
    }

    pub(super) fn pack_bounded(
        &self,
        value: &Value,
        bound: Bounded,
        out: &mut Vec<u8>,
    ) -> Result<(), Mismatch> {
        match (self, value) {
            // backwards, what comes before is what is higher; an end of a composite stands at the same place
            (Class::Reversed(class), _) => {
                let end = match bound.end {
                    End::Before => End::After,
                    End::Name => End::Name,
                    End::After => End::Before,
                };
                class.pack_bounded(value, Bounded { end, lowest: !bound.lowest }, out)
            }
            (Class::Frozen(class), _) => class.pack_bounded(value, bound, out),
            (Class::Composite(_), Value::Composite(_))
            | (Class::DynamicComposite(_), Value::DynamicComposite(_)) => {
                let length = out.len();
                self.pack_parts(value, Some(bound), out).inspect_err(|_| out.truncate(length))
            }
            (Class::TimeUuid, Value::Date(time) | Value::Timestamp(time)) => {
                let uuid = if bound.lowest { lowest_time_uuid(*time) } else { highest_time_uuid(*time) }?;
                out.extend_from_slice(uuid.as_bytes());
                Ok(())
            }
            _ => self.pack(value, out),
        }
    }
}
