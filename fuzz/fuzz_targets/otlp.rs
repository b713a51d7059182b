//! Whatever the bytes are, reading telemetry never panics, in either encoding.
#![no_main]

use allclear::sources::telemetry::{Encoding, inflate, logs, metrics};

const NOW_MS: i64 = 1_794_993_300_000;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for encoding in [Encoding::Json, Encoding::Protobuf] {
        let _ = metrics(bytes, encoding, NOW_MS);
        let _ = logs(bytes, encoding, NOW_MS);
    }
    let _ = inflate(bytes, 1 << 20);
});
