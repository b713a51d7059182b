use super::*;
use crate::model::{BudgetFile, Currency, CurrencyFile, PerUsd, Period, QuietHours, Scope, Usd};

fn choice(id: &str) -> Choice {
    Choice { id: id.to_owned(), label: id.to_owned() }
}

fn known() -> Known {
    Known {
        projects: vec![choice("shop"), choice("blog")],
        models: vec![choice("claude-opus-5-5")],
        sources: vec![choice("claude_code"), choice("manual")],
        clients: vec![choice("Acme")],
        zones: ["UTC", "Europe/Berlin"].map(str::to_owned).to_vec(),
        currencies: Vec::new(),
    }
}

fn form(fields: &[(&str, &str)]) -> Form {
    fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

/// Checks which fields are refused, with a part of what is said.
fn refused(section: Section, fields: &[(&str, &str)], expected: &[(&str, &str)]) {
    let said = check(section, &form(fields), &known());
    assert_eq!(
        said.iter().map(|problem| problem.field.as_str()).collect::<Vec<_>>(),
        expected.iter().map(|(field, _)| *field).collect::<Vec<_>>(),
        "{said:?}"
    );
    for (said, (_, part)) in said.iter().zip(expected) {
        assert!(said.message.contains(part), "{said:?} is not {part}");
    }
}

#[test]
fn what_the_files_say_comes_back_from_their_forms() {
    let file: BudgetFile = serde_json::from_str(
        r#"{"monthly": 250.5, "budgets": [
            {"id": "a", "scope": "global", "period": "week", "amount": 0.25},
            {"id": "b", "scope": {"model": "claude-opus-5-5"}, "period": {"days": 7}, "tokens": 5000, "name": "Opus"}]}"#,
    )
    .expect("parses");
    let (choices, problems) =
        read_budgets(&budgets_form(&file, Usd::parse_dollars("250.5").expect("an amount")), &known());
    assert_eq!((choices.monthly, choices.budgets, problems), (file.monthly, file.budgets, vec![]));
    let file: AlertsFile = serde_json::from_str(
        r#"{"globalThresholds": [{"percent": 82.5, "label": "Soon"}, {"percent": 100}], "perProjectLimits": {"shop": 3},
            "rules": {"spike": false}, "qualityDropPoints": 9, "escalateAfterHours": 4, "groupFrom": 6,
            "quietHours": {"from": "22:30", "to": "06:00", "criticalPasses": false}}"#,
    )
    .expect("parses");
    assert_eq!(read_alerts(&alerts_form(&file), &known(), file.clone()), (file, vec![]));
    let usual = AlertsFile::default();
    assert_eq!(read_alerts(&alerts_form(&usual), &known(), usual.clone()), (usual, vec![]));
    let (sync, problems) = read_sync(&sync_form(7, Some("UTC")), &known());
    assert_eq!((sync.interval_minutes, sync.timezone.as_deref(), problems), (7, Some("UTC"), vec![]));
    let file: CurrencyFile = serde_json::from_str(
        r#"{"currency": "EUR", "source": "https://example.com", "rates": [{"from": "2026-01-01", "perUsd": "0.9"},
            {"from": "2026-11-20", "perUsd": "0.92"}, {"from": "2026-11-20", "perUsd": "150", "currency": "JPY"}]}"#,
    )
    .expect("parses");
    assert_eq!(read_currency(&currency_form(&file), file.clone()), (file, vec![]));
    let source = SourceChoice { name: "manual".to_owned(), enabled: false, interval_minutes: Some(60) };
    assert_eq!(read_sources(&sources_form(std::slice::from_ref(&source)), &known()), (vec![source], vec![]));
}

#[test]
fn a_budget_that_cannot_be_meant_is_refused_at_its_field() {
    use Section::Budgets;
    refused(Budgets, &[("monthly", "")], &[]);
    refused(Budgets, &[("monthly", " $200.00 ")], &[]);
    for wrong in ["0", "-5", "1e30", "a lot", "3,5", "0.0000000001", "NaN"] {
        refused(Budgets, &[("monthly", wrong)], &[("monthly", "dollars")]);
    }
    let row = |of, period, days, unit, amount| {
        [
            ("budget-3-of", of),
            ("budget-3-period", period),
            ("budget-3-days", days),
            ("budget-3-unit", unit),
            ("budget-3-amount", amount),
        ]
    };
    refused(Budgets, &row("project:shop", "days", "30", "usd", "5"), &[]);
    refused(Budgets, &row("project:ghost", "month", "", "usd", "5"), &[("budget-3-of", "from the list")]);
    refused(Budgets, &row("team:x", "month", "", "usd", "5"), &[("budget-3-of", "from the list")]);
    refused(Budgets, &row("global", "days", "367", "usd", "5"), &[("budget-3-days", "1 to 366")]);
    refused(Budgets, &row("global", "year", "", "usd", "5"), &[("budget-3-period", "Choose month")]);
    refused(Budgets, &row("global", "week", "", "tokens", "1.5"), &[("budget-3-amount", "whole number of tokens")]);
    refused(Budgets, &row("global", "week", "", "usd", "0"), &[("budget-3-amount", "more than 0")]);
    refused(Budgets, &row("global", "week", "", "usd", ""), &[]);
}

#[test]
fn a_new_budget_gets_a_name_of_its_own_for_good() {
    let typed = form(&[
        ("budget-0-id", "shop"),
        ("budget-0-of", "project:shop"),
        ("budget-0-amount", "1"),
        ("budget-1-of", "project:shop"),
        ("budget-1-period", "week"),
        ("budget-1-amount", "2"),
        ("budget-2-of", "global"),
        ("budget-2-period", "day"),
        ("budget-2-amount", "3"),
    ]);
    let (choices, problems) = read_budgets(&typed, &known());
    assert_eq!(problems, vec![]);
    assert_eq!(choices.budgets.iter().map(|budget| budget.id.as_str()).collect::<Vec<_>>(), ["shop", "shop-2", "all"]);
    assert_eq!((choices.budgets[1].period, &choices.budgets[2].scope), (Period::Week, &Scope::Global));
}

#[test]
fn rules_that_cannot_be_meant_are_refused_at_their_field() {
    let check = |fields: &[(&str, &str)], expected: &[(&str, &str)]| {
        refused(Section::Alerts, &[&[("quality", "5")], fields].concat(), expected);
    };
    check(&[("threshold-0-percent", "75"), ("threshold-1-percent", "100 %"), ("threshold-2-percent", "")], &[]);
    for wrong in ["0", "0.5", "101", "-3", "x", "50.001"] {
        check(&[("threshold-0-percent", wrong)], &[("threshold-0-percent", "from 1 to 100")]);
    }
    check(
        &[("threshold-0-percent", "75"), ("threshold-4-percent", "75.0")],
        &[("threshold-4-percent", "Another threshold")],
    );
    check(&[("threshold-0-percent", ""), ("threshold-0-label", "x")], &[("threshold-0-percent", "from 1 to 100")]);
    let limit = |project, amount| [("limit-0-project", project), ("limit-0-amount", amount)];
    check(&limit("shop", "3"), &[]);
    check(&limit("", ""), &[]);
    check(&limit("ghost", "3"), &[("limit-0-project", "from the list")]);
    check(&limit("shop", "0"), &[("limit-0-amount", "more than 0")]);
    check(
        &[limit("shop", "1"), [("limit-1-project", "shop"), ("limit-1-amount", "2")]].concat(),
        &[("limit-1-project", "already")],
    );
    check(&[("quality", "101")], &[("quality", "1 to 100")]);
    check(&[("quiet", "on"), ("quiet-from", "22"), ("quiet-to", "07:00")], &[("quiet-from", "time of day")]);
    check(&[("quiet-from", "never")], &[]);
    let (file, _) = read_alerts(
        &form(&[("quiet", "on"), ("quiet-from", "22:00"), ("quiet-to", "07:00"), ("quality", "5")]),
        &known(),
        AlertsFile::default(),
    );
    assert!(matches!(file.quiet_hours, Some(QuietHours { critical_passes: false, .. })));
    assert!(!file.rules.spike, "a box that is not ticked is not sent");
}

#[test]
fn a_schedule_that_cannot_be_meant_is_refused_at_its_field() {
    for wrong in ["", "0", "1441", "15.5", "-1"] {
        refused(Section::Sync, &[("interval", wrong)], &[("interval", "1 to 1440")]);
    }
    refused(Section::Sync, &[("interval", "15"), ("timezone", "Mars/Olympus")], &[("timezone", "from the list")]);
    refused(Section::Sync, &[("interval", "1440"), ("timezone", " Europe/Berlin ")], &[]);
    refused(
        Section::Sources,
        &[("source-0-name", "acme"), ("source-0-interval", "0")],
        &[("source-0-name", "no such"), ("source-0-interval", "1 to 1440")],
    );
}

#[test]
fn rows_are_added_and_removed_without_touching_the_others() {
    let mut typed = form(&[("threshold-0-percent", "75"), ("threshold-2-percent", "90"), ("thresholds", "1")]);
    assert_eq!(typed.add_row("threshold", &["percent", "label"]), 3);
    typed.remove_row("threshold", 0);
    assert_eq!(typed.rows("threshold"), [2, 3]);
    assert_eq!((typed.text("threshold-2-percent"), typed.text("thresholds")), ("90", "1"));
}

#[test]
fn what_somebody_else_changed_is_said_in_words() {
    let before =
        form(&[("monthly", "200"), ("rule-spike", "on"), ("threshold-0-percent", "75"), ("threshold-1-percent", "90")]);
    let now = form(&[("monthly", "300"), ("threshold-0-percent", "90"), ("threshold-1-percent", "95")]);
    assert_eq!(
        changes(&before, &now),
        [
            "Monthly budget is now 300; it was 200.",
            "A day far dearer than usual: switched off.",
            "Threshold gone: 75.",
            "Threshold added: 95."
        ]
    );
    assert_eq!(changes(&now, &now), [""; 0]);
}

#[test]
fn a_rate_that_cannot_be_meant_is_refused_at_its_field() {
    use Section::Currency;
    let row = |currency, from, of, rate| {
        [("currency", currency), ("rate-2-from", from), ("rate-2-of", of), ("rate-2-usd", rate)]
    };
    refused(Currency, &[("currency", "USD")], &[]);
    refused(Currency, &row("EUR", "2026-11-20", "", "0.92"), &[]);
    refused(Currency, &row("USD", "2026-11-20", "eur", "0.92"), &[]);
    refused(Currency, &row("USD", "", "", ""), &[]);
    refused(Currency, &[("currency", "EUR")], &[("currency", "Add what one US dollar is in EUR")]);
    refused(Currency, &row("GBP", "2026-11-20", "EUR", "0.92"), &[("currency", "US dollar is in GBP")]);
    refused(Currency, &row("EURO", "2026-11-20", "EUR", "0.92"), &[("currency", "from the list")]);
    refused(Currency, &row("EUR", "20.11.2026", "", "0.92"), &[("rate-2-from", "such as 2026-11-20")]);
    refused(Currency, &row("EUR", "0026-11-20", "", "0.92"), &[("rate-2-from", "such as 2026-11-20")]);
    refused(Currency, &row("EUR", "2026-11-20", "", ""), &[("rate-2-usd", "such as 0.92")]);
    refused(Currency, &row("EUR", "2026-11-20", "", "0"), &[("rate-2-usd", "more than 0")]);
    refused(Currency, &row("EUR", "2026-11-20", "", "1e9"), &[("rate-2-usd", "No currency")]);
    refused(Currency, &row("EUR", "2026-11-20", "Mark", "0.92"), &[("rate-2-of", "such as EUR")]);
    refused(Currency, &row("USD", "2026-11-20", "", "1"), &[("rate-2-of", "needs no rate")]);
    let twice = [("rate-3-from", "2026-11-20"), ("rate-3-of", "EUR"), ("rate-3-usd", "0.93")];
    let both = [row("EUR", "2026-11-20", "", "0.92").as_slice(), &twice].concat();
    refused(Currency, &both, &[("rate-3-from", "Another rate has this day")]);
}

#[test]
fn a_rate_of_a_list_is_typed_in_and_what_was_typed_before_stays() {
    let (eur, day) = (Currency::parse("EUR").expect("one"), "2026-11-20".parse().expect("a date"));
    let rate = |text| PerUsd::parse(text).expect("a rate");
    let mut typed = form(&[("currency", "EUR"), ("rate-0-from", ""), ("rate-0-of", ""), ("rate-0-usd", "")]);
    assert!(add_rate(&mut typed, eur, day, rate("0.92")).ends_with("was added: save it."));
    assert_eq!((typed.rows("rate"), typed.text("rate-0-usd"), typed.text("rate-0-of")), (vec![0], "0.92", "EUR"));
    assert!(add_rate(&mut typed, eur, day, rate("0.92")).contains("has this rate already"));
    let said = add_rate(&mut typed, eur, day, rate("0.93"));
    assert_eq!(said, "2026-11-20 has the rate 0.92 already, and it stays; the list says 0.93 EUR.");
    assert_eq!(typed.text("rate-0-usd"), "0.92");
}
