//! Which of two cells of one name stays.

use super::cell::{Cell, Content};

/// The winner between a stored cell and one that is written over it, as Cassandra 2.1 decides: the greater
/// timestamp; between equal ones a deletion; then the greater value; then, of two expiring cells, the one
/// that expires later.
///
/// One rule depends on the time: beside a cell without a ttl, an expired cell counts as a deletion.
pub(crate) fn reconcile<'a>(old: Cell<'a>, new: Cell<'a>, now: i32) -> Cell<'a> {
    if old.timestamp != new.timestamp {
        return if old.timestamp > new.timestamp { old } else { new };
    }
    match (old.content, new.content) {
        (Content::Deleted { at: old_at }, Content::Deleted { at: new_at }) => {
            if old_at > new_at {
                old
            } else {
                new
            }
        }
        (Content::Deleted { .. }, _) => old,
        (_, Content::Deleted { .. }) => new,
        (Content::Expiring { expiry, .. }, Content::Live(_)) if expiry <= now => old,
        (
            Content::Expiring { value: old_value, expiry: old_expiry, .. },
            Content::Expiring { value: new_value, expiry: new_expiry, .. },
        ) => {
            if (old_value, old_expiry) > (new_value, new_expiry) {
                old
            } else {
                new
            }
        }
        (
            Content::Live(old_value) | Content::Expiring { value: old_value, .. },
            Content::Live(new_value) | Content::Expiring { value: new_value, .. },
        ) => {
            if old_value > new_value {
                old
            } else {
                new
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::cell::tests::{deleted, expiring, live};
    use super::*;

    const NOW: i32 = 50;

    /// Asserts that `winner` stays beside `loser`, whichever was there first.
    fn wins(winner: Cell<'_>, loser: Cell<'_>) {
        assert_eq!(reconcile(winner, loser, NOW), winner);
        assert_eq!(reconcile(loser, winner, NOW), winner);
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
    fn an_expired_cell_is_a_deletion_to_a_cell_without_ttl() {
        let expired = expiring("a", 1, "1", NOW);
        assert_eq!(reconcile(expired, live("a", 1, "9"), NOW), expired);
        assert_eq!(reconcile(expired, live("a", 1, "9"), NOW - 1), live("a", 1, "9"));
        // but not to another expiring one: there, values are compared
        assert_eq!(reconcile(expired, expiring("a", 1, "9", 99), NOW), expiring("a", 1, "9", 99));
    }
}
