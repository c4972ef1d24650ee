//! What an `r2d2` pool holds: a place for a connection.

use std::convert::Infallible;
use std::ops::{Deref, DerefMut};
use std::time::Instant;

use r2d2::ManageConnection;

use crate::connection::Connection;

/// A place for a connection; whoever checks it out empty fills it. It is small, as it is moved several times with each
/// check-out.
#[derive(Default)]
pub(super) struct Slot {
    pub(super) occupant: Option<Box<Occupant>>,
}

/// A connection of the pool.
pub(super) struct Occupant {
    pub(super) connection: Connection,
    /// The number by which listeners know it.
    pub(super) id: u64,
    /// How often it was checked out by callers.
    pub(super) operations: u64,
    /// Whether it was made for the caller who has it.
    pub(super) fresh: bool,
    /// The host's generation when it was made.
    pub(super) generation: u64,
    /// When it was last checked out.
    pub(super) used: Instant,
}

impl Occupant {
    /// A caller takes it; quietly to fill the pool, which is no operation.
    pub(super) fn goes_out(&mut self, quietly: bool, now: Instant) {
        self.operations += u64::from(!quietly);
        self.fresh = false;
        self.used = now;
    }
}

/// Makes empty slots, and lets no empty one back in.
pub(super) struct Slots;

impl ManageConnection for Slots {
    type Connection = Slot;
    type Error = Infallible;

    fn connect(&self) -> Result<Slot, Infallible> {
        Ok(Slot::default())
    }

    fn is_valid(&self, _: &mut Slot) -> Result<(), Infallible> {
        Ok(())
    }

    /// Runs at check-in. An empty slot must go: the pool hands out the last one first, and would have the
    /// next caller connect although connected ones wait behind it.
    fn has_broken(&self, slot: &mut Slot) -> bool {
        slot.occupant.is_none()
    }
}

/// A slot in a caller's hands.
pub(super) enum Place {
    Kept(r2d2::PooledConnection<Slots>),
    /// Beyond those that `r2d2` has room for, where the overflow has no limit. It never comes back.
    Beyond(Slot),
}

impl Place {
    pub(super) fn beyond() -> Place {
        Place::Beyond(Slot::default())
    }
}

impl Deref for Place {
    type Target = Slot;

    fn deref(&self) -> &Slot {
        match self {
            Place::Kept(slot) => slot,
            Place::Beyond(slot) => slot,
        }
    }
}

impl DerefMut for Place {
    fn deref_mut(&mut self) -> &mut Slot {
        match self {
            Place::Kept(slot) => slot,
            Place::Beyond(slot) => slot,
        }
    }
}
