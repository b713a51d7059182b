//! Whatever the bytes are, reading an llvm-cov export never panics.
#![no_main]

use allclear::sources::quality::coverage;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = coverage::llvm_cov::parse(bytes);
});
