//! The names of a wide row's columns: made of an object's clustering and the field's name, and taken apart again.

use super::identity::{begin_component, end_component, take_component};
use super::plan::{Layout, Plan};
use crate::marshal::Class;

/// Before the columns that a row has once, in place of a component's length: as Cassandra marks them.
const STATIC: [u8; 2] = [0xff, 0xff];

/// The name of the cell that says that an object is there, as CQL writes it: an empty text.
pub(crate) const MARKER: &[u8] = b"";

/// Appends the name of an object's column: behind its clustering, or as one that the row has once. The error is the
/// length of the name, where that passes what Cassandra takes.
pub(crate) fn put(
    plan: &Plan,
    item: &[u8],
    name: &[u8],
    is_static: bool,
    out: &mut Vec<u8>,
) -> Result<(), usize> {
    let start = out.len();
    if is_static {
        out.extend_from_slice(&STATIC);
        for _ in plan.identity().clustering() {
            out.extend_from_slice(&[0; 3]); // an empty component
        }
    } else {
        out.extend_from_slice(item);
    }
    if plan.layout() != Layout::Timeline {
        let component = begin_component(out);
        out.extend_from_slice(name);
        end_component(out, component)?;
    }
    match out.len() - start {
        length if length > usize::from(u16::MAX) => Err(length),
        _ => Ok(()),
    }
}

/// Whether it is the name of a column that the row has once.
#[inline]
pub(crate) fn is_static(name: &[u8]) -> bool {
    name.starts_with(&STATIC)
}

/// How many bytes of a column's name are its clustering: so many components. `None` where it has fewer.
#[inline]
pub(crate) fn clustering(name: &[u8], components: usize) -> Option<usize> {
    let mut rest = name;
    for _ in 0..components {
        take_component(&mut rest)?;
    }
    Some(name.len() - rest.len())
}

/// The field's name, which stands behind so many bytes.
#[inline]
pub(crate) fn field(name: &[u8], clustering: usize) -> Option<&[u8]> {
    let mut rest = name.get(clustering..)?;
    take_component(&mut rest)
}

/// The field's name of a column that the row has once.
pub(crate) fn static_field(name: &[u8], components: usize) -> Option<&[u8]> {
    let rest = name.strip_prefix(&STATIC)?;
    field(rest, clustering(rest, components)?)
}

/// The comparator of a wide row's column family.
pub(crate) fn comparator(plan: &Plan) -> Class {
    let parts = plan.identity().clustering().iter();
    let mut classes: Vec<Class> = parts
        .map(|part| if part.is_reversed { Class::reversed(part.class.clone()) } else { part.class.clone() })
        .collect();
    match (plan.layout(), &classes[..]) {
        (Layout::Row | Layout::SuperColumn, _) => plan.comparator().clone(),
        (Layout::Timeline, [one]) => one.clone(),
        (Layout::Timeline, _) => Class::composite(classes),
        (Layout::Prefix { .. }, _) => {
            classes.push(plan.comparator().clone());
            Class::composite(classes)
        }
    }
}
