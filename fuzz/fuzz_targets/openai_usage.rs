//! Whatever the bytes are, reading OpenAI's usage reports never panics.
#![no_main]

use allclear::sources::openai::usage::{Report, parse};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for report in Report::ALL {
        let _ = parse(report, bytes);
    }
});
