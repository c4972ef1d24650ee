//! A walk over the engine's journals before the engine opens them. It opens a journal with damage too, cuts off
//! what it cannot read, and does not say so; and a journal before the last one has no end that may be torn.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::Xxh3;

use super::StoreError;
use super::witness::MARK;

const EXTENSION: &str = "jnl";

// A batch is START, its count of entries and its number; the entries; END and the checksum of the entries.
const START: u8 = 1;
const ITEM: u8 = 2;
const END: u8 = 3;
const CLEAR: u8 = 4;
const TRAILER: [u8; 4] = *b"FJL\x03";

/// What the journals hold.
#[derive(Debug, Default)]
pub(super) struct Journals {
    /// The number of the last batch; those of later batches are greater.
    pub(super) last: Option<u64>,
    /// The last mark that stands in them.
    pub(super) mark: Option<u64>,
    /// The one that is written to.
    pub(super) active: PathBuf,
    pub(super) end: End,
}

/// What stands behind the last whole batch of a journal: nothing but zeros, or a write that was cut short.
#[derive(Debug, Default)]
pub(super) struct End {
    at: u64,
    length: u64,
    /// Without the zeros that end it.
    bytes: Vec<u8>,
}

impl Journals {
    /// Reads the journals of a store; marks are looked for in the partition of this number.
    pub(super) fn read(store: &Path, records: Option<u64>) -> Result<Journals, StoreError> {
        let mut paths = paths(store)?;
        let mut journals = Journals::default();
        let Some((_, active)) = paths.pop() else {
            let what = "the store is damaged: the journal (a number, and .jnl) is missing".to_owned();
            return Err(StoreError::Directory { path: store.to_owned(), what });
        };
        for (_, sealed) in paths {
            let end = journals.walk(&sealed, records)?;
            if end.torn() > 0 {
                let what = format!(
                    "the journal is damaged at byte {}, and the ones that follow it need it whole",
                    end.at
                );
                return Err(StoreError::Directory { path: sealed, what });
            }
        }
        journals.end = journals.walk(&active, records)?;
        journals.active = active;
        Ok(journals)
    }

    /// Puts back what the engine has cut off from the journal that is written to.
    pub(super) fn restore(&self) -> io::Result<()> {
        use std::io::{Seek, SeekFrom, Write};
        let mut file = fs::OpenOptions::new().write(true).open(&self.active)?;
        file.seek(SeekFrom::Start(self.end.at))?;
        file.write_all(&self.end.bytes)?;
        file.set_len(self.end.length)
    }

    /// Reads one journal up to its end, or to what is no whole batch.
    fn walk(&mut self, path: &Path, records: Option<u64>) -> Result<End, StoreError> {
        let io = |source| StoreError::Io { path: path.to_owned(), source };
        let file = File::open(path).map_err(io)?;
        let length = file.metadata().map_err(io)?.len();
        let mut reader = Reader { file: BufReader::with_capacity(1 << 16, file), entry: Vec::new(), read: 0 };
        let mut end = 0;
        loop {
            match reader.batch(records) {
                Ok(Some(batch)) => {
                    end = reader.read;
                    self.last = self.last.max(Some(batch.number));
                    self.mark = self.mark.max(batch.mark);
                }
                Ok(None) => {
                    let what =
                        format!("the journal is damaged: the batch at byte {end} is not what was written");
                    return Err(StoreError::Directory { path: path.to_owned(), what });
                }
                Err(error) if is_torn(&error) => break,
                Err(source) => return Err(io(source)),
            }
        }
        Ok(End { at: end, length, bytes: rest(path, end).map_err(io)? })
    }
}

impl End {
    /// How many bytes there are of a write that was cut short.
    pub(super) fn torn(&self) -> usize {
        self.bytes.len()
    }
}

/// The journals of a store, in their order; the last one is written to.
fn paths(store: &Path) -> Result<Vec<(u64, PathBuf)>, StoreError> {
    let io = |source| StoreError::Io { path: store.to_owned(), source };
    let mut paths = Vec::new();
    for entry in fs::read_dir(store).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if path.extension().is_none_or(|extension| extension != EXTENSION) {
            continue;
        }
        let number = path.file_stem().and_then(|stem| stem.to_str()?.parse().ok());
        match number {
            Some(number) => paths.push((number, path)),
            None => {
                return Err(StoreError::Directory { path, what: "a journal's name is a number".to_owned() });
            }
        }
    }
    paths.sort();
    Ok(paths)
}

/// What stands from a place on, up to the zeros that a journal ends with.
fn rest(path: &Path, from: u64) -> io::Result<Vec<u8>> {
    use std::io::{Seek, SeekFrom};
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    let mut zeros = 0;
    let mut block = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut block)?;
        let Some(read) = block.get(..read).filter(|read| !read.is_empty()) else {
            return Ok(bytes);
        };
        match read.iter().rposition(|byte| *byte != 0) {
            None => zeros += read.len(),
            Some(last) => {
                bytes.resize(bytes.len() + zeros, 0);
                bytes.extend_from_slice(&read[..=last]);
                zeros = read.len() - last - 1;
            }
        }
    }
}

/// Whether a batch ends too early, or something else than a batch stands there.
fn is_torn(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData)
}

fn torn() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

struct Batch {
    number: u64,
    mark: Option<u64>,
}

struct Reader {
    file: BufReader<File>,
    /// The bytes of an entry.
    entry: Vec<u8>,
    read: u64,
}

impl Reader {
    /// The next bytes, which become part of the entry.
    fn take(&mut self, len: usize) -> io::Result<&[u8]> {
        let begin = self.entry.len();
        // a length that is damaged reserves no more than there is to read
        let read = (&mut self.file).take(len as u64).read_to_end(&mut self.entry)?;
        self.read += read as u64;
        if read == len { Ok(&self.entry[begin..]) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    fn array<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        self.take(N)?.try_into().map_err(|_| torn())
    }

    fn tag(&mut self) -> io::Result<u8> {
        self.entry.clear();
        let [tag] = self.array()?;
        Ok(tag)
    }

    /// The next batch; `None` where it is whole and its checksum another one. An error as [`is_torn`] tells where
    /// there is no whole one.
    fn batch(&mut self, records: Option<u64>) -> io::Result<Option<Batch>> {
        if self.tag()? != START {
            return Err(torn());
        }
        let count = u32::from_le_bytes(self.array()?);
        let number = u64::from_le_bytes(self.array()?);
        let mut mark = None;
        let mut checksum = Xxh3::new();
        for _ in 0..count {
            match self.tag()? {
                ITEM => mark = self.item(records)?.or(mark),
                CLEAR => {
                    let _partition: [u8; 8] = self.array()?;
                }
                _ => return Err(torn()),
            }
            checksum.update(&self.entry);
        }
        if self.tag()? != END {
            return Err(torn());
        }
        let expected = u64::from_le_bytes(self.array()?);
        if self.array()? != TRAILER {
            return Err(torn());
        }
        Ok((checksum.digest() == expected).then_some(Batch { number, mark }))
    }

    /// Reads an item; the mark where it is one.
    fn item(&mut self, records: Option<u64>) -> io::Result<Option<u64>> {
        let [_kind, compression] = self.array()?;
        let partition = u64::from_le_bytes(self.array()?);
        let key_len = usize::from(u16::from_le_bytes(self.array()?));
        let _len: [u8; 4] = self.array()?;
        let value_len = u32::from_le_bytes(self.array()?) as usize;
        let is_mark = self.take(key_len)? == MARK && Some(partition) == records && compression == 0;
        let value = self.take(value_len)?;
        Ok(if is_mark { super::witness::read_mark(value) } else { None })
    }
}
