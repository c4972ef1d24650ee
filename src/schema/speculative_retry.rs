//! When a coordinator asks another replica.

use std::fmt;

/// When a coordinator asks one more replica, because those that it has asked are slow to answer. Since Cassandra
/// 2.0.2.
///
/// ```
/// use cassa::SpeculativeRetry;
///
/// assert_eq!(SpeculativeRetry::Percentile(99.0).to_string(), "99.0PERCENTILE");
/// assert_eq!(SpeculativeRetry::Milliseconds(20.0).to_string(), "20.0ms");
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, Default, PartialEq)]
pub enum SpeculativeRetry {
    /// `NONE`: never. The default of column families made through Thrift.
    #[default]
    None,
    /// `ALWAYS`: at once.
    Always,
    /// After the time within which so many percent of the reads are answered.
    Percentile(f64),
    /// After so many milliseconds.
    Milliseconds(f64),
    /// What another version of Cassandra says, in its words.
    Other(String),
}

impl SpeculativeRetry {
    pub(super) fn described(text: &str) -> Self {
        let upper = text.trim().to_ascii_uppercase();
        let number = |suffix: &str| upper.strip_suffix(suffix).and_then(|number| number.trim().parse().ok());
        match upper.as_str() {
            "NONE" => SpeculativeRetry::None,
            "ALWAYS" => SpeculativeRetry::Always,
            _ => number("PERCENTILE")
                .map(SpeculativeRetry::Percentile)
                .or_else(|| number("MS").map(SpeculativeRetry::Milliseconds))
                .unwrap_or_else(|| SpeculativeRetry::Other(text.to_owned())),
        }
    }
}

impl fmt::Display for SpeculativeRetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SpeculativeRetry::None => f.write_str("NONE"),
            SpeculativeRetry::Always => f.write_str("ALWAYS"),
            SpeculativeRetry::Percentile(percentile) => write!(f, "{percentile:?}PERCENTILE"),
            SpeculativeRetry::Milliseconds(milliseconds) => write!(f, "{milliseconds:?}ms"),
            SpeculativeRetry::Other(text) => f.write_str(text),
        }
    }
}
