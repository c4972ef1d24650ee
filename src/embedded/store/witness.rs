//! What stands beside the store, and says what it must hold at least.
//!
//! The engine takes a partition without its manifest for one that was never made, and a journal that lost its end
//! for a shorter one. So a *mark*, a number that grows, is written into the store now and then; once it is on the
//! disk, a file beside the store says so, and names the partitions. A start that finds less refuses the directory.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::xxh3_64;

use super::StoreError;
use super::directory::replace;

const WITNESS: &str = "cassa.witness";

const FORMAT: &str = "cassa witness 1";

/// The key of the mark, in a partition that is told to [`super::Store::keep_marks`].
pub(super) const MARK: &[u8] = b"mark";

const MARK_FORMAT: u8 = 1;

/// A mark as it stands in the store.
pub(super) fn write_mark(mark: u64) -> [u8; 9] {
    let mut value = [MARK_FORMAT; 9];
    value[1..].copy_from_slice(&mark.to_be_bytes());
    value
}

/// `None` where it is none.
pub(super) fn read_mark(value: &[u8]) -> Option<u64> {
    match value.split_first() {
        Some((&MARK_FORMAT, mark)) => Some(u64::from_be_bytes(mark.try_into().ok()?)),
        _ => None,
    }
}

/// What a store must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Witness {
    /// This mark, or a later one.
    pub(super) mark: u64,
    /// The number of the partition that it stands in.
    pub(super) records: u64,
    /// The numbers of the partitions.
    pub(super) partitions: BTreeSet<u64>,
}

impl Witness {
    pub(super) fn path(directory: &Path) -> PathBuf {
        directory.join(WITNESS)
    }

    /// `None` where there is none: a store that is not older than its first start, or one that its owner wants served
    /// as it is.
    pub(super) fn read(directory: &Path) -> Result<Option<Witness>, StoreError> {
        let path = Witness::path(directory);
        match fs::read_to_string(&path) {
            Ok(text) => match parse(&text) {
                Some(witness) => Ok(Some(witness)),
                None => {
                    let what = "the file is damaged; without it, the store is served as it is".to_owned();
                    Err(StoreError::Directory { path, what })
                }
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                let what = "the file is damaged; without it, the store is served as it is".to_owned();
                Err(StoreError::Directory { path, what })
            }
            Err(source) => Err(StoreError::Io { path, source }),
        }
    }

    /// Writes it in place of the one before.
    pub(super) fn write(&self, directory: &Path) -> Result<(), StoreError> {
        replace(&Witness::path(directory), &self.text())
    }

    fn text(&self) -> String {
        let partitions: Vec<String> = self.partitions.iter().map(u64::to_string).collect();
        let Witness { mark, records, .. } = self;
        let body = format!("{FORMAT}\nmark {mark} in {records}\npartitions {}\n", partitions.join(" "));
        format!("{body}checksum {:016x}\n", xxh3_64(body.as_bytes()))
    }
}

fn parse(text: &str) -> Option<Witness> {
    let mut lines = text.strip_prefix(FORMAT)?.strip_prefix('\n')?.lines();
    let (mark, records) = lines.next()?.strip_prefix("mark ")?.split_once(" in ")?;
    let partitions = lines.next()?.strip_prefix("partitions ")?.split_whitespace().map(str::parse);
    let witness = Witness {
        mark: mark.parse().ok()?,
        records: records.parse().ok()?,
        partitions: partitions.collect::<Result<_, _>>().ok()?,
    };
    // the checksum and the form at once
    (witness.text() == text).then_some(witness)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_witness_is_what_was_written_or_refused() {
        let directory = tempfile::tempdir().expect("a directory");
        assert_eq!(Witness::read(directory.path()).expect("none"), None);
        for partitions in [vec![], vec![1], vec![1, 3, 20]] {
            let partitions = partitions.into_iter().collect();
            let witness = Witness { mark: 17, records: 1, partitions };
            witness.write(directory.path()).expect("written");
            assert_eq!(Witness::read(directory.path()).expect("read"), Some(witness));
        }
        let path = Witness::path(directory.path());
        let whole = fs::read(&path).expect("bytes");
        let refused = |bytes: &[u8]| {
            fs::write(&path, bytes).expect("written");
            let error = Witness::read(directory.path()).expect_err("damaged").to_string();
            assert!(error.contains(WITNESS), "{error}");
        };
        for cut in 0..whole.len() {
            refused(&whole[..cut]);
        }
        for place in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[place] ^= 0x80 >> (place % 8);
            refused(&bytes);
        }
    }

    #[test]
    fn a_mark_is_read_as_it_was_written() {
        for mark in [0, 1, u64::MAX] {
            assert_eq!(read_mark(&write_mark(mark)), Some(mark));
        }
        assert_eq!(read_mark(b""), None);
        assert_eq!(read_mark(b"\x02aaaaaaaa"), None);
        assert_eq!(read_mark(b"\x01short"), None);
    }
}
