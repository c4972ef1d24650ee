//! The tests that go in by the public door.

// the embedded server, spoken to in raw frames
mod raw;
mod transcripts;
