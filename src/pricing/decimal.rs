//! Decimal text to exact integers: how prices and multipliers enter without ever being a float in arithmetic.

use crate::model::Decimal;

/// An exact fraction, never negative; `den` is at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ratio {
    num: i128,
    den: i128,
}

impl Ratio {
    pub const ONE: Ratio = Ratio { num: 1, den: 1 };

    /// Returns `num / den` in lowest terms; `None` for a negative part or a zero denominator.
    pub fn new(num: i128, den: i128) -> Option<Ratio> {
        (num >= 0 && den > 0).then(|| {
            let divisor = gcd(num, den);
            Ratio { num: num / divisor, den: den / divisor }
        })
    }

    /// Reads a plain or scientific decimal: `1.1`, `2`, `5e-1`.
    pub fn parse(text: &str) -> Option<Ratio> {
        let number = Decimal::parse(text).filter(|number| !number.is_negative())?;
        let places = u32::try_from(number.places()).ok()?;
        Ratio::new(number.exact(places)?, 10_i128.checked_pow(places)?)
    }

    /// Multiplies two fractions; saturates, where no real multiplier comes near.
    pub fn times(self, other: Ratio) -> Ratio {
        let (num, den) = (self.num.saturating_mul(other.num), self.den.saturating_mul(other.den));
        Ratio::new(num, den).unwrap_or(Ratio { num, den })
    }

    /// Returns `amount * self / divisor`, rounded once, half away from zero; saturates.
    pub fn apply(self, amount: i128, divisor: i128) -> i128 {
        let den = self.den.saturating_mul(divisor.max(1));
        amount.checked_mul(self.num).map_or(i128::MAX, |product| product.saturating_add(den / 2) / den)
    }
}

fn gcd(left: i128, right: i128) -> i128 {
    if right == 0 { left.max(1) } else { gcd(right, left % right) }
}

/// Why a decimal is no price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    Negative,
    TooPrecise,
    TooLarge,
}

/// Reads US dollars per million tokens as pico-USD per token, exactly: six decimals at most, below 1 USD per token.
pub(super) fn pico_per_token(text: &str) -> Result<i128, Unfit> {
    pico(text, 6)
}

/// Reads a decimal number of units as pico-USD per token, exactly, where a unit has so many decimal `places` of them:
/// twelve for US dollars per token, six for US dollars per million tokens. Below 1 USD per token.
pub(super) fn pico(text: &str, places: u32) -> Result<i128, Unfit> {
    const PICO_PER_USD: i128 = 1_000_000_000_000;
    let number = Decimal::parse(text).ok_or(Unfit::TooLarge)?;
    if number.is_negative() {
        return Err(Unfit::Negative);
    }
    if number.places() > u64::from(places) {
        return Err(Unfit::TooPrecise);
    }
    number.exact(places).filter(|pico| *pico < PICO_PER_USD).ok_or(Unfit::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_per_million_tokens_are_exact_or_refused() {
        let cases = [
            ("3", Ok(3_000_000)),
            ("3.75", Ok(3_750_000)),
            ("0.30", Ok(300_000)),
            ("1e-6", Ok(1)),
            ("2.5E+1", Ok(25_000_000)),
            ("0.10000000", Ok(100_000)),
            ("0", Ok(0)),
            ("0e999999", Ok(0)),
            ("999999.999999", Ok(999_999_999_999)),
            ("1000000", Err(Unfit::TooLarge)),
            ("1e300", Err(Unfit::TooLarge)),
            ("1e99999999999999999999", Err(Unfit::TooLarge)),
            ("1e-300", Err(Unfit::TooPrecise)),
            ("0.1234567", Err(Unfit::TooPrecise)),
            ("-1", Err(Unfit::Negative)),
            ("-0.0", Err(Unfit::Negative)),
        ];
        for (text, pico) in cases {
            assert_eq!(pico_per_token(text), pico, "{text}");
        }
    }

    #[test]
    fn a_multiplier_is_a_fraction_and_rounds_once() {
        let us = Ratio::parse("1.1").expect("a decimal");
        assert_eq!(us, Ratio { num: 11, den: 10 });
        assert_eq!(Ratio::parse("2.0"), Some(Ratio { num: 2, den: 1 }));
        assert_eq!(Ratio::parse("0.5").map(|half| half.apply(3, 1)), Some(2), "half away from zero");
        assert_eq!(us.times(us).apply(100, 1), 121);
        assert_eq!(us.apply(i128::MAX, 1), i128::MAX);
        for text in ["-1", "", ".", "x", "1e", "1e400", "NaN"] {
            assert_eq!(Ratio::parse(text), None, "{text}");
        }
    }
}
