//! What the server serves, and how it refuses the rest.

use cassa::Class;
use cassa::wire::{ApplicationErrorKind, CfDef, Exception, methods};

/// How the server says that it does not serve a call.
pub(super) enum Refusal {
    Method,
    Request,
}

impl Refusal {
    pub(super) fn fits(&self, exception: &Exception) -> bool {
        match self {
            Refusal::Method => {
                matches!(exception, Exception::Application(ApplicationErrorKind::UnknownMethod, _))
            }
            Refusal::Request => matches!(exception, Exception::InvalidRequest(_)),
        }
    }
}

pub(super) fn is_served(method: &str) -> bool {
    const NOT_SERVED: [&str; 4] =
        ["describe_splits", "describe_splits_ex", "get_indexed_slices", "trace_next_query"];
    assert!(methods::NAMES.contains(&method));
    !NOT_SERVED.contains(&method)
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
        && family.column_metadata.iter().flatten().all(|column| column.index_type.is_none())
}
