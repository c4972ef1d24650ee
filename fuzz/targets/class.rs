//! The name of a type: any text is a class or an error, and a class is read again from what it prints.
#![no_main]

use cassa::Class;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(class) = Class::parse(text) {
        for printed in [class.to_string(), class.qualified()] {
            assert_eq!(Class::parse(&printed).as_ref(), Ok(&class), "{printed}");
        }
    }
});
