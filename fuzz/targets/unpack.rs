//! Bytes of a type that the input names: `class name`, a zero, two names of the same length (the rest is the second's).
//! They are values or errors; a value packs to bytes of the type, unless a composite in it is only the mark of a static
//! name, which Cassandra accepts and no value makes; their order is that of their ordered forms.
#![no_main]

use bytes::Bytes;
use cassa::{Class, Value};
use libfuzzer_sys::fuzz_target;

/// Whether a composite in this value has no component.
fn hollow(value: &Value) -> bool {
    match value {
        Value::Composite(parts) => parts.is_empty() || parts.iter().any(hollow),
        Value::DynamicComposite(parts) => parts.iter().any(|(_, part)| hollow(part)),
        Value::List(items) | Value::Set(items) => items.iter().any(hollow),
        Value::Map(entries) => entries.iter().any(|(key, value)| hollow(key) || hollow(value)),
        _ => false,
    }
}

fuzz_target!(|input: &[u8]| {
    let Some(zero) = input.iter().position(|byte| *byte == 0) else { return };
    let (name, bytes) = (&input[..zero], &input[zero + 1..]);
    let Some(class) = std::str::from_utf8(name).ok().and_then(|name| Class::parse(name).ok()) else { return };
    let (a, b) = bytes.split_at(bytes.len() / 2);
    for bytes in [a, b, bytes] {
        let valid = class.validate(bytes);
        if let Ok(value) = class.unpack(&Bytes::copy_from_slice(bytes)) {
            assert_eq!(valid, Ok(()));
            let _ = format!("{value} {value:?}");
            match class.packed(&value) {
                Ok(packed) => assert_eq!(class.validate(&packed), Ok(())),
                Err(why) => assert!(hollow(&value), "{value:?} was just unpacked: {why}"),
            }
        }
    }
    let ordered = |name: &[u8]| {
        let mut form = Vec::new();
        class.encode_ordered(name, &mut form);
        form
    };
    assert_eq!(class.compare(a, b), class.compare(b, a).reverse());
    assert_eq!(ordered(a).cmp(&ordered(b)), class.compare(a, b));
});
