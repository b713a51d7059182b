//! Whatever the bytes are, reading LiteLLM's daily activity never panics.
#![no_main]

use allclear::sources::litellm;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = (litellm::parse(bytes), litellm::parse_names(bytes));
});
