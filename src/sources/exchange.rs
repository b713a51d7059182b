//! What a US dollar is in other currencies, from the daily reference rates of the European Central Bank, or any list in
//! their form: what one euro is in each currency, by day.
//!
//! <https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/>. The parser is pure; a list
//! that is not understood as a whole gives nothing.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use axum::http::{Request, StatusCode, header};
use chrono::NaiveDate;

use super::http::{Limits, Plain};
use super::quality::xml::{Node, attribute, walk};
use crate::model::{Currency, Decimal, PerUsd};

/// The latest day, in a few kilobytes.
pub const ECB_URL: &str = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml";
/// Of a file on this machine; ten years of days are less.
pub const LIST_MAX_BYTES: u64 = 8 << 20;
const EURO: &str = "EUR";
const DOLLAR: &str = "USD";

/// The rates of the latest day of a list: what one euro is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DailyRates {
    pub day: NaiveDate,
    per_euro: BTreeMap<String, Decimal>,
}

impl DailyRates {
    /// Reads a list.
    ///
    /// # Errors
    /// When it is something else, or tells no day with the dollar: what is wrong, in words.
    pub fn parse(text: &str) -> Result<DailyRates, String> {
        let mut days: BTreeMap<NaiveDate, BTreeMap<String, Decimal>> = BTreeMap::new();
        let mut day = None;
        walk(text.as_bytes(), |node| {
            let Node::Open(element) = node else { return Ok(()) };
            if element.name().as_ref() != "Cube" {
                return Ok(());
            }
            if let Some(time) = attribute(element, "time")? {
                day = Some(time.parse().map_err(|_| format!("\"{}\" is no day", shortened(&time)))?);
            }
            let Some(currency) = attribute(element, "currency")? else { return Ok(()) };
            let rate = attribute(element, "rate")?.unwrap_or_default();
            let number = Decimal::parse(&rate).filter(|number| !number.is_negative());
            let number =
                number.ok_or_else(|| format!("{} has the rate \"{}\"", shortened(&currency), shortened(&rate)))?;
            let day = day.ok_or("a rate stands before any day")?;
            days.entry(day).or_default().insert(currency, number);
            Ok(())
        })?;
        let (day, per_euro) =
            days.pop_last().ok_or("it holds no rates: a list in the form of eurofxref-daily.xml is needed")?;
        if !per_euro.contains_key(DOLLAR) {
            return Err(format!("the US dollar is not among the rates of {day}"));
        }
        Ok(DailyRates { day, per_euro })
    }

    /// What one US dollar is.
    ///
    /// # Errors
    /// When the list does not have the currency: a sentence with the remedy.
    pub fn per_usd(&self, currency: Currency) -> Result<PerUsd, String> {
        let one = Decimal::parse("1");
        let here = if currency.code() == EURO { one.as_ref() } else { self.per_euro.get(currency.code()) };
        let here =
            here.ok_or_else(|| format!("the list of {} has no {}; enter its rate by hand", self.day, currency.code()))?;
        let rate = self.per_euro.get(DOLLAR).and_then(|dollars| PerUsd::crossed(here, dollars));
        rate.ok_or_else(|| format!("the list of {} has a rate of {} that cannot be", self.day, currency.code()))
    }
}

/// What a list says is shown to people; not all of it.
fn shortened(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(20).collect()
}

/// Gets a list from the network: no key, no redirects, half a megabyte at most.
///
/// # Errors
/// When there is none at the address: why, and what to do where there is no network.
pub async fn fetch(url: &str) -> anyhow::Result<String> {
    let asking = || format!("{url} gives no rates; check the address, or enter the rate by hand");
    let request = Request::get(url)
        .header(header::ACCEPT, "application/xml, text/xml")
        .body(Vec::new())
        .context("this is no address")
        .with_context(asking)?;
    let answer = Plain::new(&Limits::default())?.send(request).await.with_context(asking)?;
    ensure!(answer.status() == StatusCode::OK, "{}: it answers {}", asking(), answer.status());
    String::from_utf8(answer.into_body()).context("it is not UTF-8 text").with_context(asking)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAILY: &str = include_str!("exchange/eurofxref-daily.xml");

    fn cube(inner: &str) -> String {
        format!("<E><Cube><Cube time=\"2026-11-20\">{inner}</Cube></Cube></E>")
    }

    fn rate(list: &DailyRates, code: &str) -> Result<String, String> {
        list.per_usd(Currency::parse(code).expect("a currency")).map(|rate| rate.to_string())
    }

    #[test]
    fn a_dollar_is_the_rate_of_the_currency_over_that_of_the_dollar() {
        let list = DailyRates::parse(DAILY).expect("is one");
        assert_eq!(list.day.to_string(), "2026-11-20");
        assert_eq!(rate(&list, "EUR").as_deref(), Ok("0.925926"));
        assert_eq!(rate(&list, "JPY").as_deref(), Ok("150"));
        assert_eq!(rate(&list, "GBP").as_deref(), Ok("0.782407"));
        assert!(rate(&list, "VND").expect_err("is not in it").contains("has no VND; enter its rate by hand"));
    }

    #[test]
    fn of_several_days_the_latest_counts() {
        let day =
            |time: &str, dollars: &str| format!("<Cube time='{time}'><Cube currency='USD' rate='{dollars}'/></Cube>");
        let list = format!(
            "<E><Cube>{}{}{}</Cube></E>",
            day("2026-11-19", "2"),
            day("2026-11-20", "1.25"),
            day("2025-01-01", "4")
        );
        let list = DailyRates::parse(&list).expect("is one");
        assert_eq!((list.day.to_string().as_str(), rate(&list, "EUR").as_deref()), ("2026-11-20", Ok("0.8")));
    }

    #[test]
    fn what_is_no_list_gives_nothing_and_says_why() {
        for (text, part) in [
            (String::new(), "no XML"),
            ("{\"rates\": {}}".to_owned(), "no XML"),
            ("<html><body>Moved</body></html>".to_owned(), "it holds no rates"),
            (cube(""), "it holds no rates"),
            (cube("<Cube currency=\"GBP\" rate=\"0.845\"/>"), "US dollar is not among"),
            (cube("<Cube currency=\"USD\" rate=\"1,08\"/>"), "USD has the rate \"1,08\""),
            (cube("<Cube currency=\"USD\" rate=\"-1\"/>"), "USD has the rate"),
            (cube("<Cube currency=\"USD\"/>"), "USD has the rate \"\""),
            ("<E><Cube currency=\"USD\" rate=\"1\"/></E>".to_owned(), "before any day"),
            ("<E><Cube time=\"20.11.2026\"/></E>".to_owned(), "is no day"),
            (DAILY[..DAILY.len() / 2].to_owned(), ""),
        ] {
            let said = DailyRates::parse(&text).expect_err("is refused");
            assert!(said.contains(part), "{text}: {said}");
        }
        let zero = DailyRates::parse(&cube("<Cube currency=\"USD\" rate=\"0\"/>")).expect("is a list");
        assert!(rate(&zero, "EUR").expect_err("cannot be").contains("cannot be"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_strange(rate in "[-+0-9.eE]{0,45}", other in "\\PC{0,30}") {
            let cube = cube(&format!("<Cube currency=\"USD\" rate=\"{rate}\"/><Cube currency=\"JPY\" rate=\"1\"/>"));
            if let Ok(list) = DailyRates::parse(&cube) {
                let _ = (self::rate(&list, "EUR"), self::rate(&list, "JPY"));
            }
            let _ = DailyRates::parse(&other);
        }
    }
}
