//! The unit as text: what a commit would send, for people.

use std::fmt;

use bytes::Bytes;

use super::UnitOfWork;
use super::pending::Scope;
use crate::marshal::{Class, Value};

/// Longer units are cut where they are printed.
const SHOWN: usize = 1_000;

/// A packed name as people read it.
fn name(class: &Class, packed: &[u8]) -> String {
    let bytes = Bytes::copy_from_slice(packed);
    let value = class.unpack(&bytes).unwrap_or(Value::Bytes(bytes));
    format!("{value:?}")
}

fn names<'n>(class: &Class, packed: impl Iterator<Item = &'n [u8]>) -> String {
    packed.map(|packed| name(class, packed)).collect::<Vec<_>>().join(", ")
}

/// What waits in a scope, in the order in which it takes effect.
fn changes(class: &Class, scope: &Scope, is_super_column: bool) -> String {
    let mut parts = Vec::new();
    if scope.deleted.is_some() {
        parts.push(if is_super_column { "delete it" } else { "delete the row" }.to_owned());
    }
    for range in &scope.ranges {
        let end = |packed: &[u8], open: &str| {
            if packed.is_empty() { open.to_owned() } else { name(class, packed) }
        };
        let (start, finish) = (end(&range.start, "the first"), end(&range.finish, "the last"));
        parts.push(format!("delete from {start} to {finish}"));
    }
    for (verb, deleted) in [("delete", true), ("write", false)] {
        let cells = scope.cells.iter().filter(|cell| cell.value.is_none() == deleted);
        let mut sorted: Vec<&[u8]> = cells.map(|cell| cell.name).collect();
        if !sorted.is_empty() {
            sorted.sort_by(|one, other| class.compare(one, other));
            parts.push(format!("{verb} {}", names(class, sorted.into_iter())));
        }
    }
    parts.join("; ")
}

impl fmt::Display for UnitOfWork {
    /// A line for each object or row: where it is, and which columns are deleted and written. Values are not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = 0;
        let mut line = |f: &mut fmt::Formatter<'_>, at: &crate::error::Place, what: &str| {
            lines += 1;
            if lines <= SHOWN {
                let mut at = at.clone();
                at.keyspace = None; // it is that of the pool
                writeln!(f, "{at}: {what}")?;
            }
            Ok(())
        };
        for save in &self.versions {
            let family = &self.families[save.family];
            let written = save.object.columns.iter().map(|(name, _)| &name[..]);
            let what =
                format!("write if the version is as read: {}", names(family.comparator(false), written));
            line(f, &family.place(&save.object.key, None), &what)?;
        }
        for (key, family, super_column, scope) in self.pending.iter().filter(|(.., scope)| !scope.is_empty())
        {
            let family = &self.families[family];
            let inside = super_column.is_some();
            let what = changes(family.comparator(inside), scope, inside);
            line(f, &family.place(key, super_column), &what)?;
        }
        for (key, family, super_column, counter, number) in self.counters.iter() {
            let family = &self.families[family];
            let counter = name(family.comparator(super_column.is_some()), counter);
            line(f, &family.place(key, super_column), &format!("add {number} to {counter}"))?;
        }
        match lines.saturating_sub(SHOWN) {
            0 => Ok(()),
            more => writeln!(f, "… and {more} more"),
        }
    }
}

impl fmt::Debug for UnitOfWork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnitOfWork")
            .field("keyspace", &self.pool.keyspace())
            .field("options", &self.options)
            .field("changes", &self.len())
            .field("unknown_counters", &self.doubtful.iter().count())
            .finish_non_exhaustive()
    }
}
