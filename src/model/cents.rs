//! Amounts of orders: whole cents, summed as integers. Never a float, and never mixed with what AI costs, which is
//! [`super::Usd`].

use std::fmt;
use std::ops::Neg;

use serde::{Deserialize, Serialize};

use super::amount::{amount, grouped};
use super::{Decimal, Usd};

const PLACES: u32 = 2;
const PICO_PER_CENT: i128 = 10_000_000_000;

/// An amount in hundredths of a currency's unit; which currency stands with the client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cents(pub i64);

impl Cents {
    pub const ZERO: Cents = Cents(0);

    /// Reads a decimal number of the currency's unit, rounded half away from zero; `None` when it is no amount, or one
    /// that cannot be.
    #[must_use]
    pub fn parse(text: &str) -> Option<Cents> {
        simple(text).or_else(|| i64::try_from(Decimal::parse(text)?.nearest(PLACES)?).ok().map(Cents))
    }

    /// Writes the amount as money of a currency: `$1,234.50`, `1,234.50 EUR`.
    #[must_use]
    pub fn shown(self, currency: &str) -> String {
        let sign = if self.0 < 0 { "−" } else { "" };
        let (whole, cents) = (grouped(u128::from(self.0.unsigned_abs() / 100)), self.0.unsigned_abs() % 100);
        match currency {
            "USD" | "" => format!("{sign}${whole}.{cents:02}"),
            other => format!("{sign}{whole}.{cents:02} {other}"),
        }
    }

    /// Writes the amount as a plain decimal: `1234.50`, `-0.05`.
    #[must_use]
    pub fn plain(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        format!("{sign}{}.{:02}", self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100)
    }

    /// Returns the amount as a decimal for charts and JSON.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "drawn and written only, never summed")]
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / 100.0
    }

    /// Returns the amount as dollars, to stand beside what AI costs; only for amounts in USD.
    #[must_use]
    pub fn usd(self) -> Usd {
        Usd::from_pico(i128::from(self.0) * PICO_PER_CENT)
    }

    /// Divides a sum over a number of things, half away from zero; `None` when there are none.
    #[must_use]
    pub fn each(self, count: u64) -> Option<Cents> {
        let count = i128::from(count);
        let (sum, half) = (i128::from(self.0), if self.0 < 0 { -count } else { count });
        (2 * sum + half).checked_div(2 * count).and_then(|each| i64::try_from(each).ok()).map(Cents)
    }
}

/// What nearly every amount looks like: a few digits, and behind the point two, or more that are zeros.
fn simple(text: &str) -> Option<Cents> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    if whole.is_empty() || whole.len() > 12 || fraction.is_empty() || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut cents: i64 = whole.parse().ok()?;
    let mut behind = fraction.bytes();
    for _ in 0..PLACES {
        let digit = behind.next().unwrap_or(b'0');
        cents = cents * 10 + i64::from(digit.is_ascii_digit().then(|| digit - b'0')?);
    }
    behind.all(|byte| byte == b'0').then_some(Cents(if negative { -cents } else { cents }))
}

impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown("USD"))
    }
}

amount!(Cents);

impl Neg for Cents {
    type Output = Cents;

    fn neg(self) -> Cents {
        Cents(self.0.saturating_neg())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decimals_become_cents_half_away_from_zero() {
        for (text, cents) in [
            ("22.62", Some(2262)),
            ("22.620000", Some(2262)),
            ("22", Some(2200)),
            ("22.5", Some(2250)),
            ("-0.005", Some(-1)),
            ("0.005", Some(1)),
            ("0.0049", Some(0)),
            ("1e2", Some(10_000)),
            (".5", Some(50)),
            ("1e40", None),
            ("99999999999999999999", None),
            ("", None),
            ("-", None),
            ("1,5", None),
            ("1.", Some(100)),
            ("NaN", None),
        ] {
            assert_eq!(Cents::parse(text), cents.map(Cents), "{text}");
        }
    }

    #[test]
    fn amounts_read_like_money_of_their_currency() {
        assert_eq!(Cents(123_456_789).shown("USD"), "$1,234,567.89");
        assert_eq!(Cents(-150).shown(""), "−$1.50");
        assert_eq!(Cents(-150).shown("EUR"), "−1.50 EUR");
        assert_eq!(Cents(-5).plain(), "-0.05");
        assert_eq!(Cents(150).usd().to_string(), "$1.50");
    }

    #[test]
    fn an_average_needs_something_to_divide_by() {
        assert_eq!(Cents(5).each(2), Some(Cents(3)));
        assert_eq!(Cents(-5).each(2), Some(Cents(-3)));
        assert_eq!(Cents(4).each(3), Some(Cents(1)));
        assert_eq!(Cents(5).each(0), None);
    }

    proptest! {
        #[test]
        fn the_short_way_says_what_the_long_way_says(text in "-?[0-9]{0,13}(\\.[0-9]{0,5})?0{0,3}") {
            let long = Decimal::parse(&text).and_then(|number| number.nearest(PLACES));
            prop_assert_eq!(Cents::parse(&text).map(|cents| i128::from(cents.0)), long);
        }

        #[test]
        fn what_is_written_comes_back(cents in -1_000_000_000_000_i64..1_000_000_000_000) {
            prop_assert_eq!(Cents::parse(&Cents(cents).plain()), Some(Cents(cents)));
        }
    }
}
