//! Whatever the bytes are, reading the tasks of Cline and Roo Code, and Cline's sessions, never panics.
#![no_main]

use allclear::sources::{cline, roo};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for family in [&cline::CLINE, &roo::ROO] {
        let _ = cline::tasks::parse("1/ui_messages.json", bytes, family);
    }
    let _ = cline::sessions::parse("s/s.messages.json", bytes);
});
