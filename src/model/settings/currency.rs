//! The form of `currency.json`: the currency of the pages, and what a US dollar was worth by day.

use chrono::{Datelike, NaiveDate};

use super::{Form, Problem, cell};
use crate::model::{Currency, CurrencyFile, PerUsd, RATES_MAX, Rate};

const LIST: &str = "rate";
/// Days anybody has a rate of: the dollar's own beginning is far before, a typing error far off.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=2199;

#[must_use]
pub fn currency_form(file: &CurrencyFile) -> Form {
    let mut form = Form::default();
    form.set("currency", file.currency.code());
    let mut rates: Vec<(Currency, &Rate)> =
        file.rates.iter().map(|rate| (rate.currency.unwrap_or(file.currency), rate)).collect();
    // The latest first, those of the pages before others.
    rates.sort_by_key(|(currency, rate)| (*currency != file.currency, currency.code(), std::cmp::Reverse(rate.from)));
    for (row, (currency, rate)) in (0..).zip(rates) {
        set_rate(&mut form, row, currency, rate.from, rate.per_usd);
    }
    form
}

fn set_rate(form: &mut Form, row: u32, currency: Currency, from: NaiveDate, per_usd: PerUsd) {
    form.set(cell(LIST, row, "from"), from.to_string());
    form.set(cell(LIST, row, "of"), currency.code());
    form.set(cell(LIST, row, "usd"), per_usd.to_string());
}

/// Adds a rate as if it had been typed; says in a sentence what became of it. A rate the day has already stays.
pub fn add_rate(form: &mut Form, currency: Currency, from: NaiveDate, per_usd: PerUsd) -> String {
    let code = currency.code();
    let chosen = form.text("currency").to_owned();
    let is_of = |form: &Form, row: u32| {
        let of = form.text(&cell(LIST, row, "of"));
        Currency::parse(if of.is_empty() { &chosen } else { of }) == Some(currency)
    };
    let day = from.to_string();
    let rows = form.rows(LIST);
    let known = rows.into_iter().find(|row| is_of(form, *row) && form.text(&cell(LIST, *row, "from")) == day);
    if let Some(row) = known {
        let typed = form.text(&cell(LIST, row, "usd"));
        return match PerUsd::parse(typed) {
            Ok(rate) if rate == per_usd => format!("{day} has this rate already: {per_usd} {code}."),
            _ => format!("{day} has the rate {typed} already, and it stays; the list says {per_usd} {code}."),
        };
    }
    // A row nobody has written anything into is taken.
    let spare = form.rows(LIST).into_iter().find(|row| !is_meant(form, *row));
    let row = spare.unwrap_or_else(|| form.add_row(LIST, &["from"]));
    set_rate(form, row, currency, from, per_usd);
    format!("{per_usd} {code} for a US dollar on {day} was added: save it.")
}

/// Reads the form: what it says over what the file said, and what is wrong with it.
#[must_use]
pub fn read_currency(form: &Form, before: CurrencyFile) -> (CurrencyFile, Vec<Problem>) {
    let mut problems = Vec::new();
    let currency = Currency::parse(form.text("currency")).unwrap_or_else(|| {
        problems.push(Problem::new("currency", "Choose a currency from the list."));
        before.currency
    });
    let mut file = CurrencyFile { currency, rates: Vec::new(), ..before };
    for row in form.rows(LIST).into_iter().filter(|row| is_meant(form, *row)) {
        let wrong = problems.len();
        let rate = rate(form, row, currency, &mut problems);
        let is_twice = |other: &Rate| (other.from, other.currency) == (rate.from, rate.currency);
        if problems.len() > wrong {
            continue;
        }
        if file.rates.iter().any(is_twice) {
            problems.push(Problem::new(cell(LIST, row, "from"), "Another rate has this day; remove one."));
            continue;
        }
        file.rates.push(rate);
    }
    file.rates.sort_by_key(|rate| (rate.currency.map_or("", Currency::code), rate.from));
    if file.rates.len() > RATES_MAX {
        let message = format!("Keep at most {RATES_MAX} rates: only the latest one counts.");
        problems.push(Problem::new("currency", message));
    }
    let needs = currency != Currency::USD && file.rates_of(currency).next().is_none();
    if needs && problems.is_empty() {
        let code = currency.code();
        let message = format!("Add what one US dollar is in {code}, or get today's rate below.");
        problems.push(Problem::new("currency", message));
    }
    (file, problems)
}

/// A new row nobody has written anything into is no rate yet.
fn is_meant(form: &Form, row: u32) -> bool {
    ["from", "usd"].into_iter().any(|name| !form.text(&cell(LIST, row, name)).is_empty())
}

fn rate(form: &Form, row: u32, currency: Currency, problems: &mut Vec<Problem>) -> Rate {
    let field = |name: &str| cell(LIST, row, name);
    let from = form.text(&field("from")).parse::<NaiveDate>().ok().filter(|day| YEARS.contains(&day.year()));
    if from.is_none() {
        problems.push(Problem::new(field("from"), "Write a day, such as 2026-11-20."));
    }
    let per_usd = PerUsd::parse(form.text(&field("usd")));
    if let Err(message) = per_usd {
        problems.push(Problem::new(field("usd"), message));
    }
    let of = match form.text(&field("of")) {
        "" => Some(currency),
        code => Currency::parse(code),
    };
    match of {
        None => problems.push(Problem::new(field("of"), "Write a code from the list, such as EUR.")),
        Some(of) if of == Currency::USD => {
            problems.push(Problem::new(
                field("of"),
                "A US dollar needs no rate: name another currency, or remove the row.",
            ));
        }
        Some(_) => {}
    }
    Rate {
        from: from.unwrap_or_default(),
        per_usd: per_usd.unwrap_or(PerUsd::ONE),
        currency: of.filter(|of| *of != currency),
    }
}
