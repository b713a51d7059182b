//! The demo's small files: spending noted by hand, and the choices of somebody who set Allclear up.
//!
//! Pure. The shapes are those the product reads (behaviours 2.3 and 2.5); must never hold a key or a real name.

use std::path::Path;

use chrono::{Days, NaiveDate};
use serde::Serialize;
use serde_json::json;

use super::calendar::{self, Tier};
use super::others;
use super::rng::Rng;

/// Apart from the days', which count from the year 1.
const LEDGER_STREAM: u64 = u64::MAX;
/// What was spent where no log saw it: project and occasion.
const NOTED: [(&str, &str); 15] = [
    ("storefront", "checkout-workshop"),
    ("storefront", "search-prototype"),
    ("storefront", "black-friday-copy"),
    ("storefront", "a11y-review"),
    ("billing-api", "invoice-parser-trial"),
    ("billing-api", "tax-rules-review"),
    ("billing-api", "load-test-analysis"),
    ("mobile", "store-screenshots"),
    ("mobile", "crash-triage"),
    ("mobile", "onboarding-copy"),
    ("docs-site", "translation-batch"),
    ("docs-site", "tutorial-drafts"),
    ("infra", "runbook-rewrite"),
    ("infra", "incident-review"),
    ("proj-07", "data-cleaning"),
];

/// The earlier system's `tokens.json`.
#[derive(Serialize)]
struct Ledger {
    budget: Budget,
    entries: Vec<Entry>,
}

#[derive(Serialize)]
struct Budget {
    monthly: u32,
    currency: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    date: NaiveDate,
    project: &'static str,
    session: &'static str,
    tokens_in: u64,
    tokens_out: u64,
    cost: f64,
    model: &'static str,
}

/// Returns `tokens.json`: entries by hand, oldest first, none of them today or later.
pub(super) fn tokens(today: NaiveDate, seed: u64) -> String {
    let mut rng = Rng::new(seed, LEDGER_STREAM);
    let mut entries: Vec<Entry> = NOTED.iter().map(|noted| entry(*noted, today, &mut rng)).collect();
    entries.sort_by_key(|entry| entry.date);
    pretty(&Ledger { budget: Budget { monthly: 400, currency: "USD" }, entries })
}

fn entry((project, session): (&'static str, &'static str), today: NaiveDate, rng: &mut Rng) -> Entry {
    let date = today.checked_sub_days(Days::new(rng.between(1, 300))).unwrap_or(today);
    let tier = rng.pick(&[(Tier::Opus, 2), (Tier::Sonnet, 3)]);
    let (tokens_in, tokens_out) = (rng.between(120_000, 2_400_000), rng.between(6_000, 90_000));
    // About what such a session costs, in cents: a person read it off a bill.
    let cents = u32::try_from(tokens_in / 9_000 + tokens_out / 500).unwrap_or(u32::MAX);
    let (model, _) = calendar::model(tier, date, rng);
    Entry { date, project, session, tokens_in, tokens_out, cost: f64::from(cents) / 100.0, model }
}

/// Returns `config/sync.json`.
pub(super) fn sync_config() -> String {
    pretty(&json!({ "intervalMinutes": 15, "enabled": true }))
}

/// Returns `config/sources.json`: the logs are read from the demo folder, never from the home of whoever tries it.
pub(super) fn sources_config(logs: &str, folder: &Path) -> String {
    let root = |name: &str| json!({ "roots": [folder.join(name)] });
    let [codex, gemini] = others::FOLDERS.map(root);
    pretty(&json!({ "claude_code": { "roots": [logs] }, "codex": codex, "gemini": gemini, "opencode": root("opencode"),
        "copilot": root("copilot"), "qwen": root("qwen"), "cline": root("cline"), "roo": root("roo") }))
}

/// Returns the marker by which a later run knows the folder as its own.
pub(super) fn marker(today: NaiveDate, seed: u64) -> String {
    pretty(&json!({ "madeBy": "allclear demo", "seed": seed, "through": today }))
}

/// Returns `budget.json`: some more than what an ordinary month of the demo costs.
pub(super) fn budget_config() -> String {
    pretty(&json!({ "monthly": 400, "currency": "USD" }))
}

pub(super) fn pretty(document: &impl Serialize) -> String {
    let json = serde_json::to_string_pretty(document).expect("strings and numbers always serialise");
    json + "\n"
}
