//! Decimal numbers as they are written, to integers: how prices and bills enter without ever being a float.
//!
//! It never rounds on its own: the caller asks either for the exact integer, or for the nearest one.

use super::Usd;

/// A float written out in full has up to 350 characters; a longer number is damage.
const LENGTH_MAX: usize = 400;
/// No amount and no price needs more; it keeps every product below inside an i128.
const DIGITS_MAX: usize = 30;
const PICO_PLACES: u32 = 12;
const PICO_PLACES_OF_CENT: u32 = 10;

/// A plain or scientific decimal (`1.1`, `-2`, `5e-1`): its digits, times a power of ten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    negative: bool,
    /// Without zeros at either end; empty for zero.
    digits: String,
    exponent: i64,
}

impl Decimal {
    /// Reads the number; `None` when it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Decimal> {
        let text = text.trim();
        if text.len() > LENGTH_MAX {
            return None;
        }
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let exponent: i64 = exponent.parse().ok()?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let digits = all.trim_end_matches('0');
        let dropped = i64::try_from(all.len() - digits.len()).ok()?;
        let places = i64::try_from(fraction.len()).ok()?;
        let exponent = exponent.checked_sub(places)?.checked_add(dropped)?;
        let digits = digits.trim_start_matches('0').to_owned();
        let exponent = if digits.is_empty() { 0 } else { exponent };
        Some(Decimal { negative, digits, exponent })
    }

    /// Whether it is written with a minus, be it before a zero.
    #[must_use]
    pub const fn is_negative(&self) -> bool {
        self.negative
    }

    /// Returns how many digits stand behind the point.
    #[must_use]
    pub fn places(&self) -> u64 {
        if self.exponent < 0 { self.exponent.unsigned_abs() } else { 0 }
    }

    /// Returns the number times 10^`places`; `None` when that is not whole, or too large.
    #[must_use]
    pub fn exact(&self, places: u32) -> Option<i128> {
        (self.places() <= u64::from(places)).then(|| self.nearest(places)).flatten()
    }

    /// Returns the number times 10^`places`, rounded once, half away from zero; `None` when it is too large.
    #[must_use]
    pub fn nearest(&self, places: u32) -> Option<i128> {
        let shift = self.exponent.checked_add(i64::from(places))?;
        let magnitude = if shift >= 0 {
            whole(&self.digits)?.checked_mul(10_i128.checked_pow(u32::try_from(shift).ok()?)?)?
        } else {
            // More digits than there are: the number is smaller than a tenth of the unit.
            let kept = i64::try_from(self.digits.len()).ok()?.checked_add(shift)?;
            let Ok(kept) = usize::try_from(kept) else { return Some(0) };
            let (kept, dropped) = self.digits.split_at_checked(kept)?;
            whole(kept)? + i128::from(dropped.as_bytes().first().is_some_and(|digit| *digit >= b'5'))
        };
        Some(if self.negative { -magnitude } else { magnitude })
    }
}

fn whole(digits: &str) -> Option<i128> {
    match digits.len() {
        0 => Some(0),
        1..=DIGITS_MAX => digits.parse().ok(),
        _ => None,
    }
}

impl Usd {
    /// Returns a decimal number of dollars, to the nearest pico-dollar; `None` when it is no amount.
    #[must_use]
    pub fn parse_dollars(text: &str) -> Option<Usd> {
        Decimal::parse(text)?.nearest(PICO_PLACES).map(Usd::from_pico)
    }

    /// Returns a decimal number of cents, to the nearest pico-dollar; `None` when it is no amount.
    #[must_use]
    pub fn parse_cents(text: &str) -> Option<Usd> {
        Decimal::parse(text)?.nearest(PICO_PLACES_OF_CENT).map(Usd::from_pico)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_exact_to_the_pico_dollar() {
        let cases = [
            ("0.06", Some(60_000_000_000)),
            ("7", Some(7_000_000_000_000)),
            ("1.25e-3", Some(1_250_000_000)),
            ("1E+2", Some(100_000_000_000_000)),
            ("-0.5", Some(-500_000_000_000)),
            ("0.1000000000000000055511151231257827021181583404541015625", Some(100_000_000_000)),
            ("0.0000000000005", Some(1)),
            ("0.00000000000049", Some(0)),
            ("-0.0000000000005", Some(-1)),
            ("1e-400", Some(0)),
            ("0e999999", Some(0)),
            ("000.0", Some(0)),
            (".5", Some(500_000_000_000)),
            ("1e400", None),
            ("1e99999999999999999999", None),
            ("9999999999999999999999999999999999", None),
            ("", None),
            (".", None),
            ("-", None),
            ("--1", None),
            ("1,5", None),
            ("$1", None),
            ("NaN", None),
            ("1e", None),
        ];
        for (text, pico) in cases {
            assert_eq!(Usd::parse_dollars(text).map(Usd::pico), pico, "{text}");
        }
        assert_eq!(Usd::parse_cents("123.456789").map(Usd::pico), Some(1_234_567_890_000));
        assert_eq!(Decimal::parse("0.125").and_then(|number| number.exact(2)), None);
        assert_eq!(Decimal::parse("0.1250").and_then(|number| number.exact(3)), Some(125));
    }

    proptest! {
        #[test]
        fn what_is_written_comes_back(pico in -1_000_000_000_000_000_000_i128..1_000_000_000_000_000_000) {
            let sign = if pico < 0 { "-" } else { "" };
            let (whole, rest) = (pico.abs() / 1_000_000_000_000, pico.abs() % 1_000_000_000_000);
            prop_assert_eq!(Usd::parse_dollars(&format!("{sign}{whole}.{rest:012}")), Some(Usd::from_pico(pico)));
            prop_assert_eq!(Usd::parse_dollars(&format!("{pico}e-12")), Some(Usd::from_pico(pico)));
        }

        #[test]
        fn no_text_is_too_strange(text in ".{0,60}", places in 0_u32..40) {
            if let Some(number) = Decimal::parse(&text) {
                let _ = (number.exact(places), number.nearest(places));
            }
        }
    }
}
