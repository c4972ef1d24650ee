//! The single options of a column family: their forms, limits and defaults.

use std::collections::BTreeMap;

use crate::wire::Exception;

const COMPRESSION: &str = "org.apache.cassandra.io.compress.";
const COMPRESSOR: &str = "sstable_compression";
const CHUNK_LENGTH: &str = "chunk_length_kb";
const CRC_CHECK_CHANCE: &str = "crc_check_chance";

pub(super) fn invalid(why: impl Into<String>) -> Exception {
    Exception::InvalidRequest(why.into())
}

/// A class of Cassandra's, which may come without its package.
pub(super) fn qualify(package: &str, class: &str) -> String {
    if class.contains('.') { class.to_owned() } else { format!("{package}{class}") }
}

/// The entries of a map as Cassandra takes them off the wire: each name once, the last one counts.
pub(super) fn map(entries: &[(String, String)]) -> BTreeMap<&str, &str> {
    entries.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

pub(super) fn owned(map: BTreeMap<&str, &str>) -> Vec<(String, String)> {
    map.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// As in Cassandra, only a chance of zero is refused: what else is no chance is taken and described as it came.
pub(super) fn bloom_filter_fp_chance(given: Option<f64>) -> Result<Option<f64>, Exception> {
    if given == Some(0.0) {
        return Err(invalid(
            "Zero false positives is impossible; bloom filter false positive chance bffpc must be 0 < bffpc <= 1",
        ));
    }
    Ok(given)
}

/// How many SSTables are compacted at once. A greatest number of 0 is the old way to switch compaction off.
pub(super) fn thresholds(min: i32, max: i32) -> Result<(), Exception> {
    if max == 0 {
        return Ok(());
    }
    if min < 2 {
        return Err(invalid(format!("Min compaction threshold cannot be less than 2 (got {min}).")));
    }
    if min > max {
        return Err(invalid(format!(
            "Min compaction threshold (got {min}) cannot be greater than max compaction threshold (got {max})"
        )));
    }
    Ok(())
}

pub(super) fn index_intervals(min: i32, max: i32) -> Result<(), Exception> {
    if min <= 0 {
        return Err(invalid(format!("Min index interval must be greater than 0 (got {min}).")));
    }
    if max < min {
        return Err(invalid(format!(
            "Max index interval ({max}) must be greater than the min index interval ({min})."
        )));
    }
    Ok(())
}

/// The compressor and its options; none where no compressor is named, LZ4 where nothing is said.
pub(super) fn compression(given: Option<&[(String, String)]>) -> Result<Vec<(String, String)>, Exception> {
    let Some(given) = given else {
        return Ok(vec![(COMPRESSOR.to_owned(), format!("{COMPRESSION}LZ4Compressor"))]);
    };
    let mut others = map(given);
    let class = others.remove(COMPRESSOR).filter(|class| !class.is_empty());
    let chunk_length = others.remove(CHUNK_LENGTH).map(chunk_length).transpose()?;
    let Some(class) = class else {
        if others.is_empty() {
            return Ok(Vec::new());
        }
        let names: Vec<&str> = others.into_keys().collect();
        return Err(invalid(format!(
            "Unknown compression options ([{}]) since no compression class found",
            names.join(", ")
        )));
    };
    let class = qualify(COMPRESSION, class);
    let known = ["LZ4Compressor", "SnappyCompressor", "DeflateCompressor"];
    if !class.strip_prefix(COMPRESSION).is_some_and(|short| known.contains(&short)) {
        return Err(invalid(format!("Could not create Compression for type {class}")));
    }
    for (name, value) in &others {
        if *name != CRC_CHECK_CHANCE {
            return Err(invalid(format!("Unknown compression options {name}")));
        }
        match value.trim().parse::<f64>() {
            Ok(chance) if (0.0..=1.0).contains(&chance) => {}
            Ok(_) => return Err(invalid(format!("{CRC_CHECK_CHANCE} should be between 0.0 to 1.0"))),
            Err(_) => return Err(invalid(format!("{CRC_CHECK_CHANCE} should be a double"))),
        }
    }
    let mut kept = owned(others);
    kept.push((COMPRESSOR.to_owned(), class));
    kept.extend(chunk_length.map(|length| (CHUNK_LENGTH.to_owned(), length.to_string())));
    Ok(kept)
}

fn chunk_length(text: &str) -> Result<i32, Exception> {
    let length: i32 = text.parse().map_err(|_| invalid(format!("Invalid value for {CHUNK_LENGTH}")))?;
    if length > i32::MAX / 1024 {
        return Err(invalid(format!("Value of {CHUNK_LENGTH} is too large ({length})")));
    }
    if length <= 0 {
        return Err(invalid(format!("Invalid negative or null {CHUNK_LENGTH}")));
    }
    if length.count_ones() != 1 {
        return Err(invalid(format!("{CHUNK_LENGTH} must be a power of 2")));
    }
    Ok(length)
}

/// The names under which the caches are described: which are on, and how many cells a row may have there.
///
/// The caches are named by a word or, as CQL stores them, by a map. The number of cells counts only where rows
/// are cached, and whoever leaves it out asks for the interface's default of 100.
pub(super) fn caching(given: Option<&str>, cells: Option<&str>) -> Result<(String, String), Exception> {
    let given = given.unwrap_or("keys_only");
    let (keys, rows) = match given.to_ascii_uppercase().as_str() {
        "ALL" => (true, Some("ALL".to_owned())),
        "KEYS_ONLY" => (true, None),
        "ROWS_ONLY" => (false, Some("ALL".to_owned())),
        "NONE" => (false, None),
        _ => caching_map(given)?,
    };
    let cells = match rows {
        None => None,
        Some(_) => rows_to_cache(cells.unwrap_or("100"))?,
    };
    let caches = match (keys, cells.is_some()) {
        (true, true) => "ALL",
        (false, true) => "ROWS_ONLY",
        (true, false) => "KEYS_ONLY",
        (false, false) => "NONE",
    };
    Ok((caches.to_owned(), cells.unwrap_or_else(|| "0".to_owned())))
}

fn caching_map(text: &str) -> Result<(bool, Option<String>), Exception> {
    let Ok(map) = serde_json::from_str::<BTreeMap<String, String>>(text) else {
        return Err(invalid(format!("Invalid caching: {text}")));
    };
    let (mut keys, mut rows, mut rows_given) = (false, None, false);
    for (name, value) in &map {
        match (name.as_str(), value.to_ascii_uppercase().as_str()) {
            ("keys", "ALL") => keys = true,
            ("keys", "NONE") => {}
            ("keys", _) => return Err(invalid("'keys' can only have values 'ALL' or 'NONE'")),
            ("rows_per_partition", value) => {
                rows_given = true;
                let is_word = matches!(value, "ALL" | "NONE");
                if !is_word && (value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_digit())) {
                    return Err(invalid(
                        "'rows_per_partition' can only have values 'ALL', 'NONE' or be numeric.",
                    ));
                }
                rows = rows_to_cache(value)?;
            }
            _ => {
                return Err(invalid(
                    "Only supported CachingOptions parameters are 'keys' and 'rows_per_partition'",
                ));
            }
        }
    }
    if map.contains_key("keys") && !rows_given {
        keys = true;
    }
    Ok((keys, rows))
}

fn rows_to_cache(text: &str) -> Result<Option<String>, Exception> {
    match text.to_ascii_uppercase().as_str() {
        "NONE" => Ok(None),
        "ALL" => Ok(Some("ALL".to_owned())),
        _ => match text.parse::<i32>() {
            Ok(count) => Ok(Some(count.to_string())),
            Err(_) => Err(invalid(format!("Invalid cells_per_row_to_cache: {text}"))),
        },
    }
}

/// `NONE`, `ALWAYS`, a percentile or a number of milliseconds, as they are described.
pub(super) fn speculative_retry(given: Option<&str>) -> Result<String, Exception> {
    let given = given.unwrap_or("NONE");
    let text = given.to_ascii_uppercase();
    match text.as_str() {
        "NONE" | "ALWAYS" => return Ok(text),
        "CUSTOM" => return Ok("0.0ms".to_owned()),
        _ => {}
    }
    let number = |number: &str| number.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    if let Some(percentile) = text.strip_suffix("PERCENTILE").and_then(number) {
        if !(0.0..=100.0).contains(&percentile) {
            return Err(invalid("PERCENTILE should be between 0 and 100"));
        }
        // Cassandra keeps a fraction, writes a percentile to its schema and reads it again from there
        let once = percentile / 100.0 * 100.0;
        return Ok(format!("{}PERCENTILE", java_double(once / 100.0 * 100.0)));
    }
    if let Some(milliseconds) = text.strip_suffix("MS").and_then(number) {
        return Ok(format!("{}ms", java_double(milliseconds)));
    }
    Err(invalid(format!("invalid speculative_retry type: {given}")))
}

/// A number as Java writes it.
pub(super) fn java_double(number: f64) -> String {
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let size = number.abs();
    if size == 0.0 || (1e-3..1e7).contains(&size) {
        return format!("{number:?}");
    }
    let text = format!("{number:E}");
    match text.split_once('E') {
        Some((digits, exponent)) if !digits.contains('.') => format!("{digits}.0E{exponent}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(entries: &[(&str, &str)]) -> Vec<(String, String)> {
        entries.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn caches_are_described_by_a_word_and_a_number() {
        let described = |given: Option<&str>, cells: Option<&str>| {
            caching(given, cells).map(|(caches, cells)| format!("{caches} {cells}")).ok()
        };
        assert_eq!(described(None, Some("100")).as_deref(), Some("KEYS_ONLY 0"));
        assert_eq!(described(Some("all"), Some("ALL")).as_deref(), Some("ALL ALL"));
        // left out, the number is the interface's default
        assert_eq!(described(Some("ALL"), None).as_deref(), Some("ALL 100"));
        assert_eq!(described(Some("rows_only"), Some("7")).as_deref(), Some("ROWS_ONLY 7"));
        assert_eq!(described(Some("ROWS_ONLY"), Some("none")).as_deref(), Some("NONE 0"));
        let map = r#"{"keys":"NONE", "rows_per_partition":"ALL"}"#;
        assert_eq!(described(Some(map), None).as_deref(), Some("ROWS_ONLY 100"));
        assert_eq!(described(Some(r#"{"keys":"NONE"}"#), None).as_deref(), Some("KEYS_ONLY 0"));
        for refused in
            ["some", "{\"keys\":\"SOME\"}", "{\"other\":\"ALL\"}", "{\"rows_per_partition\":\"-1\"}"]
        {
            assert_eq!(described(Some(refused), None), None, "{refused}");
        }
        assert_eq!(described(Some("ALL"), Some("many")), None);
    }

    #[test]
    fn speculative_retry_takes_the_form_in_which_cassandra_prints_it() {
        for (given, printed) in [
            ("none", "NONE"),
            ("Always", "ALWAYS"),
            ("99percentile", "99.0PERCENTILE"),
            ("50ms", "50.0ms"),
            ("12345678.9MS", "1.23456789E7ms"),
            ("10000000ms", "1.0E7ms"),
            ("0.00001ms", "1.0E-5ms"),
        ] {
            assert_eq!(speculative_retry(Some(given)).as_deref(), Ok(printed));
        }
        for refused in ["sometimes", "101PERCENTILE", "-1percentile", "percentile", "ms", ""] {
            assert!(speculative_retry(Some(refused)).is_err(), "{refused}");
        }
    }

    #[test]
    fn compression_options_are_checked_and_take_their_form() {
        let lz4 = "org.apache.cassandra.io.compress.LZ4Compressor";
        assert_eq!(compression(None), Ok(pairs(&[(COMPRESSOR, lz4)])));
        assert_eq!(compression(Some(&[])), Ok(Vec::new()));
        assert_eq!(compression(Some(&pairs(&[(COMPRESSOR, ""), (CHUNK_LENGTH, "64")]))), Ok(Vec::new()));
        let mut given =
            pairs(&[(COMPRESSOR, "LZ4Compressor"), (CHUNK_LENGTH, "064"), (CRC_CHECK_CHANCE, "0.5")]);
        let mut kept = compression(Some(&given)).expect("well-formed options");
        kept.sort();
        given[0].1 = lz4.to_owned();
        given[1].1 = "64".to_owned();
        given.sort();
        assert_eq!(kept, given);
        for refused in [
            &[(COMPRESSOR, "ZipCompressor")][..],
            &[(CRC_CHECK_CHANCE, "1")],
            &[(COMPRESSOR, lz4), (CRC_CHECK_CHANCE, "2")],
            &[(COMPRESSOR, lz4), (CHUNK_LENGTH, "3")],
            &[(COMPRESSOR, lz4), (CHUNK_LENGTH, "0")],
            &[(COMPRESSOR, lz4), (CHUNK_LENGTH, "x")],
            &[(COMPRESSOR, lz4), ("level", "9")],
        ] {
            assert!(compression(Some(&pairs(refused))).is_err(), "{refused:?}");
        }
    }

    #[test]
    fn numbers_have_their_limits() {
        assert!(thresholds(4, 32).is_ok() && thresholds(0, 0).is_ok());
        assert!(thresholds(1, 32).is_err() && thresholds(5, 4).is_err());
        assert!(index_intervals(128, 128).is_ok());
        assert!(index_intervals(0, 128).is_err() && index_intervals(129, 128).is_err());
        for taken in [1.0, 1.5, -0.5] {
            assert_eq!(bloom_filter_fp_chance(Some(taken)), Ok(Some(taken)));
        }
        for refused in [0.0, -0.0] {
            assert!(bloom_filter_fp_chance(Some(refused)).is_err(), "{refused}");
        }
    }
}
