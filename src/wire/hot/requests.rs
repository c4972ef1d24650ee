//! What the calls that carry cells take; each borrows names, keys and values.

use super::in_place::{InPlace, calls, in_place, write_field};
use super::usual::{UsualColumn, is_next, usual_column};
use crate::wire::cursor::{Cursor, ttype};
use crate::wire::message::{MessageKind, begin_message, end_message};
use crate::wire::{ConsistencyLevel, DecodeError, IndexOperator};

in_place! {
    /// A column family, or a super column in it.
    ColumnParent<'a> {
        3 column_family: &'a str,
        4 super_column: Option<&'a [u8]>,
    }
    /// A row, a super column, or a column, depending on what is given.
    ColumnPath<'a> {
        3 column_family: &'a str,
        4 super_column: Option<&'a [u8]>,
        5 column: Option<&'a [u8]>,
    }
    /// The columns from `start` to `finish`, both included, at most `count`; empty bytes leave an end open.
    SliceRange<'a> {
        1 start: &'a [u8],
        2 finish: &'a [u8],
        3 reversed: bool,
        4 count: i32,
    }
    /// Which columns: by name, or a range. Exactly one of the two.
    SlicePredicate<'a> {
        1 column_names: Option<Vec<&'a [u8]>>,
        2 slice_range: Option<SliceRange<'a>>,
    }
    /// A condition on a column.
    IndexExpression<'a> {
        1 column_name: &'a [u8],
        2 op: IndexOperator,
        3 value: &'a [u8],
    }
    /// Conditions that all hold, one of them an equality on an indexed column.
    IndexClause<'a> {
        1 expressions: Vec<IndexExpression<'a>>,
        2 start_key: &'a [u8],
        3 count: i32,
    }
    /// The rows between two keys (both included) or two tokens (the first excluded).
    KeyRange<'a> {
        1 start_key: Option<&'a [u8]>,
        2 end_key: Option<&'a [u8]>,
        3 start_token: Option<&'a str>,
        4 end_token: Option<&'a str>,
        5 count: i32,
        6 row_filter: Option<Vec<IndexExpression<'a>>>,
    }
    /// A column to write. Value and timestamp must be given; the interface leaves the check to the server.
    Column<'a> {
        1 name: &'a [u8],
        2 value: Option<&'a [u8]>,
        3 timestamp: Option<i64>,
        4 ttl: Option<i32>,
    }
    /// A super column to write.
    SuperColumn<'a> {
        1 name: &'a [u8],
        2 columns: Vec<Column<'a>>,
    }
    /// What to add to a counter.
    CounterColumn<'a> {
        1 name: &'a [u8],
        2 value: i64,
    }
    /// What to add to the counters of a super column.
    CounterSuperColumn<'a> {
        1 name: &'a [u8],
        2 columns: Vec<CounterColumn<'a>>,
    }
    /// Exactly one of the four. What is rarely there is boxed, so that a list of columns is not five times as large.
    ColumnOrSuperColumn<'a> {
        1 column: Option<Column<'a>>,
        2 super_column: Option<Box<SuperColumn<'a>>>,
        3 counter_column: Option<Box<CounterColumn<'a>>>,
        4 counter_super_column: Option<Box<CounterSuperColumn<'a>>>,
    }
    /// Deletes a row, a super column, or the columns of a predicate.
    Deletion<'a> {
        1 timestamp: Option<i64>,
        2 super_column: Option<&'a [u8]>,
        3 predicate: Option<SlicePredicate<'a>>,
    }
    /// A write of columns, or a deletion. Exactly one of the two.
    Mutation<'a> like usual_mutation {
        1 column_or_supercolumn: Option<ColumnOrSuperColumn<'a>>,
        2 deletion: Option<Box<Deletion<'a>>>,
    }
    /// A range of columns of a `get_multi_slice`; an absent end is open.
    ColumnSlice<'a> {
        1 start: Option<&'a [u8]>,
        2 finish: Option<&'a [u8]>,
    }
    /// What `get_multi_slice` takes. The interface makes no field of it required; the server checks.
    MultiSliceRequest<'a> {
        1 key: Option<&'a [u8]>,
        2 column_parent: Option<ColumnParent<'a>>,
        3 column_slices: Option<Vec<ColumnSlice<'a>>>,
        4 reversed: Option<bool>,
        5 count: Option<i32>,
        6 consistency_level: Option<ConsistencyLevel>,
    }
}

#[inline]
fn usual_mutation<'a>(cursor: &mut Cursor<'a>) -> Option<Mutation<'a>> {
    let mut at = *cursor;
    is_next(&mut at, [ttype::STRUCT, 0, 1])?;
    let UsualColumn { name, value, timestamp, ttl } = usual_column(&mut at)?;
    is_next(&mut at, [ttype::STOP])?;
    *cursor = at;
    let written = ColumnOrSuperColumn {
        column: Some(Column { name, value: Some(value), timestamp: Some(timestamp), ttl }),
        super_column: None,
        counter_column: None,
        counter_super_column: None,
    };
    Some(Mutation { column_or_supercolumn: Some(written), deletion: None })
}

/// The mutations of a batch: row key, then column family, then what to write there.
pub type MutationMap<'a> = Vec<(&'a [u8], Vec<(&'a str, Vec<Mutation<'a>>)>)>;

calls! {
    /// One column.
    Get<'a> "get" {
        1 key: &'a [u8],
        2 column_path: ColumnPath<'a>,
        3 consistency_level: ConsistencyLevel,
    }
    /// Columns of one row.
    ///
    /// ```
    /// use cassa::wire::hot::{ColumnParent, GetSlice, SlicePredicate, SliceRange};
    /// use cassa::wire::{ConsistencyLevel, split_message};
    ///
    /// let range = SliceRange { start: b"model", finish: b"", reversed: false, count: 100 };
    /// let call = GetSlice {
    ///     key: b"N14228",
    ///     column_parent: ColumnParent { column_family: "Planes", super_column: None },
    ///     predicate: SlicePredicate { column_names: None, slice_range: Some(range) },
    ///     consistency_level: ConsistencyLevel::One,
    /// };
    /// let mut frame = Vec::new();
    /// call.encode(7, &mut frame);
    /// let (header, body) = split_message(&frame[4..])?;
    /// assert_eq!(header.method, GetSlice::METHOD);
    /// assert_eq!(GetSlice::decode(body)?, call);
    /// # Ok::<(), cassa::wire::DecodeError>(())
    /// ```
    GetSlice<'a> "get_slice" {
        1 key: &'a [u8],
        2 column_parent: ColumnParent<'a>,
        3 predicate: SlicePredicate<'a>,
        4 consistency_level: ConsistencyLevel,
    }
    /// The number of columns that a slice would give.
    GetCount<'a> "get_count" {
        1 key: &'a [u8],
        2 column_parent: ColumnParent<'a>,
        3 predicate: SlicePredicate<'a>,
        4 consistency_level: ConsistencyLevel,
    }
    /// Columns of several rows.
    MultigetSlice<'a> "multiget_slice" {
        1 keys: Vec<&'a [u8]>,
        2 column_parent: ColumnParent<'a>,
        3 predicate: SlicePredicate<'a>,
        4 consistency_level: ConsistencyLevel,
    }
    /// The number of columns, for several rows.
    MultigetCount<'a> "multiget_count" {
        1 keys: Vec<&'a [u8]>,
        2 column_parent: ColumnParent<'a>,
        3 predicate: SlicePredicate<'a>,
        4 consistency_level: ConsistencyLevel,
    }
    /// Columns of a range of rows.
    GetRangeSlices<'a> "get_range_slices" {
        1 column_parent: ColumnParent<'a>,
        2 predicate: SlicePredicate<'a>,
        3 range: KeyRange<'a>,
        4 consistency_level: ConsistencyLevel,
    }
    /// Columns of the rows that an index finds.
    GetIndexedSlices<'a> "get_indexed_slices" {
        1 column_parent: ColumnParent<'a>,
        2 index_clause: IndexClause<'a>,
        3 column_predicate: SlicePredicate<'a>,
        4 consistency_level: ConsistencyLevel,
    }
    /// Columns of consecutive rows, from a column of the first one on.
    GetPagedSlice<'a> "get_paged_slice" {
        1 column_family: &'a str,
        2 range: KeyRange<'a>,
        3 start_column: &'a [u8],
        4 consistency_level: ConsistencyLevel,
    }
    /// Several ranges of columns of one row.
    GetMultiSlice<'a> "get_multi_slice" {
        1 request: MultiSliceRequest<'a>,
    }
    /// Writes a column.
    Insert<'a> "insert" {
        1 key: &'a [u8],
        2 column_parent: ColumnParent<'a>,
        3 column: Column<'a>,
        4 consistency_level: ConsistencyLevel,
    }
    /// Adds to a counter.
    Add<'a> "add" {
        1 key: &'a [u8],
        2 column_parent: ColumnParent<'a>,
        3 column: CounterColumn<'a>,
        4 consistency_level: ConsistencyLevel,
    }
    /// Writes columns if others stand as expected.
    Cas<'a> "cas" {
        1 key: &'a [u8],
        2 column_family: &'a str,
        3 expected: Option<Vec<Column<'a>>>,
        4 updates: Vec<Column<'a>>,
        5 serial_consistency_level: ConsistencyLevel,
        6 commit_consistency_level: ConsistencyLevel,
    }
    /// Deletes a row, a super column or a column.
    Remove<'a> "remove" {
        1 key: &'a [u8],
        2 column_path: ColumnPath<'a>,
        3 timestamp: i64,
        4 consistency_level: ConsistencyLevel,
    }
    /// Deletes a row, a super column or a column of counters.
    RemoveCounter<'a> "remove_counter" {
        1 key: &'a [u8],
        2 path: ColumnPath<'a>,
        3 consistency_level: ConsistencyLevel,
    }
    /// Writes and deletes in several rows and column families.
    BatchMutate<'a> "batch_mutate" {
        1 mutation_map: MutationMap<'a>,
        2 consistency_level: ConsistencyLevel,
    }
    /// As `batch_mutate`, through the batch log.
    AtomicBatchMutate<'a> "atomic_batch_mutate" {
        1 mutation_map: MutationMap<'a>,
        2 consistency_level: ConsistencyLevel,
    }
}
