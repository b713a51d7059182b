//! Whatever the bytes are, reading a push never panics, and what is taken can be sent on.
#![no_main]

use allclear::sources::push::{Projects, outgoing, read};

const NOW_MS: i64 = 1_794_993_300_000;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(received) = read(bytes, NOW_MS) {
        for event in received.sources.iter().flat_map(|(_, events)| events) {
            let _ = outgoing(event, Projects::Named);
        }
    }
});
