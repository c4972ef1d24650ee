//! Compaction strategies and their options. This store compacts in its own way: what is checked here is what
//! a cluster would take.

use std::collections::BTreeMap;

use super::options::{invalid, map, owned, qualify};
use crate::wire::{CfDef, Exception};

const PACKAGE: &str = "org.apache.cassandra.db.compaction.";

const SIZE_TIERED: &str = "SizeTieredCompactionStrategy";
const LEVELED: &str = "LeveledCompactionStrategy";
const DATE_TIERED: &str = "DateTieredCompactionStrategy";

/// Reads a strategy; gives its class with the package.
pub(super) fn strategy(given: Option<&str>) -> Result<String, Exception> {
    let class = qualify(PACKAGE, given.unwrap_or(SIZE_TIERED));
    match class.strip_prefix(PACKAGE) {
        Some(SIZE_TIERED | LEVELED | DATE_TIERED) => Ok(class),
        Some("WrappingCompactionStrategy") => {
            Err(invalid("You can't set WrappingCompactionStrategy as the compaction strategy!"))
        }
        _ => Err(invalid(format!("Unable to find compaction strategy class '{class}'"))),
    }
}

/// The options as they are kept.
pub(super) fn options(given: Option<&[(String, String)]>) -> Vec<(String, String)> {
    owned(map(given.unwrap_or_default()))
}

/// Checks the options of a definition that was given its defaults. Cassandra does so where a column family is
/// made or changed by itself, and not where it comes with its keyspace.
pub(super) fn check_of(definition: &CfDef) -> Result<(), Exception> {
    let class = definition.compaction_strategy.as_deref().unwrap_or_default();
    check(class, definition.compaction_strategy_options.as_deref().unwrap_or_default())
}

fn check(class: &str, given: &[(String, String)]) -> Result<(), Exception> {
    let short = class.strip_prefix(PACKAGE).unwrap_or(class);
    let mut left = Left(map(given));
    left.number("tombstone_threshold", |value: f64| value > 0.0)?;
    left.number("tombstone_compaction_interval", |value: i64| value >= 0)?;
    left.boolean("unchecked_tombstone_compaction")?;
    left.boolean("enabled")?;
    if short == DATE_TIERED {
        left.number("max_sstable_age_days", |value: f64| value >= 0.0)?;
        left.number("base_time_seconds", |value: i64| value > 0)?;
        left.number("max_window_size_seconds", |value: i64| value > 0)?;
        let resolution = left.0.remove("timestamp_resolution");
        const UNITS: [&str; 7] =
            ["NANOSECONDS", "MICROSECONDS", "MILLISECONDS", "SECONDS", "MINUTES", "HOURS", "DAYS"];
        if resolution.is_some_and(|unit| !UNITS.contains(&unit)) {
            return Err(invalid(format!(
                "timestamp_resolution is not valid: expected one of {}",
                UNITS.join(", ")
            )));
        }
    }
    if short == LEVELED {
        left.number("sstable_size_in_mb", |value: i32| value >= 1)?;
    }
    left.size_tiered()?;
    left.0.remove("min_threshold");
    left.0.remove("max_threshold");
    if left.0.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = left.0.into_keys().collect();
    Err(invalid(format!("Properties specified [{}] are not understood by {short}", names.join(", "))))
}

/// The options that have not been checked yet.
struct Left<'a>(BTreeMap<&'a str, &'a str>);

impl Left<'_> {
    /// An option that is a number.
    fn number<N: std::str::FromStr + Copy>(
        &mut self,
        name: &str,
        fits: impl Fn(N) -> bool,
    ) -> Result<(), Exception> {
        match self.0.remove(name).map(|text| (text, text.parse::<N>())) {
            None => Ok(()),
            Some((text, Err(_))) => Err(invalid(format!("{text} is not a parsable number for {name}"))),
            Some((_, Ok(number))) if fits(number) => Ok(()),
            Some((text, Ok(_))) => Err(invalid(format!("{name} is out of its range: {text}"))),
        }
    }

    fn boolean(&mut self, name: &str) -> Result<(), Exception> {
        match self.0.remove(name) {
            None => Ok(()),
            Some(text) if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") => Ok(()),
            Some(text) => Err(invalid(format!("{name} should be either 'true' or 'false', not {text}"))),
        }
    }

    /// The options that all strategies share with the size-tiered one.
    fn size_tiered(&mut self) -> Result<(), Exception> {
        self.number("min_sstable_size", |size: i64| size >= 0)?;
        let bound =
            |text: Option<&&str>, default: f64| text.and_then(|text| text.parse().ok()).unwrap_or(default);
        let (low, high) = (bound(self.0.get("bucket_low"), 0.5), bound(self.0.get("bucket_high"), 1.5));
        self.number("bucket_low", |_: f64| true)?;
        self.number("bucket_high", |_: f64| true)?;
        if high <= low {
            return Err(invalid(format!(
                "bucket_high value ({high}) is less than or equal to the bucket_low value ({low})"
            )));
        }
        self.number("cold_reads_to_omit", |share: f64| (0.0..=1.0).contains(&share))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strategies_are_known_by_their_names() {
        assert_eq!(
            strategy(None).as_deref(),
            Ok("org.apache.cassandra.db.compaction.SizeTieredCompactionStrategy")
        );
        assert_eq!(strategy(Some(LEVELED)), Ok(format!("{PACKAGE}{LEVELED}")));
        assert!(strategy(Some("NoSuchStrategy")).is_err());
        assert!(strategy(Some("WrappingCompactionStrategy")).is_err());
    }

    #[test]
    fn options_are_those_of_their_strategy() {
        let check = |class: &str, name: &str, value: &str| {
            check(&format!("{PACKAGE}{class}"), &[(name.to_owned(), value.to_owned())]).is_ok()
        };
        assert!(check(LEVELED, "sstable_size_in_mb", "64"));
        assert!(!check(SIZE_TIERED, "sstable_size_in_mb", "64"));
        assert!(!check(LEVELED, "sstable_size_in_mb", "0"));
        assert!(!check(LEVELED, "sstable_size_in_mb", "big"));
        assert!(check(SIZE_TIERED, "enabled", "false") && !check(SIZE_TIERED, "enabled", "no"));
        assert!(check(SIZE_TIERED, "bucket_low", "0.7") && !check(SIZE_TIERED, "bucket_low", "1.7"));
        assert!(check(DATE_TIERED, "timestamp_resolution", "MILLISECONDS"));
        assert!(!check(DATE_TIERED, "timestamp_resolution", "YEARS"));
        assert!(!check(SIZE_TIERED, "tombstone_threshold", "-1"));
        assert!(!check(SIZE_TIERED, "nonsense", "1"));
        assert!(check(SIZE_TIERED, "min_threshold", "4"));
    }
}
