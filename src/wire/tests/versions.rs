//! Servers of other versions: fields that are not known, and fields that are not there.

use bytes::Bytes;

use super::{owned, recorded, rows_of, table_of};
use crate::wire::cursor::ttype;
use crate::wire::*;

/// Copies a message's values and puts a field that no version has at the end of each struct, its type another each
/// time.
struct Newer<'a> {
    from: Cursor<'a>,
    to: Vec<u8>,
    added: usize,
}

impl Newer<'_> {
    fn fixed(&mut self, n: usize) {
        self.to.extend_from_slice(self.from.take(n).expect("well formed"));
    }

    fn count(&mut self) -> u32 {
        let bytes: [u8; 4] = self.from.array().expect("well formed");
        self.to.extend_from_slice(&bytes);
        u32::from_be_bytes(bytes)
    }

    fn value(&mut self, kind: u8) {
        match kind {
            ttype::BOOL | ttype::BYTE => self.fixed(1),
            ttype::I16 => self.fixed(2),
            ttype::I32 => self.fixed(4),
            ttype::I64 | ttype::DOUBLE => self.fixed(8),
            ttype::STRING => {
                let n = self.count();
                self.fixed(n as usize);
            }
            ttype::STRUCT => self.structure(),
            ttype::LIST | ttype::SET => {
                let kind = self.from.u8().expect("well formed");
                self.to.push(kind);
                (0..self.count()).for_each(|_| self.value(kind));
            }
            ttype::MAP => {
                let kinds: [u8; 2] = self.from.array().expect("well formed");
                self.to.extend_from_slice(&kinds);
                (0..self.count()).for_each(|_| kinds.into_iter().for_each(|kind| self.value(kind)));
            }
            other => panic!("type {other}"),
        }
    }

    fn structure(&mut self) {
        loop {
            let (kind, id) = self.from.field().expect("well formed");
            if kind == ttype::STOP {
                break;
            }
            self.to.push(kind);
            self.to.extend_from_slice(&id.to_be_bytes());
            self.value(kind);
        }
        let unknown: [&[u8]; 6] = [
            &[ttype::STRING, 3, 231, 0, 0, 0, 1, b'x'],
            &[ttype::STRUCT, 3, 231, ttype::I16, 0, 1, 0, 7, ttype::STOP],
            &[ttype::MAP, 3, 231, ttype::STRING, ttype::BOOL, 0, 0, 0, 1, 0, 0, 0, 0, 1],
            &[ttype::LIST, 3, 231, ttype::DOUBLE, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
            // a field that is known, of another type
            &[ttype::BYTE, 0, 1, 9],
            &[ttype::SET, 255, 255, ttype::I64, 0, 0, 0, 0],
        ];
        self.to.extend_from_slice(unknown[self.added % unknown.len()]);
        self.to.push(ttype::STOP);
        self.added += 1;
    }
}

fn newer(message: &[u8]) -> Vec<u8> {
    let (_, body) = split_message(message).expect("a header");
    let to = message[..message.len() - body.len()].to_vec();
    let mut newer = Newer { from: Cursor::new(body), to, added: message.len() };
    newer.structure();
    newer.to
}

#[test]
fn fields_that_are_not_known_change_nothing() {
    let mut compared = 0;
    for call in recorded() {
        let (request, reply) = (newer(&call.request), newer(&call.reply));
        let again =
            methods::again(&call.method, &request, &reply).unwrap_or_else(|e| panic!("{}: {e}", call.method));
        assert_eq!(again[0][4..], call.request, "{}", call.method);
        assert_eq!(again[1][4..], call.reply, "{}", call.method);
        let sequence = split_message(&reply).expect("a header").0.sequence;
        if let Some(rows) = rows_of(&call.method, Bytes::from(reply), sequence) {
            let key_slice = |r: hot::Row<'_>| KeySlice { key: r.share(r.key()), columns: owned(r) };
            let rows = rows.expect("well formed").map(|rows| rows.iter().map(key_slice).collect());
            assert_eq!(rows, table_of(&call.method, &call.reply, sequence).expect("well formed"));
            compared += 1;
        }
    }
    assert!(compared > 1_200, "only {compared} replies with rows");
}

#[test]
fn fields_that_older_servers_leave_out_are_absent() {
    // 0.8 has no other fields that must be there
    let definition = CfDef { keyspace: "K".to_owned(), name: "Standard1".to_owned(), ..Default::default() };
    let mut bytes = Vec::new();
    encode(&definition, &mut bytes);
    assert_eq!(bytes, b"\x0b\0\x01\0\0\0\x01K\x0b\0\x02\0\0\0\x09Standard1\0");
    assert_eq!(decode::<CfDef>(&bytes), Ok(definition));

    // its TimedOutException says nothing, and its ranges have no details
    let mut reply = Vec::new();
    let timed_out = Exception::TimedOut(TimedOutException::default());
    encode_reply::<methods::Truncate>(&Err(timed_out.clone()), 1, &mut reply);
    assert!(reply.ends_with(&[ttype::STRUCT, 0, 3, ttype::STOP, ttype::STOP]));
    assert_eq!(decode_reply::<methods::Truncate>(&reply[4..], 1), Ok(Err(timed_out)));
    let range = b"\x0b\0\x01\0\0\0\x010\x0b\0\x02\0\0\0\x011\x0f\0\x03\x0b\0\0\0\0\0";
    let range = decode::<TokenRange>(range).expect("a range");
    assert_eq!((range.rpc_endpoints, range.endpoint_details), (None, None));

    // what must be there is missed by name
    assert_eq!(decode::<CfDef>(b"\0"), Err(DecodeError::Missing("CfDef", "keyspace")));
}
