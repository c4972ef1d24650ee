//! Messages that are cut, changed, or say more than they hold.

use bytes::Bytes;

use super::{owned, recorded};
use crate::wire::hot::{self, Rows, RowsMethod};
use crate::wire::*;

#[test]
fn a_list_of_nothing_costs_no_memory() {
    let call = |mutations| {
        let map = vec![(Bytes::new(), vec![(String::new(), mutations)])];
        let mut out = Vec::new();
        let call = methods::BatchMutate { mutation_map: map, consistency_level: ConsistencyLevel::One };
        encode_call(&call, 1, &mut out);
        out
    };
    let decode_both = |frame: &[u8]| {
        let body = split_message(&frame[4..]).expect("a header").1;
        let hot = hot::BatchMutate::decode(body).map(|call| call.mutation_map[0].1[0].1.len());
        let table = decode::<methods::BatchMutate>(body).map(|call| call.mutation_map[0].1[0].1.len());
        (hot, table)
    };
    let empty = call(vec![Mutation::default(); 1 << 16]);
    assert_eq!(decode_both(&empty), (Err(DecodeError::Hollow), Err(DecodeError::Hollow)));
    // the least that says something
    let least = Mutation {
        deletion: Some(Deletion { timestamp: Some(1), ..Default::default() }),
        ..Default::default()
    };
    let few = call(vec![Mutation::default(); 100]);
    assert_eq!(decode_both(&few), (Ok(100), Ok(100)));
    let deletions = call(vec![least; 1 << 16]);
    assert_eq!(decode_both(&deletions), (Ok(1 << 16), Ok(1 << 16)));
}

#[test]
fn a_cut_message_is_an_error_at_every_length() {
    for call in recorded().iter().filter(|call| call.reply.len() < 400).take(300) {
        for n in 0..call.reply.len() {
            let cut = Bytes::copy_from_slice(&call.reply[..n]);
            assert!(methods::again(&call.method, &call.request, &cut).is_err(), "{} {n}", call.method);
            assert!(Rows::of_get_slice(cut, 0).is_err());
        }
    }
}

/// Bytes that no one has chosen: the same on each run.
struct Noise(u64);

impl Noise {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }

    /// Flips, cuts, lengthens or nests.
    fn mutate(&mut self, message: &[u8]) -> Vec<u8> {
        let mut mutant = message.to_vec();
        for _ in 0..=self.next(3) {
            let at = self.next(mutant.len());
            match self.next(4) {
                0 => mutant[at] ^= 1 << self.next(8),
                1 => mutant[at] = [0, 1, 0x7f, 0x80, 0xff, 12, 13, 15][self.next(8)],
                2 => mutant.truncate(at + 1),
                _ => {
                    let part = mutant[at..mutant.len().min(at + 16)].to_vec();
                    mutant.splice(at..at, part);
                }
            }
        }
        mutant
    }
}

#[test]
fn a_mutant_is_a_message_or_an_error() {
    let mut noise = Noise(20_261_123);
    let mut errors = 0;
    let calls = recorded();
    let short: Vec<_> = calls.iter().filter(|call| call.request.len() + call.reply.len() < 4096).collect();
    for round in 0..40_000 {
        let call = short[round % short.len()];
        let sequence = split_message(&call.request).expect("a header").0.sequence;
        let (request, reply) = (noise.mutate(&call.request), noise.mutate(&call.reply));
        errors += usize::from(methods::again(&call.method, &request, &call.reply).is_err());
        errors += usize::from(methods::again(&call.method, &call.request, &reply).is_err());
        if let Ok((_, body)) = split_message(&request) {
            let _ = hot::BatchMutate::decode(body).map(|call| call.mutation_map.len());
            let _ = hot::GetRangeSlices::decode(body).map(|call| call.range.count);
            let _ = hot::MultigetSlice::decode(body).map(|call| call.keys.len());
        }
        let frame = Bytes::from(reply);
        let method = [RowsMethod::MultigetSlice, RowsMethod::GetRangeSlices][round % 2];
        for rows in [Rows::of_get_slice(frame.clone(), sequence), Rows::of(method, frame, sequence)] {
            // every place in the frame is read
            let read = |rows: Rows| rows.iter().map(|row| row.key().len() + owned(row).len()).sum::<usize>();
            let _ = rows.map(|answer| answer.map(read));
        }
    }
    assert!(errors > 20_000, "{errors} of 80,000 were refused: the mutants are too tame");
}
