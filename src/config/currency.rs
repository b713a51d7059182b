//! `currency.json`: what it must hold, and taking a rate of a list over without touching what somebody typed.

use std::path::Path;

use super::files::Validate;
use super::save::{Refusal, change_choices};
use crate::model::{Currency, CurrencyFile, Rate};

impl Validate for CurrencyFile {
    fn validate(&self) -> Result<(), String> {
        let wrong = self.wrong();
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ")) }
    }

    fn problems(&self) -> Vec<String> {
        self.wrong()
    }
}

/// What became of a rate that was offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakenRate {
    Added,
    /// The day has this rate already.
    Same,
    /// The day has another rate, which stays.
    Kept(Rate),
    /// The day had another rate.
    Replaced(Rate),
}

/// Enters the rate of a day into `currency.json`. A rate the day has already is written over only with `replace`; one
/// that is far from the others is refused.
///
/// # Errors
/// When the file is broken, the rate cannot be believed, or nothing can be written; the file stays as it is.
pub fn take_rate(data_dir: &Path, currency: Currency, rate: Rate, replace: bool) -> Result<TakenRate, Refusal> {
    let mut taken = TakenRate::Same;
    change_choices::<CurrencyFile>(data_dir, None, |mut file, _| {
        let own = file.currency == currency;
        let rate = Rate { currency: (!own).then_some(currency), ..rate };
        if let Some(nearest) = file.rates_of(currency).max_by_key(|known| (known.from <= rate.from, known.from))
            && nearest.per_usd.is_far_from(rate.per_usd)
        {
            let (code, day) = (currency.code(), nearest.from);
            return Err(Refusal::Invalid(vec![format!(
                "the list says {} {code} for a US dollar, and {} was entered for {day}; one of them must be wrong: \
                 enter the right one by hand",
                rate.per_usd, nearest.per_usd
            )]));
        }
        let this_day =
            |known: &&mut Rate| known.from == rate.from && known.currency.unwrap_or(file.currency) == currency;
        match file.rates.iter_mut().find(this_day) {
            Some(known) if known.per_usd == rate.per_usd => {}
            Some(known) if replace => {
                taken = TakenRate::Replaced(*known);
                known.per_usd = rate.per_usd;
            }
            Some(known) => taken = TakenRate::Kept(*known),
            None => {
                taken = TakenRate::Added;
                file.rates.push(rate);
            }
        }
        Ok(file)
    })?;
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{config_dir, read_choices};
    use crate::model::PerUsd;

    fn rate(from: &str, per_usd: &str) -> Rate {
        Rate { from: from.parse().expect("a date"), per_usd: PerUsd::parse(per_usd).expect("a rate"), currency: None }
    }

    #[test]
    fn a_rate_of_a_list_is_added_and_never_replaces_a_typed_one_unasked() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(config_dir(folder.path())).expect("makes one");
        let path = config_dir(folder.path()).join("currency.json");
        let text = r#"{"currency": "EUR", "rates": [{"from": "2026-11-20", "perUsd": "0.93"}]}"#;
        std::fs::write(&path, text).expect("writes");
        let eur = Currency::parse("EUR").expect("a currency");
        let take = |rate, replace| take_rate(folder.path(), eur, rate, replace);
        assert_eq!(take(rate("2026-11-21", "0.94"), false), Ok(TakenRate::Added));
        assert_eq!(take(rate("2026-11-21", "0.94"), false), Ok(TakenRate::Same));
        let typed = rate("2026-11-20", "0.93");
        assert_eq!(take(rate("2026-11-20", "0.92"), false), Ok(TakenRate::Kept(typed)));
        assert_eq!(take(rate("2026-11-20", "0.92"), true), Ok(TakenRate::Replaced(typed)));
        let said = take(rate("2026-11-22", "92"), false);
        assert!(matches!(&said, Err(Refusal::Invalid(said)) if said[0].contains("must be wrong")), "{said:?}");
        let gbp = Currency::parse("GBP").expect("a currency");
        assert_eq!(take_rate(folder.path(), gbp, rate("2026-11-20", "0.78"), false), Ok(TakenRate::Added));
        let file = read_choices::<CurrencyFile>(folder.path()).0.expect("is fine");
        let of_pounds = Rate { currency: Some(gbp), ..rate("2026-11-20", "0.78") };
        assert_eq!(file.rates, [rate("2026-11-20", "0.92"), rate("2026-11-21", "0.94"), of_pounds]);
        std::fs::write(&path, "{").expect("writes");
        assert!(matches!(take(rate("2026-11-23", "0.9"), false), Err(Refusal::Broken(_))));
        assert_eq!(std::fs::read_to_string(&path).expect("reads"), "{");
    }
}
