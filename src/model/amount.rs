//! What every amount of money does: exact sums that stop at the largest number instead of turning over, and digits in
//! groups of three.

/// Gives a type around one integer the arithmetic of amounts. It needs a `ZERO`.
macro_rules! amount {
    ($amount:ident) => {
        impl std::ops::Add for $amount {
            type Output = $amount;

            fn add(self, other: $amount) -> $amount {
                $amount(self.0.saturating_add(other.0))
            }
        }

        impl std::ops::Sub for $amount {
            type Output = $amount;

            fn sub(self, other: $amount) -> $amount {
                $amount(self.0.saturating_sub(other.0))
            }
        }

        impl std::ops::AddAssign for $amount {
            fn add_assign(&mut self, other: $amount) {
                *self = *self + other;
            }
        }

        impl std::iter::Sum for $amount {
            fn sum<I: Iterator<Item = $amount>>(amounts: I) -> $amount {
                amounts.fold($amount::ZERO, std::ops::Add::add)
            }
        }
    };
}

pub(super) use amount;

/// `1234567` as `1,234,567`.
#[must_use]
pub fn grouped(whole: u128) -> String {
    let digits = whole.to_string();
    let parts: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|part| std::str::from_utf8(part).ok()).collect();
    parts.join(",")
}
