//! The single options of a column family: their forms, limits and defaults.

use crate::wire::Exception;

const COMPACTION: &str = "org.apache.cassandra.db.compaction.";
const COMPRESSION: &str = "org.apache.cassandra.io.compress.";
const COMPRESSOR: &str = "sstable_compression";

fn invalid(why: String) -> Exception {
    Exception::InvalidRequest(why)
}

fn qualify(package: &str, class: &str) -> String {
    if class.contains('.') { class.to_owned() } else { format!("{package}{class}") }
}

pub(super) fn chance(option: &str, given: Option<f64>, default: f64) -> Result<f64, Exception> {
    let chance = given.unwrap_or(default);
    if (0.0..=1.0).contains(&chance) {
        return Ok(chance);
    }
    Err(invalid(format!("{option} must be between 0 and 1 (got {chance})")))
}

pub(super) fn not_negative(option: &str, given: Option<i32>, default: i32) -> Result<i32, Exception> {
    let value = given.unwrap_or(default);
    if value >= 0 {
        return Ok(value);
    }
    Err(invalid(format!("{option} cannot be smaller than 0 (got {value})")))
}

pub(super) fn bloom_filter_fp_chance(given: Option<f64>) -> Result<Option<f64>, Exception> {
    match given {
        Some(chance) if chance > 1.0 || chance <= 0.0 || chance.is_nan() => {
            Err(invalid(format!("bloom_filter_fp_chance must be over 0 and at most 1 (got {chance})")))
        }
        other => Ok(other),
    }
}

pub(super) fn compaction_strategy(given: Option<&str>) -> Result<String, Exception> {
    let class = qualify(COMPACTION, given.unwrap_or("SizeTieredCompactionStrategy"));
    match class.strip_prefix(COMPACTION) {
        Some(
            "SizeTieredCompactionStrategy" | "LeveledCompactionStrategy" | "DateTieredCompactionStrategy",
        ) => Ok(class),
        _ => Err(invalid(format!("Unable to find compaction strategy class '{class}'"))),
    }
}

pub(super) fn compression(given: Option<&[(String, String)]>) -> Result<Vec<(String, String)>, Exception> {
    let Some(given) = given else {
        return Ok(vec![(COMPRESSOR.to_owned(), format!("{COMPRESSION}LZ4Compressor"))]);
    };
    let mut kept = Vec::new();
    for (name, value) in given {
        match name.as_str() {
            COMPRESSOR if value.is_empty() => return Ok(Vec::new()),
            COMPRESSOR => {
                let class = qualify(COMPRESSION, value);
                if !matches!(
                    class.strip_prefix(COMPRESSION),
                    Some("LZ4Compressor" | "SnappyCompressor" | "DeflateCompressor")
                ) {
                    return Err(invalid(format!("Could not create Compression for type {class}")));
                }
                kept.push((name.clone(), class));
            }
            "chunk_length_kb" if value.parse::<u32>().is_ok_and(|length| length.is_power_of_two()) => {
                kept.push((name.clone(), value.clone()));
            }
            "crc_check_chance" if value.parse().is_ok_and(|chance: f64| (0.0..=1.0).contains(&chance)) => {
                kept.push((name.clone(), value.clone()));
            }
            "chunk_length_kb" | "crc_check_chance" => {
                return Err(invalid(format!("Invalid compression option {name}: {value}")));
            }
            _ => return Err(invalid(format!("Unknown compression option {name}"))),
        }
    }
    if !kept.is_empty() && kept.iter().all(|(name, _)| name != COMPRESSOR) {
        return Err(invalid(format!(
            "Missing sub-option '{COMPRESSOR}' for the 'compression_options' option"
        )));
    }
    Ok(kept)
}

/// The names under which the caches are described: which are on, and how many cells a row may have there.
pub(super) fn caching(given: Option<&str>, cells: Option<&str>) -> Result<(String, String), Exception> {
    let caching = given.unwrap_or("KEYS_ONLY").trim().to_ascii_uppercase();
    let cells = match caching.as_str() {
        "ALL" | "ROWS_ONLY" => match cells.map(|cells| cells.to_ascii_uppercase()).as_deref() {
            None | Some("ALL") => "ALL".to_owned(),
            Some(count) if count.parse::<u32>().is_ok() => count.to_owned(),
            Some(other) => return Err(invalid(format!("Invalid cells_per_row_to_cache: {other}"))),
        },
        "KEYS_ONLY" | "NONE" => "0".to_owned(),
        other => return Err(invalid(format!("Invalid caching: {other}"))),
    };
    Ok((caching, cells))
}

/// `NONE`, `ALWAYS`, a percentile or a number of milliseconds, as they are described.
pub(super) fn speculative_retry(given: Option<&str>) -> Result<String, Exception> {
    let text = given.unwrap_or("NONE").trim().to_ascii_uppercase();
    if matches!(text.as_str(), "NONE" | "ALWAYS") {
        return Ok(text);
    }
    let number = |number: &str| number.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    if let Some(percentile) = text.strip_suffix("PERCENTILE").and_then(number)
        && (0.0..=100.0).contains(&percentile)
    {
        return Ok(format!("{percentile:?}PERCENTILE"));
    }
    if let Some(milliseconds) = text.strip_suffix("MS").and_then(number)
        && milliseconds >= 0.0
    {
        return Ok(format!("{milliseconds:?}ms"));
    }
    Err(invalid(format!("invalid speculative_retry type: {text}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_take_the_form_in_which_they_are_described() {
        assert_eq!(caching(None, Some("100")), Ok(("KEYS_ONLY".to_owned(), "0".to_owned())));
        assert_eq!(caching(Some("all"), None), Ok(("ALL".to_owned(), "ALL".to_owned())));
        assert_eq!(speculative_retry(Some("99percentile")).as_deref(), Ok("99.0PERCENTILE"));
        assert_eq!(speculative_retry(Some("50ms")).as_deref(), Ok("50.0ms"));
        assert!(speculative_retry(Some("sometimes")).is_err());
        assert_eq!(compression(Some(&[(COMPRESSOR.to_owned(), String::new())])), Ok(Vec::new()));
        assert!(compression(Some(&[(COMPRESSOR.to_owned(), "Zip".to_owned())])).is_err());
        assert!(compaction_strategy(Some("NoSuchStrategy")).is_err());
    }
}
