//! Whatever the text is, reading a list of exchange rates never panics, nor does dividing what it says.
#![no_main]

use allclear::model::Currency;
use allclear::sources::exchange::DailyRates;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(list) = DailyRates::parse(text) {
        for currency in Currency::all() {
            let _ = list.per_usd(currency);
        }
    }
});
