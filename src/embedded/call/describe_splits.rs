//! `describe_splits` and `describe_splits_ex`: parts of a range of tokens that hold about as many rows each.

use std::ops::ControlFlow;

use super::Context;
use crate::embedded::check;
use crate::embedded::failure::{Failure, invalid};
use crate::embedded::row::scan::scan;
use crate::embedded::store::StoreError;
use crate::wire::methods::{DescribeSplits, DescribeSplitsEx};
use crate::wire::{CfSplit, DecodeError};

/// Cassandra makes no split of fewer samples than this.
const SAMPLES_PER_SPLIT: usize = 4;

pub(super) fn splits(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    context.table(body, |context, DescribeSplits { cf_name, start_token, end_token, keys_per_split }| {
        let splits = parts(context, &cf_name, &start_token, &end_token, keys_per_split)?;
        let start = splits.first().map(|split| split.start_token.clone());
        Ok(start.into_iter().chain(splits.into_iter().map(|split| split.end_token)).collect())
    })
}

pub(super) fn splits_ex(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    context.table(body, |context, DescribeSplitsEx { cf_name, start_token, end_token, keys_per_split }| {
        parts(context, &cf_name, &start_token, &end_token, keys_per_split)
    })
}

/// The splits of a range. As in Cassandra, every so many rows, by the index interval, one is a sample, splits
/// end at samples, and none counts fewer rows than the interval.
fn parts(
    context: &Context<'_>,
    family: &str,
    start: &str,
    end: &str,
    keys_per_split: i32,
) -> Result<Vec<CfSplit>, Failure> {
    let (_, family) = context.family(family)?;
    if keys_per_split == 0 {
        return Err(invalid("keys_per_split must not be 0"));
    }
    let partitioner = family.partitioner;
    let scans = check::range::token_range(partitioner, start, end)?;
    let interval = i64::from(family.definition.min_index_interval.unwrap_or(128)).max(1);
    let rules = family.rules(context.node.now());
    let snapshot = context.node.snapshot();
    let (mut rows, mut ends) = (0_i64, Vec::new());
    for bounds in &scans {
        let _ = scan(&snapshot, &family.partition, bounds, rules, |key, _| {
            rows += 1;
            if rows % interval == 0 {
                ends.push(partitioner.token(key).to_string());
            }
            Ok::<_, StoreError>(ControlFlow::Continue(()))
        })?;
    }
    let wanted = usize::try_from(rows / i64::from(keys_per_split)).unwrap_or(0);
    let count = wanted.clamp(1, ends.len() / SAMPLES_PER_SPLIT + 1);
    let (samples, mut from) = (ends.len(), start.to_owned());
    let mut splits = Vec::with_capacity(count);
    for split in 1..=count {
        let sample = (2 * split * (samples + 1) + count) / (2 * count) - 1;
        let to = ends.get(sample).filter(|_| split < count).cloned().unwrap_or_else(|| end.to_owned());
        let row_count = (rows / count as i64).max(interval);
        splits.push(CfSplit { start_token: from, end_token: to.clone(), row_count });
        from = to;
    }
    Ok(splits)
}
