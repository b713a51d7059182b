//! Whatever the bytes are, reading OpenAI's costs report never panics.
#![no_main]

use allclear::sources::openai;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = openai::costs::parse(bytes);
});
