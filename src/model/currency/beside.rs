//! Amounts that are read beside each other: what is written adds up, though each is rounded.

use super::Shown;
use crate::model::{Usd, amount::grouped};

/// How amounts that stand beside each other are rounded: all to the same step of the currency.
#[derive(Clone, Copy, Debug)]
pub struct Steps {
    shown: Shown,
    /// Steps to the unit: 1, or that of the smallest parts.
    to_the_unit: i128,
}

impl Shown {
    /// Amounts to their last digit.
    #[must_use]
    pub fn steps(self) -> Steps {
        Steps { shown: self, to_the_unit: self.least() }
    }

    /// Amounts as one says them: in whole units when the largest is said so.
    #[must_use]
    pub fn rough_steps(self, largest: Usd) -> Steps {
        if self.is_said_roughly(largest) { Steps { shown: self, to_the_unit: 1 } } else { self.steps() }
    }
}

impl Steps {
    /// How many steps an amount is, rounded once.
    #[must_use]
    pub fn of(self, amount: Usd) -> i128 {
        self.shown.units_of(amount.pico(), self.to_the_unit)
    }

    /// Returns the steps of parts, so that they add up to `total` steps: the largest takes what rounding leaves over.
    #[must_use]
    pub fn parts(self, total: i128, parts: &[Usd]) -> Vec<i128> {
        let mut steps: Vec<i128> = parts.iter().map(|part| self.of(*part)).collect();
        let over = total - steps.iter().sum::<i128>();
        if let Some(largest) = steps.iter_mut().max_by_key(|steps| steps.abs()) {
            *largest += over;
        }
        steps
    }

    /// `+$38`, `−$5.20`, `±$0`
    #[must_use]
    pub fn signed(self, steps: i128) -> String {
        let sign = match steps {
            0 => return format!("±{}", self.shown.nothing()),
            1.. => '+',
            _ => '−',
        };
        if self.to_the_unit == 1 {
            return format!("{sign}{}{}", self.shown.currency.prefix(), grouped(steps.unsigned_abs()));
        }
        format!("{sign}{}", self.shown.written(steps))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cents(cents: i64) -> Usd {
        Usd::from_pico(i128::from(cents) * 10_000_000_000)
    }

    #[test]
    fn parts_that_round_apart_are_written_so_that_they_add_up() {
        let third = Usd::from_pico(3_333_333_333_333);
        let steps = Shown::USD.steps();
        let parts = steps.parts(steps.of(third + third + third), &[third, third, third]);
        assert_eq!(parts.iter().map(|part| steps.signed(*part)).collect::<Vec<_>>(), ["+$3.33", "+$3.33", "+$3.34"]);
        let rough = Shown::USD.rough_steps(cents(6_400));
        assert_eq!([6_400, 940, -5, 0].map(|part| rough.signed(rough.of(cents(part)))), ["+$64", "+$9", "±$0", "±$0"]);
        let small = Shown::USD.rough_steps(cents(-756));
        assert_eq!(small.signed(small.of(cents(-756))), "−$7.56");
    }

    proptest! {
        #[test]
        fn whatever_the_parts_what_is_written_adds_up(parts in proptest::collection::vec(-10_i64.pow(15)..10_i64.pow(15), 1..9)) {
            let parts: Vec<Usd> = parts.into_iter().map(|pico| Usd::from_pico(pico.into())).collect();
            let total: Usd = parts.iter().copied().sum();
            for steps in [Shown::USD.steps(), Shown::USD.rough_steps(total)] {
                let written = steps.parts(steps.of(total), &parts);
                prop_assert_eq!(written.iter().sum::<i128>(), steps.of(total));
                for (written, part) in written.iter().zip(&parts) {
                    prop_assert!((written - steps.of(*part)).abs() <= 5, "moved by no more than rounding does");
                }
            }
        }
    }
}
