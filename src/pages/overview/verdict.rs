//! Whether all is clear, and if not what needs the reader: each thing once, with the page that helps. Pure.

use super::{Verdict, VerdictItem};
use crate::analytics::budget_sentences;
use crate::model::{
    ActiveAlert, AlertType, Freshness, FreshnessState, Provider, RunStatus, Scope, Shown, Unpriced, WindowStats,
    compact,
};
use crate::pages::shares::named;
use crate::sync::Snapshot;

pub(super) fn verdict(snapshot: &Snapshot, stats: &WindowStats, shown: Shown) -> Verdict {
    let mut items = Vec::new();
    for problem in &snapshot.problems {
        items.push(item(format!("{} could not be used", problem.path()), &problem.message, "/sync"));
    }
    items.extend(alerts(&snapshot.alerts));
    items.extend(sources(snapshot));
    if items.is_empty()
        && let Some(run) = snapshot.runs.first().filter(|run| matches!(run.status, RunStatus::Error | RunStatus::Partial))
        // What failed may be in somebody's hands.
        && snapshot.alerts.iter().all(|alert| alert.alert.kind != AlertType::StaleSource)
    {
        items.push(item("The last sync failed".to_owned(), run.error.as_deref().unwrap_or_default(), "/sync"));
    }
    items.extend(unpriced(&stats.unpriced, &snapshot.alerts));
    let budgets = if snapshot.has_data { budget_sentences(&snapshot.analytics.budgets, shown) } else { Vec::new() };
    Verdict { headline: headline(snapshot, items.len()), items, budgets }
}

fn item(text: String, detail: &str, href: &str) -> VerdictItem {
    VerdictItem { text, detail: detail.to_owned(), href: href.to_owned() }
}

/// What waits for somebody, without what the sources and prices say themselves.
fn alerts(alerts: &[ActiveAlert]) -> impl Iterator<Item = VerdictItem> {
    let waiting = ActiveAlert::waiting(alerts).map(|active| &active.alert);
    let own = waiting.filter(|alert| !matches!(alert.kind, AlertType::StaleSource | AlertType::UnpricedModel));
    own.map(|alert| item(alert.message.clone(), &alert.detail, &alert.href))
}

fn sources(snapshot: &Snapshot) -> Vec<VerdictItem> {
    let one = |source: &Freshness| {
        if in_hand(&snapshot.alerts, AlertType::StaleSource, &Scope::Source(source.source.clone())) {
            return None;
        }
        match source.status {
            FreshnessState::Failing => {
                Some(item(format!("{} could not be read", source.label), &source.message, "/sources"))
            }
            FreshnessState::Unauthorised => {
                Some(item(refused_key(source), "Nothing is read from it until it has another", "/sources"))
            }
            FreshnessState::Late => {
                let be = if source.label.ends_with('s') { "are" } else { "is" };
                Some(item(format!("{} {be} late", source.label), &source.message, "/sources"))
            }
            FreshnessState::Current | FreshnessState::RateLimited | FreshnessState::Skipped | FreshnessState::Never => {
                None
            }
        }
    };
    snapshot.analytics.freshness.iter().filter_map(one).collect()
}

fn unpriced(unpriced: &Unpriced, alerts: &[ActiveAlert]) -> Option<VerdictItem> {
    let waits = |model: &String| !in_hand(alerts, AlertType::UnpricedModel, &Scope::Model(model.clone()));
    if !unpriced.models.iter().any(waits) {
        return None;
    }
    let models = unpriced.models.len();
    let (what, have) = if models == 1 { ("model", "has") } else { ("models", "have") };
    let tokens = compact(unpriced.tokens_in + unpriced.tokens_out);
    Some(item(
        format!("{models} {what} {have} no price"),
        &format!("{tokens} tokens of {} are not in the totals", named(&unpriced.models)),
        "/prices",
    ))
}

/// Whether somebody has acknowledged it, or put it off.
fn in_hand(alerts: &[ActiveAlert], kind: AlertType, scope: &Scope) -> bool {
    alerts.iter().any(|active| (active.alert.kind, &active.alert.scope) == (kind, scope) && !active.needs_attention())
}

/// `Anthropic refuses its key`: the provider, not its interface.
fn refused_key(source: &Freshness) -> String {
    let provider = Provider::ALL.into_iter().find(|provider| provider.name() == source.source);
    format!("{} refuses its key", provider.map_or(source.label.as_str(), |provider| provider.label()))
}

fn headline(snapshot: &Snapshot, items: usize) -> String {
    let current = snapshot.analytics.freshness.iter().filter(|source| source.status == FreshnessState::Current).count();
    match (items, snapshot.alerts.len()) {
        (0, 0) if !snapshot.has_data => "Nothing to show yet.".to_owned(),
        (0, 0) => format!("All clear: {current} source{} current.", if current == 1 { "" } else { "s" }),
        // Not all is clear, but somebody knows.
        (0, _) => "Nothing new needs you.".to_owned(),
        (1, _) => "1 thing needs you.".to_owned(),
        (more, _) => format!("{more} things need you."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Alert, AlertState};

    fn snapshot(alerts: Vec<ActiveAlert>) -> Snapshot {
        let source = Freshness {
            source: "anthropic".to_owned(),
            label: "Anthropic API".to_owned(),
            status: FreshnessState::Failing,
            message: "why".to_owned(),
            ..Freshness::default()
        };
        let mut snapshot = Snapshot::blank("2026-11-21".parse().expect("a date"));
        snapshot.has_data = true;
        snapshot.alerts = alerts.into();
        snapshot.analytics.freshness = vec![source];
        snapshot
    }

    fn active(kind: AlertType, scope: Scope, message: &str, state: AlertState) -> ActiveAlert {
        let alert = Alert { kind, scope, message: message.to_owned(), href: "/tokens".to_owned(), ..Alert::default() };
        ActiveAlert { alert, state, ..ActiveAlert::default() }
    }

    fn check(alerts: Vec<ActiveAlert>, headline: &str, items: &[&str]) {
        let found = verdict(&snapshot(alerts), &WindowStats::default(), Shown::USD);
        let texts: Vec<&str> = found.items.iter().map(|item| item.text.as_str()).collect();
        assert_eq!((found.headline.as_str(), texts.as_slice()), (headline, items));
    }

    #[test]
    fn each_thing_is_counted_once_and_what_is_in_hand_not_at_all() {
        use AlertState::{Acknowledged, Raised};
        let source = || Scope::Source("anthropic".to_owned());
        check(
            vec![
                active(AlertType::Global, Scope::Global, "at 92 %", Raised),
                active(AlertType::StaleSource, source(), "Anthropic API could not be read", Raised),
                active(AlertType::Global, Scope::Global, "at 92 %, the lower threshold", Raised),
            ],
            "2 things need you.",
            &["at 92 %", "Anthropic API could not be read"],
        );
        check(
            vec![
                active(AlertType::Spike, Scope::Global, "a day", Acknowledged),
                active(AlertType::StaleSource, source(), "Anthropic API could not be read", Raised),
            ],
            "1 thing needs you.",
            &["Anthropic API could not be read"],
        );
        check(
            vec![active(AlertType::StaleSource, source(), "Anthropic API could not be read", Acknowledged)],
            "Nothing new needs you.",
            &[],
        );
    }
}
