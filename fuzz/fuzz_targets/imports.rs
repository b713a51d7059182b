//! Whatever a file of another program holds, reading it never panics.
#![no_main]

use allclear::sources::import::{Columns, ccusage, csv, folder};

libfuzzer_sys::fuzz_target!(|text: &str| {
    for imported in [ccusage(text), folder(text), csv(text, &Columns::default())].into_iter().flatten() {
        let _ = imported.events("fuzz");
    }
});
