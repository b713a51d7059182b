use super::*;

fn told(imported: &Imported) -> Vec<(String, String, String, u64, Option<Usd>)> {
    let row = |row: &Row| (row.date.to_string(), row.project.clone(), row.model.clone(), row.tokens.total(), row.cost);
    imported.rows.iter().map(row).collect()
}

#[test]
fn ccusage_tells_of_days_and_their_models() {
    let text = r#"{"daily": [
        {"date": "2026-02-03", "inputTokens": 10, "outputTokens": 20, "cacheCreationTokens": 3, "cacheReadTokens": 4,
         "totalTokens": 37, "totalCost": 1.5, "modelsUsed": ["claude-opus-4-5", "claude-haiku-4-5"], "modelBreakdowns": [
            {"modelName": "claude-opus-4-5", "inputTokens": 9, "outputTokens": 20, "cacheCreationTokens": 3, "cacheReadTokens": 4, "cost": 1.25},
            {"modelName": "claude-haiku-4-5", "inputTokens": 1, "outputTokens": 0, "cacheCreationTokens": 0, "cacheReadTokens": 0, "cost": 0.25}]},
        {"date": "2026-02-04", "inputTokens": 5, "outputTokens": 0, "totalCost": 0.5, "modelsUsed": ["claude-opus-4-5"]},
        {"date": "someday", "inputTokens": 5}, {"inputTokens": -5}, 7],
        "totals": {"totalCost": 2.0}}"#;
    let imported = ccusage(text).expect("is read");
    let day = |date: &str, model: &str, tokens, cost| {
        (date.to_owned(), String::new(), model.to_owned(), tokens, Usd::from_f64(cost))
    };
    assert_eq!(
        told(&imported),
        [
            day("2026-02-03", "claude-opus-4-5", 36, 1.25),
            day("2026-02-03", "claude-haiku-4-5", 1, 0.25),
            day("2026-02-04", "claude-opus-4-5", 5, 0.5),
        ]
    );
    assert_eq!(imported.bad.count, 3);
    assert!(imported.bad.examples[0].starts_with("entry 3:"), "{:?}", imported.bad);
}

#[test]
fn ccusage_tells_of_sessions_and_of_projects() {
    let sessions = r#"{"sessions": [{"sessionId": "s1", "projectPath": "shop", "lastActivity": "2026-02-03", "inputTokens": 1, "totalCost": 0.1}]}"#;
    assert_eq!(ccusage(sessions).expect("is read").rows[0].session, "s1");
    let projects = r#"{"projects": {"shop": [{"date": "2026-02-03", "inputTokens": 1, "totalCost": 0.1}]}}"#;
    assert_eq!(ccusage(projects).expect("is read").rows[0].project, "shop");
    assert!(ccusage("{}").is_err_and(|said| said.contains("ccusage daily --json")));
}

#[test]
fn csv_is_read_by_the_columns_its_owner_names() {
    let mut columns = Columns::default();
    columns.map("Tag=date").expect("is a field");
    columns.map("USD=cost").expect("is a field");
    let text = "Tag,Model,USD,Tokens In,tokens_out\n2026-02-03,opus,\"$1,200.50\",\"1,000\",5\n03.02.2026,opus,1,1,1\n2026-02-04,opus,x,1,1\n2026-02-05,opus,,0,0\n";
    let imported = csv(text, &columns).expect("is read");
    assert_eq!(
        told(&imported),
        [("2026-02-03".to_owned(), String::new(), "opus".to_owned(), 1005, Usd::from_f64(1200.5))]
    );
    assert_eq!(imported.bad.count, 3);
    assert!(imported.bad.examples[0].starts_with("line 3: \"03.02.2026\" is no date"), "{:?}", imported.bad);
}

#[test]
fn a_comma_that_is_no_thousands_separator_is_no_guess() {
    let cost = |text: &str| {
        let imported = csv(&format!("date,cost\n2026-02-03,\"{text}\"\n"), &Columns::default()).expect("is read");
        imported.rows.first().and_then(|row| row.cost).ok_or_else(|| imported.bad.examples.join(""))
    };
    for (text, dollars) in [("12.50", 12.5), ("1,250", 1250.0), ("$123,456.5", 123_456.5), ("1e-2", 0.01), ("7", 7.0)] {
        assert_eq!(cost(text).ok(), Usd::from_f64(dollars), "{text}");
    }
    for text in
        ["12,50", "1,25", "12,5000", "1.250,00", ",5", "1,,250", "1234,567", "12 50", "1,250.", "NaN", "inf", "x"]
    {
        let told = cost(text).expect_err(text);
        assert!(told.contains(&format!("\"{text}\" is no amount of dollars")), "{told}");
    }
    let counts = csv("date,input\n2026-02-03,\"1,000\"\n2026-02-03,\"1,5\"\n2026-02-03,1_000\n", &Columns::default());
    let counts = counts.expect("is read");
    assert_eq!((counts.rows.len(), counts.bad.count), (2, 1), "{:?}", counts.bad);
}

#[test]
fn two_columns_of_one_meaning_are_asked_about() {
    let text = "date,Cost,amount,input\n2026-02-03,1,2,3\n";
    let told = csv(text, &Columns::default()).expect_err("which one?");
    assert!(told.contains("Cost, amount all mean the cost") && told.contains("--map \"Cost=cost\""), "{told}");
    let mut columns = Columns::default();
    columns.map("amount=cost").expect("is a field");
    assert_eq!(csv(text, &columns).expect("is read").rows[0].cost, Usd::from_f64(2.0));
}

#[test]
fn a_cost_of_nothing_beside_tokens_is_no_price() {
    let imported = csv("date,input,cost\n2026-02-03,1000,0\n2026-02-03,0,1\n", &Columns::default()).expect("is read");
    let events = imported.events("x");
    assert_eq!((events[0].cost, events[0].basis), (None, Basis::Unpriced), "the judge may know one");
    assert_eq!((events[1].cost, events[1].basis), (Usd::from_f64(1.0), Basis::Reported));
}

#[test]
fn csv_without_a_date_or_a_number_says_how_to_name_them() {
    let none = Columns::default();
    assert!(
        csv("a,b\n1,2\n", &none).is_err_and(|said| said.contains("the columns are a, b") && said.contains("--map"))
    );
    let mut columns = Columns::default();
    columns.map("nowhere=model").expect("is a field");
    assert!(csv("date,cost\n", &columns).is_err_and(|said| said.contains("no column \"nowhere\"")));
    assert!(columns.map("a=colour").is_err_and(|said| said.contains("the fields are date, model")));
    assert!(columns.map("a").is_err_and(|said| said.contains("COLUMN=FIELD")));
}

#[test]
fn an_earlier_systems_entries_are_read_and_equal_ones_stay_two() {
    let text = r#"{"budget": {"monthly": 200}, "entries": [
        {"date": "2026-02-03", "project": "shop", "session": "s", "tokensIn": 1, "tokensOut": 2, "cost": 3.5, "model": "m"},
        {"date": "2026-02-03", "project": "shop", "session": "s", "tokensIn": 1, "tokensOut": 2, "cost": 3.5, "model": "m"},
        {"date": "2026-02-03", "cost": -1}]}"#;
    let imported = folder(text).expect("is read");
    assert_eq!((imported.rows.len(), imported.bad.count), (2, 1));
    let events = imported.events("old");
    assert_ne!(events[0].key, events[1].key);
    assert!(events.iter().all(|event| event.key.starts_with(&prefix("old"))));
    let again = folder(text).expect("is read").events("old");
    assert_eq!(events, again, "the same file gives the same facts");
    assert!(folder("{}").is_err());
}
