//! Chapters: how things are done with cassa, from the first object to the last deletion. Their examples run.
