use super::{recorded, unhex};
use crate::marshal::Class;

const VALIDATION: &str = include_str!("../../../tests/data/marshal_validation.jsonl");

#[test]
fn bytes_are_accepted_and_rejected_as_cassandra_did() {
    let records = recorded(VALIDATION, "class");
    assert_eq!(records.len(), 129);
    for (class, record) in records {
        let bytes = unhex(&record["bytes"]);
        let accepted = record["accepted"].as_bool().expect("a boolean");
        assert_eq!(class.validate(&bytes).is_ok(), accepted, "{record}");
    }
}

#[test]
fn text_is_what_cassandra_takes_for_utf_8() {
    let accepted: [&[u8]; 9] = [
        b"",
        b"abc",
        "é 日本語 𝄞".as_bytes(),
        b"a\xc0\x80b",                               // Java's zero
        b"\xed\xa0\x80",                             // a surrogate
        b"\xf4\x90\x80\x80",                         // beyond the last code point
        b"\xf7\xbf\xbf\xbf",                         // far beyond
        b"\xe0\x41\x80",                             // only the high bits of the second byte are looked at
        b"\xf0\x10\x80\x80\xf0\x20\x80\x80\xc3\xa9", // likewise; and the text goes on
    ];
    for bytes in accepted {
        assert_eq!(Class::Utf8.validate(bytes), Ok(()));
    }
    let rejected: [&[u8]; 9] = [
        b"\x80",
        b"\xc0\x81",
        b"\xc1\x80",
        b"\xc3",
        b"\xc0",
        b"\xe0\x80\x80",
        b"\xed\xa0",
        b"\xf0\x80\x80\x80",
        b"\xf8\x80\x80\x80\x80",
    ];
    for bytes in rejected {
        assert!(Class::Utf8.validate(bytes).is_err(), "{bytes:02x?}");
    }
}

#[test]
fn a_mismatch_names_the_class_what_was_expected_and_what_came() {
    let cases: [(Class, &[u8], &str); 8] = [
        (Class::Long, b"abc", "expected 8 bytes or none for LongType, got 3 bytes (616263)"),
        (Class::Boolean, b"ab", "expected 1 byte or none for BooleanType, got 2 bytes (6162)"),
        (Class::Float, b"a", "expected 4 bytes or none for FloatType, got 1 byte (61)"),
        (Class::Inet, b"a", "expected 4 bytes, 16 bytes or none for InetAddressType, got 1 byte (61)"),
        (Class::Ascii, b"\xc3", "expected 7-bit characters for AsciiType, got 1 byte (c3)"),
        (Class::Utf8, b"\xc3", "expected UTF-8 for UTF8Type, got 1 byte (c3)"),
        (Class::Uuid, b"a", "expected 16 bytes or none for UUIDType, got 1 byte (61)"),
        (
            Class::TimeUuid,
            &[0; 16],
            "expected the 16 bytes of a version 1 UUID or none for TimeUUIDType, \
             got 16 bytes (00000000000000000000000000000000)",
        ),
    ];
    for (class, bytes, text) in cases {
        let mismatch = class.validate(bytes).expect_err(text);
        assert_eq!(mismatch.to_string(), text);
        assert_eq!(mismatch.class(), &class);
    }
    let long = Class::Double.validate(&[0xab; 1000]).expect_err("too many bytes");
    assert_eq!(long.got(), format!("1000 bytes ({}…)", "ab".repeat(32)));
    assert_eq!(size_of_val(&long), size_of::<usize>());
}

#[test]
fn a_mismatch_names_the_part() {
    let class = Class::parse("CompositeType(LongType,UTF8Type)").expect("a class");
    let cases: [(&[u8], &str); 6] = [
        (
            b"\0",
            "expected a component with two bytes of length for CompositeType(LongType,UTF8Type), got 1 byte (00)",
        ),
        (
            b"\0\x03abc\0",
            "expected 8 bytes or none for LongType, in component 1 of CompositeType(LongType,UTF8Type), got 3 bytes (616263)",
        ),
        (
            b"\0\0\0\0\0\0\0\0\0",
            "expected no more components than the type has for CompositeType(LongType,UTF8Type), \
             got 9 bytes (000000000000000000)",
        ),
        (
            b"\0\0",
            "expected a component with its end byte for CompositeType(LongType,UTF8Type), got 2 bytes (0000)",
        ),
        (
            b"\0\x09a",
            "expected a component with as many bytes as its length says for CompositeType(LongType,UTF8Type), \
             got 3 bytes (000961)",
        ),
        (
            b"\0\0\x01\0\0\0",
            "expected nothing after an end byte that is not zero for CompositeType(LongType,UTF8Type), \
             got 6 bytes (000001000000)",
        ),
    ];
    for (bytes, text) in cases {
        assert_eq!(class.validate(bytes).expect_err(text).to_string(), text);
        assert_eq!(class.unpack(&bytes::Bytes::copy_from_slice(bytes)).expect_err(text).to_string(), text);
    }
    let dynamic = Class::parse("DynamicCompositeType(a=>AsciiType)").expect("a class");
    for bytes in [&b"\x80"[..], b"\x80b\0\0\0", b"\0\x03Foo\0\0\0", b"\0\x09LongType\0\0\0"] {
        assert!(dynamic.validate(bytes).is_err(), "{bytes:02x?}");
    }
    assert_eq!(dynamic.validate(b"\0\x08LongType\0\0\0"), Ok(()));
    let nested = b"\0\x18DynamicCompositeType()  \0\0\0";
    assert!(dynamic.validate(nested).is_err(), "names could nest without end");

    let list = Class::parse("ListType(Int32Type)").expect("a class");
    for bytes in [
        &b"\0"[..],
        b"\xff\xff\xff\xff",
        b"\0\0\0\x01",
        b"\0\0\0\0x",
        b"\0\0\0\x01\0\0\0\x01a",
        b"\x7f\xff\xff\xff",
    ] {
        assert!(list.validate(bytes).is_err(), "{bytes:02x?}");
    }
    assert_eq!(list.validate(b"\0\0\0\0"), Ok(()));
}
