//! Whatever the text is, an origin that reads it writes it back, and a decimal is a number or none.
#![no_main]

use allclear::model::{Decimal, Origin};

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Some(origin) = Origin::parse(text) {
        assert_eq!(&*origin.text(), text);
    }
    if let Some(number) = Decimal::parse(text) {
        let nearest = number.nearest(12);
        assert!(number.exact(12).is_none_or(|exact| nearest == Some(exact)));
    }
});
