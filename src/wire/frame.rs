//! Frames: four bytes of length, then a message.

use std::fmt;
use std::io::{self, BufReader, Read};

use bytes::Bytes;

/// What can go wrong between two frames.
#[derive(Debug)]
pub enum FrameError {
    /// The peer announces a frame over the limit. Nothing of it was read.
    TooLarge {
        /// The length it announces, in bytes.
        length: usize,
        /// The limit, in bytes.
        limit: usize,
    },
    /// The connection failed, or ended inside a frame (`UnexpectedEof`).
    Io(io::Error),
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { length, limit } => {
                write!(f, "a frame of {length} bytes is over the limit of {limit}")
            }
            Self::Io(e) => e.fmt(f),
        }
    }
}

impl std::error::Error for FrameError {}

impl From<io::Error> for FrameError {
    fn from(e: io::Error) -> Self {
        Self::Io(e)
    }
}

/// Reads frames from a stream, each whole before it is handed out.
///
/// ```
/// use cassa::wire::frame::{FrameError, FrameReader};
///
/// let mut frames = FrameReader::new(&b"\0\0\0\x02ab\0\0\0\x03cde"[..]);
/// assert_eq!(frames.read(1024)?.as_deref(), Some(&b"ab"[..]));
/// assert_eq!(frames.read(1024)?.as_deref(), Some(&b"cde"[..]));
/// assert_eq!(frames.read(1024)?, None);
///
/// let mut frames = FrameReader::new(&b"\0\0\0\x02ab"[..]);
/// assert!(matches!(frames.read(1), Err(FrameError::TooLarge { length: 2, limit: 1 })));
/// # Ok::<(), FrameError>(())
/// ```
#[derive(Debug)]
pub struct FrameReader<R> {
    stream: BufReader<R>,
}

/// Small frames come with one read of the stream; larger ones go past the buffer.
const BUFFER: usize = 8 * 1024;

/// Memory that is reserved before a byte of a frame has come; a length that the peer does not back with
/// bytes costs no more.
const RESERVED: usize = 64 * 1024;

impl<R: Read> FrameReader<R> {
    /// Reads from `stream`.
    pub fn new(stream: R) -> Self {
        FrameReader { stream: BufReader::with_capacity(BUFFER, stream) }
    }

    /// The stream.
    pub fn get_ref(&self) -> &R {
        self.stream.get_ref()
    }

    /// The stream.
    pub fn get_mut(&mut self) -> &mut R {
        self.stream.get_mut()
    }

    /// Bytes of the next frame have come with the last one.
    #[cfg(feature = "embedded")]
    pub(crate) fn has_begun(&self) -> bool {
        !self.stream.buffer().is_empty()
    }

    /// The next frame's message; `None` where the stream ended before a frame.
    ///
    /// # Errors
    /// [`FrameError`]. After it the stream is at no known place: close it.
    pub fn read(&mut self, limit: usize) -> Result<Option<Bytes>, FrameError> {
        let mut frame = Vec::new();
        Ok(self.read_into(&mut frame, limit)?.then(|| frame.into()))
    }

    /// As [`FrameReader::read`], into a vector that the caller keeps; `false` where the stream ended.
    ///
    /// # Errors
    /// As [`FrameReader::read`].
    pub fn read_into(&mut self, frame: &mut Vec<u8>, limit: usize) -> Result<bool, FrameError> {
        frame.clear();
        let Some(length) = self.length(limit)? else {
            return Ok(false);
        };
        frame.reserve(length.min(RESERVED));
        self.take(length, frame)?;
        Ok(true)
    }

    /// As [`FrameReader::read_into`], where memory is shared: before the vector grows, `room` is asked for that
    /// capacity. If there is none, only the beginning of the frame is kept, and the rest of it is thrown away
    /// as it comes.
    #[cfg(feature = "embedded")]
    pub(crate) fn read_where_room(
        &mut self,
        frame: &mut Vec<u8>,
        limit: usize,
        mut room: impl FnMut(usize) -> bool,
    ) -> Result<Taken, FrameError> {
        frame.clear();
        let Some(length) = self.length(limit)? else {
            return Ok(Taken::End);
        };
        frame.reserve(length.min(RESERVED));
        loop {
            let left = length - frame.len();
            self.take(left.min(frame.capacity() - frame.len()), frame)?;
            let left = length - frame.len();
            if left == 0 {
                return Ok(Taken::Whole);
            }
            let capacity = length.min(frame.capacity().saturating_mul(2));
            if !room(capacity) {
                frame.truncate(RESERVED);
                frame.shrink_to_fit();
                let thrown = io::copy(&mut self.stream.by_ref().take(left as u64), &mut io::sink())?;
                return if thrown < left as u64 { Err(cut()) } else { Ok(Taken::Beginning { length }) };
            }
            frame.reserve_exact(capacity - frame.len());
        }
    }

    /// The length of the next frame; `None` where the stream ended before one.
    fn length(&mut self, limit: usize) -> Result<Option<usize>, FrameError> {
        let mut header = [0; 4];
        let mut got = 0;
        while got < header.len() {
            match self.stream.read(&mut header[got..]) {
                Ok(0) if got == 0 => return Ok(None),
                Ok(0) => return Err(cut()),
                Ok(n) => got += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e.into()),
            }
        }
        let length = u32::from_be_bytes(header) as usize;
        if length > limit {
            return Err(FrameError::TooLarge { length, limit });
        }
        Ok(Some(length))
    }

    /// Appends the next so many bytes; a few in one step.
    fn take(&mut self, length: usize, frame: &mut Vec<u8>) -> Result<(), FrameError> {
        if length <= RESERVED {
            let begin = frame.len();
            frame.resize(begin + length, 0);
            return match self.stream.read_exact(&mut frame[begin..]) {
                Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Err(cut()),
                done => done.map_err(FrameError::from),
            };
        }
        let got = self.stream.by_ref().take(length as u64).read_to_end(frame)?;
        if got < length { Err(cut()) } else { Ok(()) }
    }
}

fn cut() -> FrameError {
    io::Error::from(io::ErrorKind::UnexpectedEof).into()
}

/// What was read of a frame where memory is shared.
#[cfg(feature = "embedded")]
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// The stream ended before it.
    End,
    Whole,
    /// As much as needs no room that is asked for; it is over all the same.
    Beginning {
        /// How long the frame was.
        length: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_one_by_one() {
        let mut reader = FrameReader::new(&[0, 0, 0, 2, 1, 2, 0, 0, 0, 0, 0, 0, 0, 1, 9][..]);
        assert_eq!(reader.read(10).expect("a frame").as_deref(), Some(&[1, 2][..]));
        assert_eq!(reader.read(10).expect("a frame").as_deref(), Some(&[][..]));
        assert_eq!(reader.read(10).expect("a frame").as_deref(), Some(&[9][..]));
        assert!(reader.read(10).expect("the end").is_none());
    }

    #[test]
    fn a_lying_length_reserves_little() {
        let mut reader = FrameReader::new(&[0x7f, 0xff, 0xff, 0xff, 1][..]);
        let mut frame = Vec::new();
        let e = reader.read_into(&mut frame, usize::MAX).expect_err("cut");
        assert!(matches!(e, FrameError::Io(e) if e.kind() == io::ErrorKind::UnexpectedEof));
        assert!(frame.capacity() <= RESERVED);
    }

    #[test]
    fn a_frame_over_the_limit_is_refused() {
        let e = FrameReader::new(&[0, 0, 0, 11][..]).read(10).expect_err("too large");
        assert_eq!(e.to_string(), "a frame of 11 bytes is over the limit of 10");
    }

    #[cfg(feature = "embedded")]
    #[test]
    fn a_frame_grows_only_where_there_is_room() {
        let long: Vec<u8> = (0..1_000_000_u32).map(|i| i as u8).collect();
        let mut stream = 1_000_000_u32.to_be_bytes().to_vec();
        stream.extend_from_slice(&long);
        stream.extend_from_slice(&[0, 0, 0, 1, 9]);
        let (mut frame, mut asked) = (Vec::new(), Vec::new());
        let mut reader = FrameReader::new(&stream[..]);
        let taken = reader.read_where_room(&mut frame, usize::MAX, |capacity| {
            asked.push(capacity);
            true
        });
        assert_eq!((taken.expect("a frame"), &frame), (Taken::Whole, &long));
        assert_eq!(asked.last(), Some(&1_000_000));
        assert!(frame.capacity() <= 1_000_000 && asked.is_sorted());

        let mut reader = FrameReader::new(&stream[..]);
        let taken = reader.read_where_room(&mut Vec::new(), usize::MAX, |capacity| capacity < 500_000);
        assert_eq!(taken.expect("its beginning"), Taken::Beginning { length: 1_000_000 });
        // the one behind it is found
        let taken = reader.read_where_room(&mut frame, usize::MAX, |_| false).expect("a frame");
        assert_eq!((taken, &frame[..]), (Taken::Whole, &[9][..]));
        let taken = reader.read_where_room(&mut frame, usize::MAX, |_| false).expect("the end");
        assert_eq!(taken, Taken::End);

        let mut reader = FrameReader::new(&stream[..900_000]);
        let e = reader.read_where_room(&mut frame, usize::MAX, |_| false).expect_err("cut");
        assert!(matches!(e, FrameError::Io(e) if e.kind() == io::ErrorKind::UnexpectedEof));
    }
}
