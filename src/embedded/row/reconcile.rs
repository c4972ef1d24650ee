//! Which of two cells of one name stays.

use std::cmp::Ordering;

use super::cell::{Cell, Content};

/// The winner between a stored cell and one that is written over it, as Cassandra 2.1 decides: the greater
/// timestamp; between equal ones a deletion; then the greater value; then, of two expiring cells, the one
/// that expires later; then the one that was there.
///
/// Counters are added up, and a deletion of one wins whenever it was made.
#[inline]
pub(crate) fn reconcile<'a>(old: Cell<'a>, new: Cell<'a>) -> Cell<'a> {
    // the rule, for which nothing but the timestamps need be looked at
    if let (Content::Live(_), Content::Live(_)) = (old.content, new.content)
        && old.timestamp != new.timestamp
    {
        return if old.timestamp < new.timestamp { new } else { old };
    }
    reconcile_all(old, new)
}

fn reconcile_all<'a>(old: Cell<'a>, new: Cell<'a>) -> Cell<'a> {
    let order = old.timestamp.cmp(&new.timestamp);
    let order = match (old.content, new.content) {
        (Content::Counter(count), Content::Counter(more)) => {
            let timestamp = old.timestamp.max(new.timestamp);
            return Cell { timestamp, content: Content::Counter(count.wrapping_add(more)), ..old };
        }
        (Content::Deleted { .. }, Content::Counter(_)) => Ordering::Greater,
        (Content::Counter(_), Content::Deleted { .. }) => Ordering::Less,
        // no column family has both
        (Content::Counter(_), _) | (_, Content::Counter(_)) => order,
        (Content::Deleted { at: old }, Content::Deleted { at: new }) => order.then(old.cmp(&new)),
        (Content::Deleted { .. }, _) => order.then(Ordering::Greater),
        (_, Content::Deleted { .. }) => order.then(Ordering::Less),
        (
            Content::Expiring { value: old, expiry: old_expiry, .. },
            Content::Expiring { value: new, expiry: new_expiry, .. },
        ) => order.then_with(|| (old, old_expiry).cmp(&(new, new_expiry))),
        (
            Content::Live(old) | Content::Expiring { value: old, .. },
            Content::Live(new) | Content::Expiring { value: new, .. },
        ) => order.then_with(|| old.cmp(new)),
    };
    if order == Ordering::Less { new } else { old }
}

#[cfg(test)]
mod tests {
    use super::super::cell::tests::{counter, deleted, expiring, live};
    use super::*;

    /// Asserts that `winner` stays beside `loser`, whichever was there first.
    fn wins(winner: Cell<'_>, loser: Cell<'_>) {
        assert_eq!(reconcile(winner, loser), winner);
        assert_eq!(reconcile(loser, winner), winner);
    }

    #[test]
    fn the_greater_timestamp_wins() {
        wins(live("a", 2, "x"), live("a", 1, "y"));
        wins(live("a", 2, "x"), deleted("a", 1, 99));
        wins(deleted("a", 2, 0), live("a", 1, "y"));
        wins(expiring("a", 2, "x", 40), live("a", 1, "y"));
        wins(live("a", -1, "x"), live("a", i64::MIN, "y"));
    }

    #[test]
    fn a_deletion_wins_a_tie() {
        wins(deleted("a", 1, 0), live("a", 1, "x"));
        wins(deleted("a", 1, 0), expiring("a", 1, "x", 99));
        wins(deleted("a", 1, 5), deleted("a", 1, 4));
    }

    #[test]
    fn the_greater_value_wins_a_tie_by_unsigned_bytes() {
        wins(live("a", 1, "3"), live("a", 1, "2"));
        wins(live("a", 1, "33"), live("a", 1, "3"));
        wins(live("a", 1, "é"), live("a", 1, "z"));
        wins(live("a", 1, "3"), expiring("a", 1, "2", 99));
        wins(expiring("a", 1, "3", 99), live("a", 1, "2"));
    }

    #[test]
    fn expiring_cells_of_one_value_keep_the_later_expiry() {
        wins(expiring("a", 1, "x", 99), expiring("a", 1, "x", 98));
        wins(expiring("a", 1, "y", 60), expiring("a", 1, "x", 98));
    }

    #[test]
    fn counters_are_added_up_until_they_are_deleted() {
        assert_eq!(reconcile(counter("a", 1, 5), counter("a", 9, -7)), counter("a", 9, -2));
        assert_eq!(reconcile(counter("a", 9, i64::MAX), counter("a", 1, 1)), counter("a", 9, i64::MIN));
        wins(deleted("a", 1, 5), counter("a", 9, 5));
    }

    #[test]
    fn of_equal_cells_the_old_one_stays() {
        // recorded: IntegerType writes 1 as 01 and as 0001, and the first name written is read back
        let (old, new) = (live("01", 1, "x"), live("0001", 1, "x"));
        assert_eq!(reconcile(old, new), old);
        assert_eq!(reconcile(old, expiring("a", 1, "x", 99)), old);
        let expired = expiring("a", 1, "x", 1);
        assert_eq!(reconcile(expired, live("a", 1, "x")), expired);
    }
}
