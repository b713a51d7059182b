//! Whatever the bytes are, reading a page of orders, an event or a settings answer never panics.
#![no_main]

use allclear::sources::toast::{Reading, parse_page, restaurant, webhook};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let reading = Reading { client: "fuzz", zone: chrono_tz::Tz::America__New_York, keeps_personal: true };
    let _ = parse_page(bytes, reading);
    let _ = restaurant::parse(bytes);
    let _ = webhook::claimed_restaurant(bytes);
});
