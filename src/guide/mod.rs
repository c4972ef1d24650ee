//! Chapters: how things are done with cassa, from the first object to the last deletion. Their examples run.
//!
//! * [Coming from pycassa](pycassa): what each function, class and option of pycassa is here.
//! * [Testing your application without a cluster](testing): a fresh server a test, hosts that are killed, injected
//!   time-outs.

pub mod pycassa {
    #![doc = include_str!("pycassa.md")]
    // the page links to the types by their names
    #[allow(unused_imports)]
    use crate::*;
}

pub mod testing {
    #![doc = include_str!("testing.md")]
    // the page links to the types by their names
    #[allow(unused_imports)]
    use crate::*;
}
