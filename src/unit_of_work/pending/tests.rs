//! How what waits is merged.

use super::*;

const SPOT: Spot<'static> = Spot { key: b"row", family: 0, super_column: None };

fn write(value: &[u8]) -> Change<'_> {
    Change::Write { value, ttl: None }
}

fn seen<'p>(pending: &'p Pending, name: &[u8]) -> Seen<'p> {
    pending.known(SPOT).seen(&Class::Utf8, name)
}

#[test]
fn the_last_word_on_a_column_counts() {
    let mut pending = Pending::default();
    assert_eq!(seen(&pending, b"a"), Seen::Unknown);
    let grown = pending.put(SPOT, b"a", write(b"1"));
    assert_eq!(pending.put(SPOT, b"a", write(b"2")), 0, "no larger than before");
    assert_eq!(grown, pending.bytes());
    assert_eq!(seen(&pending, b"a"), Seen::Value(b"2"));
    pending.put(SPOT, b"a", Change::Delete);
    assert_eq!(seen(&pending, b"a"), Seen::Absent);
    assert_eq!(pending.operations(), 1);
}

#[test]
fn a_deletion_takes_what_waited_and_leaves_what_comes_later() {
    let mut pending = Pending::default();
    pending.put(SPOT, b"a", write(b"1"));
    pending.delete(SPOT);
    assert_eq!(seen(&pending, b"a"), Seen::Absent);
    pending.put(SPOT, b"b", write(b"2"));
    assert_eq!(seen(&pending, b"b"), Seen::Value(b"2"));
    assert_eq!(pending.operations(), 2);

    let super_column = Spot { super_column: Some(b"sc"), ..SPOT };
    pending.put(super_column, b"c", write(b"3"));
    pending.delete(SPOT);
    assert_eq!(pending.known(super_column).seen(&Class::Utf8, b"c"), Seen::Absent);
    assert_eq!(pending.operations(), 1);
}

#[test]
fn a_range_takes_the_names_in_it() {
    let mut pending = Pending::default();
    for name in [b"a", b"b", b"c"] {
        pending.put(SPOT, name, write(b"1"));
    }
    pending.delete_range(SPOT, &Class::Utf8, Range::of(b"b", b""));
    assert_eq!(seen(&pending, b"a"), Seen::Value(b"1"));
    assert_eq!([seen(&pending, b"b"), seen(&pending, b"z")], [Seen::Absent; 2]);
    pending.put(SPOT, b"c", write(b"2"));
    assert_eq!(seen(&pending, b"c"), Seen::Value(b"2"));
}

#[test]
fn timestamps_are_fixed_once() {
    let mut pending = Pending::default();
    pending.delete(SPOT);
    pending.put(SPOT, b"a", write(b"1"));
    pending.stamp(10, 11);
    pending.put(SPOT, b"b", write(b"2"));
    pending.put(SPOT, b"a", write(b"3"));
    pending.stamp(20, 21);
    let scope = &pending.rows()[0].scopes[0];
    assert_eq!(scope.deleted.and_then(|attempt| pending.stamps().of_deletions(attempt)), Some(10));
    for (name, why) in [(b"a", "what is new is later than what may have been sent"), (b"b", "so is this")] {
        let cell = scope.cells.get(name).expect("it was put");
        assert_eq!(pending.stamps().of_writes(cell.attempt), Some(21), "{why}");
    }
}

#[test]
fn rows_leave_in_the_order_in_which_they_came() {
    let mut pending = Pending::default();
    for key in 0..100_u8 {
        pending.put(Spot { key: &[key], ..SPOT }, b"a", write(b"1"));
    }
    let taken = pending.take_first(60);
    assert!(taken.iter().map(|row| row.key[0]).eq(0..60));
    assert!(pending.row(&[59]).is_none());
    assert!((60..100).all(|key| pending.row(&[key]).is_some_and(|row| *row.key == [key])));
    assert_eq!(pending.put(Spot { key: &[99], ..SPOT }, b"a", write(b"2")), 0, "the row is known");
}

#[test]
fn attempts_are_remembered_as_long_as_something_of_them_waits() {
    let mut pending = Pending::default();
    for now in 0..100 {
        pending.put(SPOT, b"a", write(b"1"));
        pending.put(Spot { key: b"another row", ..SPOT }, b"a", write(b"1"));
        pending.stamp(now, now);
        pending.take_first(1);
        let cell = pending.rows()[0].scopes[0].cells.get(b"a").expect("it waits");
        assert_eq!(pending.stamps().of_writes(cell.attempt), Some(now));
        pending.take_first(1);
        assert_eq!(pending.stamps().of_writes(1), None);
    }
}

#[test]
fn scopes_stand_by_family_and_super_column() {
    let mut pending = Pending::default();
    for (family, super_column) in
        [(1, Some(&b"b"[..])), (0, Some(b"a")), (1, None), (0, None), (1, Some(b"a"))]
    {
        pending.put(Spot { family, super_column, ..SPOT }, b"a", write(b"1"));
    }
    let row = &pending.rows()[0];
    let families: Vec<_> = row.families().map(|(family, scopes)| (family, scopes.len())).collect();
    assert_eq!(families, [(0, 2), (1, 3)]);
    assert!(row.scopes.is_sorted_by_key(|scope| (scope.family, scope.super_column.clone())));
}
