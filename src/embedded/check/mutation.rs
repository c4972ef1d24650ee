//! The mutations of a batch.

use super::super::failure::{Failure, invalid};
use super::super::row::cell::{Cell, Content};
use super::super::row::deletion::{Deletion, RangeDeletion};
use super::super::row::write::RowUpdate;
use super::super::schema::ColumnFamily;
use super::column::column;
use super::name;
use super::predicate::slice_range;
use crate::wire::hot::{self, ColumnOrSuperColumn, Mutation};

/// Checks a mutation and adds it to the update of its row.
pub(crate) fn add<'a>(
    family: &ColumnFamily,
    mutation: &Mutation<'a>,
    now: i32,
    update: &mut RowUpdate<'a>,
) -> Result<(), Failure> {
    match (&mutation.column_or_supercolumn, &mutation.deletion) {
        (Some(written), None) => add_column(family, written, now, update),
        (None, Some(deletion)) => add_deletion(family, deletion, now, update),
        _ => Err(invalid("mutation must have one and only one of column_or_supercolumn or deletion")),
    }
}

fn add_column<'a>(
    family: &ColumnFamily,
    written: &ColumnOrSuperColumn<'a>,
    now: i32,
    update: &mut RowUpdate<'a>,
) -> Result<(), Failure> {
    let ColumnOrSuperColumn { column: plain, super_column, counter_column, counter_super_column } = written;
    let given =
        [plain.is_some(), super_column.is_some(), counter_column.is_some(), counter_super_column.is_some()];
    let Some(plain) = plain.as_ref().filter(|_| given == [true, false, false, false]) else {
        let one = given.iter().filter(|given| **given).count() == 1;
        return Err(match (one, super_column.is_some()) {
            (false, _) => invalid(
                "ColumnOrSuperColumn must have one (and only one) of column, super_column, counter and \
                 counter_super_column",
            ),
            (true, true) => invalid(format!("a super column does not fit standard CF {}", family.name())),
            (true, false) => {
                invalid(format!("invalid operation for non commutative columnfamily {}", family.name()))
            }
        });
    };
    update.cells.push(column(family, plain, now)?);
    Ok(())
}

fn add_deletion<'a>(
    family: &ColumnFamily,
    deletion: &hot::Deletion<'a>,
    now: i32,
    update: &mut RowUpdate<'a>,
) -> Result<(), Failure> {
    if deletion.super_column.is_some() {
        return Err(invalid(format!(
            "Deletion of super columns is not possible on a standard ColumnFamily ({})",
            family.name()
        )));
    }
    let Some(timestamp) = deletion.timestamp else {
        return Err(invalid(format!(
            "Deletion timestamp is not optional for non commutative column family {}",
            family.name()
        )));
    };
    let whole = Deletion { timestamp, at: now };
    let Some(predicate) = &deletion.predicate else {
        update.deletions.add_row(whole);
        return Ok(());
    };
    match (&predicate.column_names, &predicate.slice_range) {
        (Some(names), None) => {
            for column in names {
                name(family, column)?;
                update.cells.push(Cell { name: column, timestamp, content: Content::Deleted { at: now } });
            }
            Ok(())
        }
        (None, Some(range)) => {
            slice_range(family, range)?;
            let (start, finish) =
                if range.reversed { (range.finish, range.start) } else { (range.start, range.finish) };
            let range = RangeDeletion { start, finish, deletion: whole };
            update.deletions.add_range(&family.comparator, range);
            Ok(())
        }
        (None, None) => Err(invalid("predicate column_names and slice_range may not both be null")),
        (Some(_), Some(_)) => Err(invalid("predicate column_names and slice_range may not both be present")),
    }
}
