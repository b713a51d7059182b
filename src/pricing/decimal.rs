//! Decimal text to exact integers: how prices and multipliers enter without ever being a float in arithmetic.

/// No number of a price table needs more; it keeps every power of ten below inside an i128.
const DIGITS_MAX: usize = 30;

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
        let (digits, scale) = decimal(text)?;
        Ratio::new(digits, power_of_ten(scale)?)
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

fn power_of_ten(exponent: u32) -> Option<i128> {
    10_i128.checked_pow(exponent)
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
    const PLACES: u32 = 6;
    const PICO_PER_USD: i128 = 1_000_000_000_000;
    if text.trim_start().starts_with('-') {
        return Err(Unfit::Negative);
    }
    // What does not fit in DIGITS_MAX digits is either huge or has far too many decimals; the exponent's sign tells.
    let (digits, scale) = decimal(text).ok_or(if text.contains("e-") { Unfit::TooPrecise } else { Unfit::TooLarge })?;
    let factor = PLACES.checked_sub(scale).and_then(power_of_ten).ok_or(Unfit::TooPrecise)?;
    digits.checked_mul(factor).filter(|pico| *pico < PICO_PER_USD).ok_or(Unfit::TooLarge)
}

/// Returns the digits and how many of them are behind the point, without trailing zeros there.
fn decimal(text: &str) -> Option<(i128, u32)> {
    let (mantissa, exponent) = text.trim().split_once(['e', 'E']).unwrap_or((text.trim(), "0"));
    let exponent: i64 = exponent.parse().ok()?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    let digits = format!("{whole}{fraction}");
    if digits.len() > DIGITS_MAX || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut value: i128 = digits.parse().ok()?;
    let mut scale = i64::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
    if value == 0 {
        return Some((0, 0));
    }
    while scale > 0 && value % 10 == 0 {
        (value, scale) = (value / 10, scale - 1);
    }
    if scale < 0 {
        let factor = power_of_ten(u32::try_from(scale.checked_neg()?).ok()?)?;
        (value, scale) = (value.checked_mul(factor)?, 0);
    }
    Some((value, u32::try_from(scale).ok()?))
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
