//! Whatever the bytes are, reading a provider's lists of names never panics.
#![no_main]

use allclear::sources::provider;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = provider::parse_names("A list", bytes);
});
