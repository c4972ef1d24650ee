//! Chapters: how things are done with cassa, from the first object to the last deletion. Their examples run.
//!
//! The [front page](crate) comes first: a struct stored and read back. Then, by what you have:
//!
//! * Structs to store: [Mapping objects](mapping), as rows and as super columns, with pictures of their cells.
//! * Many objects a row, in an order: [Wide rows](wide_rows), streamed by range.
//! * A program on pycassa: [Coming from pycassa](pycassa), which says what each of its functions, classes and options
//!   is here.
//! * Data to entrust to a server: [What the embedded server promises](promises), of durability, isolation and limits,
//!   with the test that shows it.
//! * An application to test: [Testing your application without a cluster](testing), with a fresh server a test, hosts
//!   that are killed, injected time-outs.
//! * Many changes, or a great many: [Units of work and loads](unit_of_work), what became of each chunk, and what to do.

pub mod mapping {
    #![doc = include_str!("mapping.md")]
}

pub mod promises {
    #![doc = include_str!("promises.md")]
}

pub mod pycassa {
    #![doc = include_str!("pycassa.md")]
    // the page links to the types by their names
    #[allow(unused_imports)]
    use crate::*;
}

pub mod wide_rows {
    #![doc = include_str!("wide_rows.md")]
}

pub mod testing {
    #![doc = include_str!("testing.md")]
    // the page links to the types by their names
    #[allow(unused_imports)]
    use crate::*;
}

pub mod unit_of_work {
    #![doc = include_str!("unit_of_work.md")]
    // the page links to the types by their names
    #[allow(unused_imports)]
    use crate::*;
}
