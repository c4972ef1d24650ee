//! What several errors are made of, and how they are listed.

use std::fmt;
use std::sync::Arc;

use super::Error;

/// How one server failed.
///
/// ```
/// use cassa::{Error, SystemManager};
///
/// let error = SystemManager::connect(["127.0.0.1:1", "127.0.0.1:2"]).unwrap_err();
/// let Error::AllServersUnavailable(failures) = &error else { panic!("{error}") };
/// assert_eq!(&*failures[1].server, "127.0.0.1:2");
/// assert!(matches!(failures[1].cause, Error::Connect { .. }));
/// assert!(failures[1].to_string().starts_with("cannot connect to 127.0.0.1:2: "));
/// ```
#[derive(Debug)]
pub struct ServerFailure {
    /// The server.
    pub server: Arc<str>,
    /// Its own cause.
    pub cause: Error,
}

impl fmt::Display for ServerFailure {
    /// The cause names the server.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_chain(&self.cause, f)
    }
}

/// One difference between a struct and the live schema.
///
/// ```
/// use cassa::Difference;
///
/// let difference = Difference {
///     what: "the validator of field `year`".into(),
///     expected: "Int32Type".into(),
///     actual: "LongType".into(),
/// };
/// assert_eq!(
///     difference.to_string(),
///     "the validator of field `year`: expected Int32Type, the schema has LongType"
/// );
/// ```
///
/// [`Mapper::open`](crate::Mapper::open) has an example where one comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What differs, such as "the validator of column `year` (field `year`)".
    pub what: Box<str>,
    /// What the struct says.
    pub expected: Box<str>,
    /// What the schema says.
    pub actual: Box<str>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}, the schema has {}", self.what, self.expected, self.actual)
    }
}

/// An error with all its sources in one line.
pub(super) struct Chain<'a>(pub(super) &'a Error);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_chain(self.0, f)
    }
}

/// An error with all its sources in one line.
fn write_chain(e: &dyn std::error::Error, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{e}")?;
    let mut source = e.source();
    while let Some(e) = source {
        write!(f, ": {e}")?;
        source = e.source();
    }
    Ok(())
}

pub(super) fn list<T: fmt::Display>(items: &[T]) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join("; ")
}

pub(super) fn after(failures: &[ServerFailure]) -> String {
    if failures.is_empty() { String::new() } else { format!(": {}", list(failures)) }
}

pub(super) fn names(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

pub(super) fn hosts(versions: &[(String, Vec<String>)]) -> String {
    let version = |(version, hosts): &(String, Vec<String>)| format!("{} at {version}", hosts.join(", "));
    let versions: Vec<String> = versions.iter().map(version).collect();
    if versions.is_empty() { String::new() } else { format!(": {}", versions.join("; ")) }
}
