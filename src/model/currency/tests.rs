use proptest::prelude::*;

use super::*;

fn file(json: &str) -> Result<CurrencyFile, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

fn shown(currency: &str, rate: &str) -> Shown {
    let rate = PerUsd::parse(rate).expect("a rate");
    let currency = Currency::parse(currency).expect("a currency");
    Shown { currency, rate, from: "2026-11-20".parse().ok(), early: false }
}

fn usd(text: &str) -> Usd {
    Usd::parse_dollars(text).expect("an amount")
}

#[test]
fn amounts_read_like_money_of_their_currency() {
    for (currency, rate, amount, money, rough) in [
        ("USD", "1", "1234567.891", "$1,234,567.89", "$1,234,568"),
        ("EUR", "0.92", "0", "€0.00", "€0.00"),
        ("EUR", "0.92", "1", "€0.92", "€0.92"),
        ("EUR", "0.92", "-1.5", "−€1.38", "−€1.38"),
        ("EUR", "0.92", "0.005", "<€0.01", "<€0.01"),
        ("EUR", "0.92", "-0.005", "−<€0.01", "−<€0.01"),
        ("EUR", "0.5", "0.01", "€0.01", "€0.01"),
        ("EUR", "0.9215", "1000.00", "€921.50", "€922"),
        ("EUR", "0.5", "19.99", "€10.00", "€10.00"),
        ("EUR", "0.5", "20", "€10.00", "€10"),
        ("JPY", "150", "1", "¥150", "¥150"),
        ("JPY", "150", "0.003", "<¥1", "<¥1"),
        ("KWD", "0.307", "1", "KWD\u{a0}0.307", "KWD\u{a0}0.307"),
        ("KWD", "0.307", "0.001", "<KWD\u{a0}0.001", "<KWD\u{a0}0.001"),
        ("CHF", "0.8", "1543.2", "CHF\u{a0}1,234.56", "CHF\u{a0}1,235"),
    ] {
        let of = shown(currency, rate);
        assert_eq!(
            (of.money(usd(amount)).as_str(), of.rough(usd(amount)).as_str()),
            (money, rough),
            "{currency} {amount}"
        );
    }
    assert_eq!(shown("EUR", "0.92").signed(usd("1")), "+€0.92");
    assert_eq!((Shown::USD.unit().as_str(), shown("JPY", "150").unit().as_str()), ("usd", "money:0:¥"));
}

#[test]
fn rates_are_exact_and_those_that_cannot_be_are_refused() {
    for (text, expected) in [
        ("0.92", Ok("0.92")),
        (" 150.0 ", Ok("150")),
        ("0.000001", Ok("0.000001")),
        ("1.123456789", Ok("1.123456789")),
        ("10000000", Ok("10000000")),
        ("1.1234567891", Err("nine digits")),
        ("0", Err("more than 0")),
        ("0.000", Err("more than 0")),
        ("-1", Err("more than 0")),
        ("0.0000009", Err("No currency")),
        ("10000001", Err("No currency")),
        ("1e30", Err("No currency")),
        ("0,92", Err("no rate")),
        ("", Err("no rate")),
        ("NaN", Err("no rate")),
    ] {
        match (PerUsd::parse(text), expected) {
            (Ok(rate), Ok(expected)) => assert_eq!(rate.to_string(), expected),
            (Err(said), Err(part)) => assert!(said.contains(part), "{text}: {said}"),
            (said, _) => panic!("{text}: {said:?}"),
        }
    }
    let number = |text| Decimal::parse(text).expect("a number");
    let crossed = |here, dollars| PerUsd::crossed(&number(here), &number(dollars)).map(|rate| rate.to_string());
    assert_eq!(crossed("1", "1.08").as_deref(), Some("0.925926"));
    assert_eq!(crossed("162", "1.08").as_deref(), Some("150"));
    assert_eq!((crossed("1", "0"), crossed("-1", "1")), (None, None));
}

#[test]
fn a_file_is_read_strictly_and_says_which_field_is_wrong() {
    for (json, part) in [
        (r#"{"currency": "EURO"}"#, "there is no currency \"EURO\""),
        (r#"{"currency": "EUR", "rates": [{"from": "2026-01-01", "perUsd": 0.92}]}"#, "expected a string"),
        (r#"{"currency": "EUR", "rates": [{"from": "2026-01-01", "perUsd": "0"}]}"#, "more than 0"),
        (r#"{"currency": "EUR", "rates": [{"from": "1.1.2026", "perUsd": "1"}]}"#, "invalid"),
        (r#"{"money": "EUR"}"#, "unknown field"),
    ] {
        let said = file(json).expect_err("is refused");
        assert!(said.contains(part), "{said}");
    }
    for (json, part) in [
        (r#"{"currency": "EUR"}"#, Some("rates: there is none of EUR")),
        (
            r#"{"currency": "EUR", "rates": [{"from": "2026-01-01", "perUsd": "1", "currency": "GBP"}]}"#,
            Some("none of EUR"),
        ),
        (
            r#"{"currency": "EUR", "rates": [{"from": "2026-01-01", "perUsd": "1"}, {"from": "2026-01-01", "perUsd": "2"}]}"#,
            Some("rates[1].from: 2026-01-01 has another rate of EUR"),
        ),
        (r#"{"rates": [{"from": "2026-01-01", "perUsd": "1"}]}"#, Some("rates[0].currency: a US dollar")),
        (r#"{"source": "file:///etc/passwd"}"#, Some("source: ")),
        (
            r#"{"currency": "eur", "rates": [{"from": "2026-01-01", "perUsd": "1"}], "source": "https://example.com"}"#,
            None,
        ),
        ("{}", None),
    ] {
        let wrong = file(json).expect("parses").wrong();
        match part {
            Some(part) => assert!(matches!(wrong.as_slice(), [said] if said.contains(part)), "{wrong:?}"),
            None => assert!(wrong.is_empty(), "{wrong:?}"),
        }
    }
}

#[test]
fn the_latest_rate_until_today_counts_and_before_the_first_one_the_first() {
    let json = r#"{"currency": "EUR", "rates": [{"from": "2026-11-20", "perUsd": "0.93"}, {"from": "2026-01-01", "perUsd": "0.9"},
        {"from": "2026-11-19", "perUsd": "0.8", "currency": "GBP"}]}"#;
    let file = file(json).expect("parses");
    let money = |day: &str| file.shown(day.parse().expect("a date")).money(usd("1"));
    assert_eq!([money("2026-11-21"), money("2026-11-20"), money("2026-11-19")], ["€0.93", "€0.93", "€0.90"]);
    let note = |day: &str| file.shown(day.parse().expect("a date")).note().expect("says so");
    assert!(note("2026-11-22").starts_with("Shown in EUR at 0.93 for a US dollar, the rate of 20 Nov 2026."));
    assert!(note("2025-12-31").contains("at 0.9 for a US dollar, the first rate there is, of 1 Jan 2026"));
    assert_eq!(CurrencyFile::default().shown("2026-11-22".parse().expect("a date")).note(), None);
}

#[test]
fn every_code_is_three_letters_and_there_once() {
    let codes: Vec<&str> = Currency::all().map(Currency::code).collect();
    assert!(codes.is_sorted_by(|a, b| a < b));
    assert!(codes.iter().all(|code| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase())));
    assert_eq!(Currency::parse(" usd "), Some(Currency::USD));
    assert_eq!(Currency::parse("XXX"), None);
}

proptest! {
    /// In dollars everything is as it is without a currency.
    #[test]
    fn dollars_are_drawn_as_they_are(pico in -1_000_000_000_000_000_000_000_i128..1_000_000_000_000_000_000_000) {
        let amount = Usd::from_pico(pico);
        prop_assert_eq!(Shown::USD.to_f64(amount).to_bits(), amount.to_f64().to_bits());
    }

    /// An amount is rounded once: it is half a cent off at most, and shown parts are off their shown sum by no more than
    /// half a cent each and half a cent for the sum.
    #[test]
    fn parts_add_up_to_their_sum_but_for_their_own_rounding(
        parts in prop::collection::vec(-1_000_000_000_000_000_i128..1_000_000_000_000_000, 1..40),
        rate in 1_000_i128..20_000_000_000_000,
    ) {
        let shown = Shown { rate: PerUsd(rate), ..shown("EUR", "1") };
        let cents = |pico: i128| shown.units_of(pico, 100);
        let total: i128 = parts.iter().sum();
        let of_parts: i128 = parts.iter().map(|pico| cents(*pico)).sum();
        prop_assert!(2 * (of_parts - cents(total)).abs() <= i128::try_from(parts.len()).expect("few") + 1);
        let off = (cents(total) * PICO * NANO / 100 - total * rate).abs();
        prop_assert!(2 * off <= PICO * NANO / 100);
    }

    #[test]
    fn no_amount_is_too_large_to_be_shown(pico in any::<i128>(), rate in 1_000_i128..=RATE_MOST) {
        let pico = pico.clamp(-i128::MAX, i128::MAX);
        let shown = Shown { rate: PerUsd(rate), ..shown("EUR", "1") };
        let amount = Usd::from_pico(pico);
        prop_assert!(!shown.money(amount).is_empty() && !shown.rough(amount).is_empty() && shown.to_f64(amount).is_finite());
    }
}
