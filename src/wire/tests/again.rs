//! What is read is written, and read again as the same: for every message of the interface, in the forms that damage to
//! recorded ones makes of them.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use proptest::prelude::*;
use proptest::sample::Index;

use super::{Recorded, methods, recorded};

/// The shorter recorded calls, by method.
fn by_method() -> &'static BTreeMap<String, Vec<Recorded>> {
    static CALLS: OnceLock<BTreeMap<String, Vec<Recorded>>> = OnceLock::new();
    CALLS.get_or_init(|| {
        let mut calls: BTreeMap<String, Vec<Recorded>> = BTreeMap::new();
        for call in recorded() {
            if call.request.len() + call.reply.len() < 4_096 {
                calls.entry(call.method.clone()).or_default().push(call);
            }
        }
        calls
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]
    #[test]
    fn what_is_read_is_written_and_read_again(
        method in any::<Index>(),
        call in any::<Index>(),
        in_reply in any::<bool>(),
        places in proptest::collection::vec((any::<Index>(), any::<u8>()), 1..4),
    ) {
        let calls = by_method();
        let (name, calls) = calls.iter().nth(method.index(calls.len())).expect("below their number");
        let Recorded { request, reply, .. } = &calls[call.index(calls.len())];
        let (mut request, mut reply) = (request.clone(), reply.clone());
        let damaged = if in_reply { &mut reply } else { &mut request };
        for (place, byte) in places {
            let place = place.index(damaged.len());
            damaged[place] = byte;
        }
        if let Ok([call, answer]) = methods::again(name, &request, &reply) {
            let again = methods::again(name, &call[4..], &answer[4..]);
            prop_assert_eq!(again, Ok([call, answer]));
        }
    }
}
