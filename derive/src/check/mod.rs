//! What no attribute can know alone: the struct ([`family`]), how its fields go together ([`layout`]), their names
//! ([`names`]) and each field for itself ([`field`]).

mod family;
mod field;
mod layout;
mod names;

use crate::errors::Errors;
use crate::model::{Layout, Model};

pub(crate) fn check(model: &Model<'_>, errors: &mut Errors) {
    if model.layout() == Layout::Part {
        layout::part(model, errors);
    } else {
        family::check(model, errors);
        layout::check(model, errors);
    }
    layout::counters(model, errors);
    names::check(model, errors);
    for field in &model.fields {
        field::check(field, errors);
    }
}
