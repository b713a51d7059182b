//! Money as integers: pico-USD, so that a token's price is a whole number and sums are exact in any order.
//!
//! Never a float inside; a decimal appears only in JSON and on the screen, rounded once, to the nano-dollar.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Shown;
use super::amount::amount;

const PICO_PER_NANO: i128 = 1_000;
const NANO_PER_USD: f64 = 1e9;
/// Sums of it fit in 128 bits of pico-dollars, a million times over.
const LARGEST: f64 = 1e20;
const PICO_PER_USD: u128 = 1_000_000_000_000;

/// An amount in US dollars, held as pico-USD (10⁻¹² $). Prices are integers in this unit (wire-formats: prices).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Usd(i128);

impl Usd {
    pub const ZERO: Usd = Usd(0);

    #[must_use]
    pub const fn from_pico(pico: i128) -> Usd {
        Usd(pico)
    }

    #[must_use]
    pub const fn pico(self) -> i128 {
        self.0
    }

    /// Returns the amount in nano-dollars, half away from zero.
    #[must_use]
    pub fn nano(self) -> i128 {
        round_div(self.0, PICO_PER_NANO)
    }

    /// Returns the amount as a decimal JSON number: exact to the nano-dollar up to four million dollars.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "the one place where money becomes a decimal, after rounding")]
    pub fn to_f64(self) -> f64 {
        self.nano() as f64 / NANO_PER_USD
    }

    /// Reads a decimal number of dollars, rounded to the nano-dollar; `None` when it is not finite or absurd.
    #[must_use]
    pub fn from_f64(dollars: f64) -> Option<Usd> {
        Usd::below(dollars, 9e9)
    }

    #[expect(clippy::cast_possible_truncation, reason = "the range is checked first")]
    fn below(dollars: f64, limit: f64) -> Option<Usd> {
        let nano = (dollars * NANO_PER_USD).round();
        (dollars.abs() < limit).then(|| Usd(nano as i128 * PICO_PER_NANO))
    }

    /// Divides a total over a number of days; zero days give zero.
    #[must_use]
    pub fn per_day(self, days: u32) -> Usd {
        if days == 0 { Usd::ZERO } else { Usd(round_div(self.0, i128::from(days))) }
    }

    /// Returns `part` of `whole` of the amount: all of it for the whole, nothing for nothing. Neither is negative.
    ///
    /// In 128 bits: parts are cut to 62, and an amount has fewer than 65.
    #[must_use]
    pub fn portion(self, part: i128, whole: i128) -> Usd {
        if part == whole {
            return self;
        }
        let cut = (128 - whole.leading_zeros()).saturating_sub(62);
        Usd(self.0 * (part >> cut) / (whole >> cut).max(1))
    }

    /// Writes the amount in full, as a plain decimal of dollars: `0.05144425`, `-12`.
    #[must_use]
    pub fn plain(self) -> String {
        let (whole, rest) = (self.0.unsigned_abs() / PICO_PER_USD, self.0.unsigned_abs() % PICO_PER_USD);
        let sign = if self.0 < 0 { "-" } else { "" };
        let text = format!("{sign}{whole}.{rest:012}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    /// Writes an amount as one says it: from ten dollars on without cents.
    #[must_use]
    pub fn rough(self) -> String {
        Shown::USD.rough(self)
    }

    /// Returns the change from `before` in whole percent, or `None` when there is nothing to compare with.
    #[must_use]
    pub fn change_pct(self, before: Usd) -> Option<i64> {
        (before.0 > 0).then(|| i64::try_from(round_div((self.0 - before.0) * 100, before.0)).unwrap_or(i64::MAX))
    }
}

/// Divides, half away from zero.
pub(super) fn round_div(value: i128, by: i128) -> i128 {
    let half = by / 2;
    if value >= 0 { value.saturating_add(half) / by } else { value.saturating_sub(half) / by }
}

/// `$1,234.56`; an amount that would round to nothing says so: `<$0.01`.
impl fmt::Display for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Shown::USD.money(*self))
    }
}

amount!(Usd);

impl Serialize for Usd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.to_f64())
    }
}

impl<'de> Deserialize<'de> for Usd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Usd, D::Error> {
        let dollars = f64::deserialize(deserializer)?;
        // What was computed may be larger than what anybody can have paid: two causes of a change that cancel out.
        let read = Usd::below(dollars, LARGEST);
        read.ok_or_else(|| serde::de::Error::custom("an amount of money must be a finite number"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_like_money() {
        let cases = [
            (0, "$0.00"),
            (1, "<$0.01"),
            (5_000_000_000, "$0.01"),
            (49_800_000_000, "$0.05"),
            (1_234_567_890_000_000_000, "$1,234,567.89"),
            (-1_500_000_000_000, "−$1.50"),
        ];
        for (pico, text) in cases {
            assert_eq!(Usd::from_pico(pico).to_string(), text);
        }
    }

    #[test]
    fn in_full_nothing_is_rounded() {
        for (pico, text) in [
            (0, "0"),
            (1, "0.000000000001"),
            (-1_500_000_000_000, "-1.5"),
            (51_444_250_000, "0.05144425"),
            (100_000_000_000_000, "100"),
        ] {
            assert_eq!(Usd::from_pico(pico).plain(), text);
        }
    }

    #[test]
    fn in_a_sentence_cents_do_not_matter_from_ten_dollars_on() {
        for (pico, text) in [
            (9_994_000_000_000, "$9.99"),
            (10_500_000_000_000, "$11"),
            (1_234_400_000_000_000, "$1,234"),
            (-29_600_000_000_000, "−$30"),
        ] {
            assert_eq!(Usd::from_pico(pico).rough(), text);
        }
    }

    #[test]
    fn json_is_exact_to_the_nano_dollar() {
        let json = serde_json::to_string(&Usd::from_pico(51_444_250_000)).expect("serialises");
        assert_eq!(json, "0.05144425");
        let large = Usd::from_pico(3_999_999_123_456_789_000);
        assert_eq!(serde_json::to_string(&large).expect("serialises"), "3999999.123456789");
        assert_eq!(serde_json::from_str::<Usd>("3999999.123456789").expect("parses"), large);
    }

    #[test]
    fn change_needs_something_to_compare_with() {
        assert_eq!(Usd::from_pico(150).change_pct(Usd::from_pico(100)), Some(50));
        assert_eq!(Usd::from_pico(150).change_pct(Usd::ZERO), None);
    }
}
