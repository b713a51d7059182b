//! How a project is, in one number. The colour never says it alone: the number stands beside it, and the reasons are
//! in its title and in what a screen reader says.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The score of a project, finished by the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HealthMark {
    /// `86`, or `no data`.
    pub score: String,
    /// The colour of its dot: `ok`, `warn`, `bad` or nothing.
    pub dot: String,
    /// What it rests on, in a sentence.
    pub reasons: String,
}

#[component]
pub fn HealthBadge(mark: HealthMark) -> impl IntoView {
    let HealthMark { score, dot, reasons } = mark;
    let title = reasons.clone();
    view! {
        <span class="health" title=title>
            <i class=format!("dot {dot}")></i><span class="unseen">"Health: "</span>{score}
            <span class="unseen">". "{reasons}</span>
        </span>
    }
    .into_any()
}

#[cfg(feature = "ssr")]
impl HealthMark {
    /// Marks a score; `None` while nothing is known that it could rest on.
    #[must_use]
    pub fn of(score: Option<u8>, health: &crate::model::Health) -> HealthMark {
        let Some(score) = score else {
            return HealthMark {
                score: "no data".to_owned(),
                dot: String::new(),
                reasons: "Nothing was measured, committed or promised yet".to_owned(),
            };
        };
        let (dot, word) = match score {
            80.. => ("ok", "good"),
            50.. => ("warn", "fair"),
            _ => ("bad", "poor"),
        };
        let reasons: Vec<String> =
            health.reasons.iter().map(|reason| format!("{} {}", signed(reason.points), reason.words)).collect();
        let reasons = if reasons.is_empty() { "nothing to deduct".to_owned() } else { reasons.join("; ") };
        HealthMark {
            score: score.to_string(),
            dot: dot.to_owned(),
            reasons: format!("{score} of 100, {word}: {reasons}"),
        }
    }
}

/// Writes points with their sign: `−20`, `+10`.
#[cfg(feature = "ssr")]
#[must_use]
pub fn signed(points: i32) -> String {
    let sign = if points < 0 { '\u{2212}' } else { '+' };
    format!("{sign}{}", points.unsigned_abs())
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::model::{Health, Reason};

    #[test]
    fn a_score_says_what_it_rests_on() {
        let reason = Reason { points: -20, words: "nothing has happened for 20 days".to_owned() };
        let poor = Health { score: 40, reasons: vec![reason], missing: Vec::new() };
        let mark = HealthMark::of(Some(40), &poor);
        assert_eq!((mark.score.as_str(), mark.dot.as_str()), ("40", "bad"));
        assert_eq!(mark.reasons, "40 of 100, poor: −20 nothing has happened for 20 days");
        for (score, dot) in [(50, "warn"), (79, "warn"), (80, "ok")] {
            assert_eq!(HealthMark::of(Some(score), &Health::default()).dot, dot);
        }
        assert_eq!(HealthMark::of(None, &poor).score, "no data");
    }
}
