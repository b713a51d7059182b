//! `budget.json` and `alerts.json`: what they must hold, in words that name the field.

use std::collections::BTreeSet;

use super::files::Validate;
use crate::model::{AlertsFile, BudgetFile, GLOBAL_BUDGET, NamedBudget, Percent, Period, Scope, Usd};
use crate::sources::Source;

pub const ALERTS_FILE: &str = "alerts.json";
/// A rolling budget is no longer than the year that is kept in memory.
const DAYS_MAX: u32 = 366;
const ID_MAX: usize = 64;
/// A year of hours: who wants to wait longer wants never.
const HOURS_MAX: u32 = 8_760;
const LABEL_MAX: usize = 40;

impl Validate for AlertsFile {
    fn validate(&self) -> Result<(), String> {
        let wrong = problems(self);
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ")) }
    }

    fn problems(&self) -> Vec<String> {
        problems(self)
    }
}

fn problems(file: &AlertsFile) -> Vec<String> {
    let mut wrong = Vec::new();
    if let Some(budget) = file.global_budget {
        wrong.extend(positive("globalBudget", budget));
    }
    let mut seen: BTreeSet<Percent> = BTreeSet::new();
    for (number, threshold) in file.global_thresholds.iter().enumerate() {
        let (field, percent) = (format!("globalThresholds[{number}]"), threshold.percent);
        if percent.hundredths() <= 0 || percent.hundredths() > 10_000 {
            wrong.push(format!("{field}.percent is {percent}; choose more than 0 and at most 100"));
        } else if !seen.insert(percent) {
            wrong.push(format!("{field}.percent is {percent}, which another threshold has already; remove one"));
        }
        if threshold.label.as_ref().is_some_and(|label| !is_line(label, LABEL_MAX)) {
            wrong.push(format!("{field}.label must be a line of 1 to {LABEL_MAX} characters"));
        }
    }
    for (project, limit) in &file.per_project_limits {
        wrong.extend(positive(&format!("perProjectLimits.{project}"), *limit));
        if !is_line(project, ID_MAX * 2) {
            wrong.push("perProjectLimits has a limit without a project; write the project's id".to_owned());
        }
    }
    if !(1..=100).contains(&file.quality_drop_points) {
        wrong.push(format!("qualityDropPoints is {}; choose 1 to 100", file.quality_drop_points));
    }
    if let Some(hours) = file.escalate_after_hours
        && !(1..=HOURS_MAX).contains(&hours)
    {
        wrong.push(format!("escalateAfterHours is {hours}; choose 1 to {HOURS_MAX}, or null for never"));
    }
    if file.group_from < 2 {
        wrong.push(format!("groupFrom is {}; choose 2 or more", file.group_from));
    }
    wrong
}

fn positive(field: &str, amount: Usd) -> Option<String> {
    (amount <= Usd::ZERO).then(|| format!("{field} is {}; write more than 0 dollars", amount.to_f64()))
}

fn is_line(text: &str, max: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= max && !text.chars().any(char::is_control)
}

impl Validate for BudgetFile {
    fn validate(&self) -> Result<(), String> {
        if self.monthly.is_some_and(|monthly| monthly <= Usd::ZERO) {
            return Err("monthly must be more than 0; write the dollars of a month, such as 200".to_owned());
        }
        if self.currency != "USD" {
            return Err(format!("currency is \"{}\"; providers bill in USD, so write \"USD\"", self.currency));
        }
        let mut seen = BTreeSet::new();
        for (number, budget) in self.budgets.iter().enumerate() {
            let field = format!("budgets[{number}]");
            check(budget).map_err(|(name, message)| format!("{field}.{name} {message}"))?;
            if !seen.insert(&budget.id) {
                return Err(format!("{field}.id is \"{}\", which another budget has already", budget.id));
            }
        }
        Ok(())
    }
}

/// Returns the field that is wrong, and why.
fn check(budget: &NamedBudget) -> Result<(), (&'static str, String)> {
    let id = &budget.id;
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    if id.is_empty() || id.len() > ID_MAX || !id.chars().all(plain) {
        let remedy = format!("write 1 to {ID_MAX} letters, digits, \"-\", \"_\" or \".\"");
        return Err(("id", format!("is \"{id}\"; {remedy}")));
    }
    if id == GLOBAL_BUDGET {
        return Err(("id", format!("is \"{GLOBAL_BUDGET}\", which is the one of \"monthly\"; choose another")));
    }
    if budget.scope != Scope::Global && !is_line(budget.scope.value(), 200) {
        return Err(("scope", "names nothing; write such as {\"project\": \"storefront\"}".to_owned()));
    }
    if let Scope::Source(name) = &budget.scope
        && Source::parse(name).is_none()
    {
        return Err(("scope", format!("there is no source \"{name}\"; the sources are {}", Source::names())));
    }
    if let Period::Days(days) = budget.period
        && !(1..=DAYS_MAX).contains(&days)
    {
        return Err(("period", format!("is of {days} days; choose 1 to {DAYS_MAX}")));
    }
    match (budget.amount, budget.tokens) {
        (Some(amount), None) if amount > Usd::ZERO => Ok(()),
        (None, Some(tokens)) if tokens > 0 => Ok(()),
        (Some(amount), None) => Err(("amount", format!("is {}; write more than 0 dollars", amount.to_f64()))),
        (None, Some(_)) => Err(("tokens", "is 0; write more than 0 tokens".to_owned())),
        (Some(_), Some(_)) => Err(("tokens", "stands beside amount; write one of the two".to_owned())),
        (None, None) => Err(("amount", "is missing; write dollars, or \"tokens\" instead".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{files, parse_choices};

    fn check_alerts(json: &str, expected: &[&str]) {
        match parse_choices::<AlertsFile>(json) {
            Ok(_) => assert!(expected.is_empty(), "{json} is taken"),
            Err(said) => {
                assert_eq!(said.len(), expected.len(), "{said:?}");
                for (said, expected) in said.iter().zip(expected) {
                    assert!(said.contains(expected), "{said} is not {expected}");
                }
            }
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused_by_its_field() {
        check_alerts("{}", &[]);
        check_alerts(r#"{"globalBudget": 0.01, "globalThresholds": [], "perProjectLimits": {"shop": 1}}"#, &[]);
        check_alerts(r#"{"globalThresholds": [{"percent": 100}, {"percent": 82.5, "label": "Soon"}]}"#, &[]);
        check_alerts(
            r#"{"globalBudget": 0, "perProjectLimits": {"shop": -1, "": 3}}"#,
            &["globalBudget is 0", "has a limit without a project", "perProjectLimits.shop is -1; write more than 0"],
        );
        check_alerts(
            r#"{"globalThresholds": [{"percent": 75}, {"percent": 75.0}, {"percent": 120}, {"percent": 0}, {"percent": 9, "label": ""}]}"#,
            &[
                "globalThresholds[1].percent is 75, which another",
                "globalThresholds[2].percent is 120; choose more than 0 and at most 100",
                "globalThresholds[3].percent is 0",
                "globalThresholds[4].label",
            ],
        );
        check_alerts(r#"{"globalBudget": "200"}"#, &["globalBudget: invalid type: string \"200\", expected a number"]);
        check_alerts(r#"{"globalThresholds": [{"percent": "x"}]}"#, &["globalThresholds[0].percent: invalid type"]);
        check_alerts(r#"{"perProjectLimits": {"shop": true}}"#, &["perProjectLimits.shop: invalid type: boolean"]);
        check_alerts(r#"{"budget": 3}"#, &["unknown field `budget`"]);
        check_alerts(r#"{"rules": {"spikes": true}}"#, &["rules.spikes: unknown field `spikes`"]);
        check_alerts(
            r#"{"quietHours": {"from": "22", "to": "07:00"}}"#,
            &["quietHours.from: \"22\" is no time of day"],
        );
        check_alerts(
            r#"{"groupFrom": 1, "escalateAfterHours": 0, "qualityDropPoints": 101}"#,
            &["quality", "escal", "groupFrom"],
        );
    }

    #[test]
    fn a_budget_that_cannot_be_meant_is_refused_by_its_field() {
        let check = |json: &str| files::parse::<BudgetFile>(json).and_then(|file| file.validate().map(|()| file));
        let one = |rest: &str| check(&format!(r#"{{"budgets": [{{"id": "a", {rest}}}]}}"#));
        assert!(check(r#"{"monthly": 200, "currency": "USD"}"#).is_ok(), "the earlier shape");
        assert!(one(r#""scope": "global", "period": {"days": 30}, "tokens": 5"#).is_ok());
        for (json, part) in [
            (r#"{"monthly": 0}"#, "monthly must be more than 0"),
            (r#"{"monthly": -1}"#, "monthly must be more than 0"),
            (r#"{"currency": "EUR"}"#, "currency is \"EUR\""),
            (r#"{"budgets": [{"id": "global", "scope": "global", "amount": 1}]}"#, "budgets[0].id is \"global\""),
            (r#"{"budgets": [{"id": "a b", "scope": "global", "amount": 1}]}"#, "budgets[0].id is \"a b\""),
            (
                r#"{"budgets": [{"id": "a", "scope": "global", "amount": 1}, {"id": "a", "scope": "global", "amount": 2}]}"#,
                "budgets[1].id is \"a\", which another",
            ),
        ] {
            assert!(check(json).expect_err("is refused").contains(part), "{json}");
        }
        for (rest, part) in [
            (r#""scope": {"team": "x"}, "amount": 1"#, "budgets[0].scope"),
            (r#""scope": {"project": " "}, "amount": 1"#, "budgets[0].scope names nothing"),
            (r#""scope": {"source": "acme"}, "amount": 1"#, "the sources are claude_code"),
            (r#""scope": "global", "amount": 0"#, "budgets[0].amount is 0"),
            (r#""scope": "global", "tokens": 0"#, "budgets[0].tokens is 0"),
            (r#""scope": "global""#, "budgets[0].amount is missing"),
            (r#""scope": "global", "amount": 1, "tokens": 1"#, "write one of the two"),
            (r#""scope": "global", "period": {"days": 0}, "amount": 1"#, "budgets[0].period is of 0 days"),
            (r#""scope": "global", "period": "year", "amount": 1"#, "budgets[0].period: unknown variant `year`"),
        ] {
            let said = one(rest).expect_err("is refused");
            assert!(said.contains(part), "{said}");
        }
    }

    #[test]
    fn one_of_two_amounts_holds_and_the_other_is_named() {
        let budgets = |budget: &str, alerts: &str| {
            let file: BudgetFile = files::parse(budget).expect("parses");
            let alerts: AlertsFile = files::parse(alerts).expect("parses");
            let all = crate::model::Budgets::of(&file, &alerts);
            (all.monthly.to_f64(), all.others.len(), crate::model::Budgets::yielding(&file, &alerts))
        };
        assert_eq!(budgets("{}", "{}"), (200.0, 0, vec![]));
        assert_eq!(budgets("{}", r#"{"globalBudget": 90}"#), (90.0, 0, vec![]));
        let (monthly, _, yields) = budgets(r#"{"monthly": 300}"#, r#"{"globalBudget": 90}"#);
        assert_eq!(monthly, 300.0);
        assert_eq!(yields, ["globalBudget ($90) is not used: budget.json has the monthly budget ($300)"]);
        let own = r#"{"budgets": [{"id": "a", "scope": {"project": "shop"}, "amount": 5}]}"#;
        let (_, others, yields) = budgets(own, r#"{"perProjectLimits": {"shop": 3, "blog": 4}}"#);
        assert_eq!((others, yields.len()), (2, 1), "{yields:?}");
    }
}
