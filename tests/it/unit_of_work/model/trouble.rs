//! What fails in a commit, and where.

use std::thread::{self, JoinHandle};
use std::time::Duration;

use cassa::{Fault, Host};
use fastrand::Rng;

use super::store::Store;

#[derive(Debug)]
pub(super) enum Trouble {
    None,
    Fault(Fault),
    /// The replicas are late, and the batch log has it.
    Logged(Fault),
    /// Hosts that are down from the first call to the end of the commit.
    Down(Vec<usize>),
    /// Hosts that are killed so long after the commit has begun.
    Killed(Vec<usize>, Duration),
    /// No answer comes until the client has waited long enough.
    Silence(Fault),
}

impl Trouble {
    pub(super) fn none() -> Trouble {
        Trouble::None
    }

    pub(super) fn any(rng: &mut Rng, atomic: bool) -> Trouble {
        let hosts = |rng: &mut Rng| match rng.u8(0..3) {
            0 => vec![0],
            1 => vec![1],
            _ => vec![0, 1],
        };
        match rng.u8(0..40) {
            0..9 => Trouble::None,
            9..12 => Trouble::Down(hosts(rng)),
            12..14 => Trouble::Killed(hosts(rng), Duration::from_micros(rng.u64(0..1_500))),
            14 if rng.u8(0..8) == 0 => Trouble::Silence(place(
                if rng.bool() { Fault::silence() } else { Fault::silence().after_work() }.times(1),
                rng,
            )),
            15..18 if atomic => {
                let fault = Fault::time_out().acknowledged_by_batchlog(true).after_work();
                Trouble::Logged(place(fault, rng))
            }
            _ => {
                let fault = fault(rng, atomic);
                Trouble::Fault(place(fault, rng))
            }
        }
    }

    /// Whether something may still take effect after the commit: what was being served when its connection was cut off.
    pub(super) fn is_late(&self) -> bool {
        matches!(self, Trouble::Killed(..) | Trouble::Silence(_))
    }

    /// Whether the batch log has what is sent.
    pub(super) fn is_in_batchlog(&self) -> bool {
        matches!(self, Trouble::Logged(_))
    }

    /// Whether connections that wait may be broken afterwards.
    pub(super) fn breaks_connections(&self) -> bool {
        matches!(self, Trouble::Down(_) | Trouble::Killed(..))
    }

    pub(super) fn is_none(&self) -> bool {
        matches!(self, Trouble::None)
    }

    /// Lets it come; what is returned ends it.
    pub(super) fn strike(&self, store: &Store) -> impl FnOnce(&Store) {
        let mut fault = None;
        let mut killer: Option<JoinHandle<()>> = None;
        let hosts = |places: &[usize]| -> Vec<Host> {
            places.iter().map(|place| store.server.hosts()[*place].clone()).collect()
        };
        match self {
            Trouble::None => {}
            Trouble::Fault(it) | Trouble::Logged(it) | Trouble::Silence(it) => {
                fault = Some(store.server.faults().add(it.clone()))
            }
            Trouble::Down(places) => hosts(places).iter().for_each(Host::kill),
            Trouble::Killed(places, after) => {
                let (hosts, after) = (hosts(places), *after);
                killer = Some(thread::spawn(move || {
                    thread::sleep(after);
                    hosts.iter().for_each(Host::kill);
                }));
            }
        }
        move |store| {
            if let Some(fault) = fault {
                fault.remove();
            }
            if let Some(killer) = killer {
                killer.join().expect("it kills");
            }
            store.server.hosts().iter().for_each(|host| host.start().expect("its address is free"));
        }
    }
}

fn fault(rng: &mut Rng, atomic: bool) -> Fault {
    let fault = match rng.u8(0..8) {
        // of a single row nothing is written then
        0 => return Fault::unavailable(),
        1 | 2 => Fault::time_out(),
        3 => Fault::disconnect(),
        4 => Fault::cut_frame(),
        5 => Fault::garbage_frame(),
        6 if atomic => Fault::time_out().acknowledged_by_batchlog(false),
        _ => Fault::disconnect(),
    };
    if rng.bool() { fault.after_work() } else { fault }
}

/// At which calls.
fn place(fault: Fault, rng: &mut Rng) -> Fault {
    let methods = ["batch_mutate", "atomic_batch_mutate", "cas", "get_slice"];
    let fault = methods.iter().fold(fault, |fault, method| fault.method(*method));
    match rng.u8(0..3) {
        0 => fault.at_random(0.3, rng.u64(..)),
        1 => fault.skip(rng.u64(0..4)).times(1),
        _ => fault.skip(rng.u64(0..4)).times(rng.usize(1..5)),
    }
}
