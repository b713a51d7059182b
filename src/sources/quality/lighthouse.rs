//! Lighthouse reports: `lighthouse-report.json`, and the `lhr-*.json` of Lighthouse CI.
//!
//! <https://github.com/GoogleChrome/lighthouse/blob/main/docs/understanding-results.md>

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::model::Lighthouse;

/// A report, parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LighthouseReport {
    pub scores: Lighthouse,
    pub made: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    categories: Categories,
    fetch_time: Option<String>,
    runtime_error: Option<RuntimeError>,
}

#[derive(Deserialize)]
struct Categories {
    performance: Option<Category>,
    accessibility: Option<Category>,
    #[serde(rename = "best-practices")]
    best_practices: Option<Category>,
    seo: Option<Category>,
}

#[derive(Deserialize)]
struct Category {
    score: Option<f64>,
}

#[derive(Deserialize)]
struct RuntimeError {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

/// Reads the report.
///
/// # Errors
/// When it is not the documented JSON, the page could not be loaded, or there is no score in it.
pub fn parse(bytes: &[u8]) -> Result<LighthouseReport, String> {
    let report: Report = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if let Some(RuntimeError { code, message }) = report.runtime_error.filter(|error| error.code != "NO_ERROR") {
        return Err(format!("Lighthouse could not load the page: {code} {message}").trim_end().to_owned());
    }
    let categories = report.categories;
    let scores = Lighthouse {
        performance: score(categories.performance)?,
        accessibility: score(categories.accessibility)?,
        best_practices: score(categories.best_practices)?,
        seo: score(categories.seo)?,
    };
    if scores == Lighthouse::default() {
        return Err("it has no score".to_owned());
    }
    let made = report.fetch_time.and_then(|text| DateTime::parse_from_rfc3339(&text).ok());
    Ok(LighthouseReport { scores, made: made.map(|at| at.to_utc()) })
}

/// Turns 0.0 to 1.0 into 0 to 100.
fn score(category: Option<Category>) -> Result<Option<u8>, String> {
    let Some(score) = category.and_then(|category| category.score) else { return Ok(None) };
    // The nearest whole number, a half rounded up, found without a cast.
    (0..=100_u8)
        .rev()
        .find(|whole| (score * 100.0 - f64::from(*whole)).abs() <= 0.5)
        .filter(|_| (0.0..=1.0).contains(&score))
        .map(Some)
        .ok_or_else(|| format!("the score {score} is not between 0 and 1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_whole_and_a_category_that_was_not_run_has_none() {
        let report = parse(include_bytes!("fixtures/lighthouse-report.json")).expect("parses");
        let Lighthouse { performance, accessibility, best_practices, seo } = report.scores;
        assert_eq!((performance, accessibility, best_practices, seo), (Some(100), Some(84), Some(93), Some(82)));
        assert_eq!(report.made.map(|at| at.date_naive().to_string()).as_deref(), Some("2026-11-21"));
        let some = parse(br#"{"categories":{"performance":{"score":0.855},"seo":{"score":null}}}"#).expect("parses");
        assert_eq!((some.scores.performance, some.scores.seo), (Some(86), None));
        let zero = parse(br#"{"categories":{"performance":{"score":0}}}"#).expect("parses");
        assert_eq!(zero.scores.performance, Some(0), "the worst page is a number");
    }

    #[test]
    fn what_has_no_score_is_refused() {
        let error = |text: &str| parse(text.as_bytes()).expect_err("is refused");
        assert_eq!(error(r#"{"categories":{"performance":{"score":null}}}"#), "it has no score");
        assert_eq!(error(r#"{"categories":{"performance":{"score":91}}}"#), "the score 91 is not between 0 and 1");
        assert!(error("{}").contains("categories"));
        let failed = r#"{"categories":{},"runtimeError":{"code":"NO_FCP","message":"The page did not paint."}}"#;
        assert_eq!(error(failed), "Lighthouse could not load the page: NO_FCP The page did not paint.");
    }
}
