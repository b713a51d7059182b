use chrono::NaiveDate;

use super::*;
use crate::config::{ConfigStore, Environment};

fn projects() -> Vec<Project> {
    let mut shop = Project::new("storefront".to_owned(), None, NaiveDate::default());
    shop.choices.name = "Shop".to_owned();
    vec![shop]
}

fn config(budget: &str, alerts: &str) -> Config {
    let folder = tempfile::tempdir().expect("a folder");
    for (file, text) in [("budget.json", budget), (ALERTS_FILE, alerts)] {
        std::fs::create_dir_all(folder.path().join("config")).expect("makes the folder");
        std::fs::write(folder.path().join("config").join(file), text).expect("writes");
    }
    let environment = Environment {
        data_dir: folder.path().to_owned(),
        addr: "127.0.0.1:0".parse().expect("an address"),
        allowed_hosts: Vec::new(),
        trusted_proxies: Vec::new(),
        zone: None,
        working_folder: None,
    };
    let store = ConfigStore::load(environment).expect("loads");
    assert_eq!(store.problems(), Vec::new());
    Config::clone(&store.current())
}

#[test]
fn budgets_are_called_what_people_call_them_and_a_name_stands_for_its_project() {
    let budget = r#"{"budgets": [
        {"id": "a", "scope": {"project": "storefront"}, "period": "week", "amount": 1},
        {"id": "b", "scope": {"project": "Shop"}, "amount": 1},
        {"id": "c", "scope": {"model": "claude-opus-4-5-20251101"}, "amount": 1},
        {"id": "d", "scope": {"source": "anthropic"}, "amount": 1},
        {"id": "e", "scope": {"client": "Acme"}, "amount": 1, "name": "The customer"}]}"#;
    let all = named(config(budget, r#"{"perProjectLimits": {"ghost": 3}}"#).budgets(), &projects());
    let found: Vec<(&str, &str)> =
        all.others.iter().map(|budget| (budget.scope.value(), budget.name.as_deref().unwrap_or_default())).collect();
    assert_eq!(
        found,
        [
            ("storefront", "Shop"),
            ("storefront", "Shop"),
            ("claude-opus-4-5-20251101", "Opus 4.5"),
            ("anthropic", "Anthropic API"),
            ("Acme", "The customer"),
            ("ghost", "ghost"),
        ]
    );
}

#[test]
fn a_project_nobody_knows_is_a_note_and_no_refusal() {
    let budget = r#"{"monthly": 5, "budgets": [{"id": "a", "scope": {"project": "gone"}, "amount": 1}]}"#;
    let alerts = r#"{"globalBudget": 9, "perProjectLimits": {"ghost": 3, "Shop": 4}}"#;
    let found = config(budget, alerts);
    let said: Vec<String> =
        unknown_projects(&found, &projects()).iter().map(|note| format!("{}: {}", note.path(), note.message)).collect();
    assert_eq!(
        said,
        [
            "data/config/alerts.json: perProjectLimits.ghost: there is no such project yet",
            "data/config/budget.json: budgets[0].scope: there is no project \"gone\" yet",
        ]
    );
    assert_eq!(found.notes().len(), 1, "and the amount that yields");
}
