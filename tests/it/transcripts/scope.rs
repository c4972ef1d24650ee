//! What the server serves, and how it refuses the rest.

use cassa::Class;
use cassa::wire::{CfDef, Exception};

/// How the server says that it does not serve a call.
pub(super) enum Refusal {
    Request,
}

impl Refusal {
    pub(super) fn fits(&self, exception: &Exception) -> bool {
        match self {
            Refusal::Request => matches!(exception, Exception::InvalidRequest(_)),
        }
    }
}

pub(super) fn serves_class(class: &str) -> bool {
    Class::parse(class).is_ok_and(|class| class.is_known() && class != Class::Counter)
}

pub(super) fn serves_family(family: &CfDef) -> bool {
    let classes = [&family.comparator_type, &family.key_validation_class];
    let is_counter =
        family.default_validation_class.as_deref().is_some_and(|class| class.ends_with("CounterColumnType"));
    (is_counter || family.default_validation_class.as_deref().is_none_or(serves_class))
        && classes.into_iter().flatten().all(|class| serves_class(class))
}
