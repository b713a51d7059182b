//! Whatever the bytes are, in whatever language, searching comments never panics.
#![no_main]

use allclear::sources::quality::comments;

/// One file of each way to write comments.
const NAMES: [&str; 16] = [
    "a.rs", "a.ts", "a.vue", "a.css", "a.scss", "a.html", "a.py", "a.go", "a.c", "a.cs", "a.sh", "a.rb", "a.lua",
    "a.hs", "a.nix", "a.php",
];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some((first, bytes)) = bytes.split_first()
        && let Some(syntax) = comments::syntax_of(NAMES[usize::from(*first) % NAMES.len()])
    {
        let _ = comments::markers(syntax, bytes);
    }
});
