//! How healthy a project is, in a number, a word and a bar.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A health score, formatted by the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HealthMark {
    /// `None` while nothing is known that a score could rest on.
    pub score: Option<u8>,
    /// `good`, `fair` or `poor`; `no data` without a score.
    pub word: String,
    /// What was deducted and given, in a sentence.
    pub reasons: String,
}

/// Where the words, and the colours of the bar, change.
const GOOD: u8 = 80;
const FAIR: u8 = 50;

#[cfg(feature = "ssr")]
impl HealthMark {
    #[must_use]
    pub fn of(score: Option<u8>, health: &crate::model::Health) -> HealthMark {
        let word = match score {
            None => "no data",
            Some(GOOD..) => "good",
            Some(FAIR..) => "fair",
            Some(_) => "poor",
        };
        let reasons: Vec<String> =
            health.reasons.iter().map(|reason| format!("{:+}: {}", reason.points, reason.words)).collect();
        let reasons = match (score, reasons.is_empty()) {
            (None, _) => "Nothing was measured, committed or promised that a score could rest on".to_owned(),
            (Some(_), true) => "Nothing is deducted".to_owned(),
            (Some(_), false) => reasons.join("; "),
        };
        HealthMark { score, word: word.to_owned(), reasons }
    }
}

#[component]
pub fn HealthBadge(mark: HealthMark) -> impl IntoView {
    let HealthMark { score, word, reasons } = mark;
    let bar = score.map(|score| {
        view! {
            <meter min="0" max="100" low=FAIR.to_string() high=GOOD.to_string() optimum="100" value=score.to_string() aria-hidden="true"></meter>
            <b>{score.to_string()}</b>" "
        }
    });
    view! { <span class="health" title=reasons.clone()>{bar}<span class="word">{word}</span><span class="unseen">{format!(". {reasons}.")}</span></span> }
        .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::model::{Health, Reason};

    #[test]
    fn a_score_has_a_word_and_its_reasons_and_none_is_no_zero() {
        let reason = |points, words: &str| Reason { points, words: words.to_owned() };
        let poor = vec![reason(-15, "coverage is low"), reason(10, "much is done")];
        for (score, reasons, word, said) in [
            (Some(80), Vec::new(), "good", "Nothing is deducted"),
            (Some(79), Vec::new(), "fair", "Nothing is deducted"),
            (Some(49), poor, "poor", "-15: coverage is low; +10: much is done"),
            (None, Vec::new(), "no data", "Nothing was measured, committed or promised that a score could rest on"),
        ] {
            let mark = HealthMark::of(score, &Health { reasons, ..Health::default() });
            assert_eq!((mark.score, mark.word.as_str(), mark.reasons.as_str()), (score, word, said));
        }
    }
}
