//! From the snapshot to the finished tab. Pure.

use super::{BranchLine, SessionLine, Spend};
use crate::analytics::{BranchCost, ProjectReport, ProjectWindow, model_label, sessions};
use crate::charts;
use crate::components::encoded;
use crate::config::Zone;
use crate::model::{SessionRow, Shown, Window, compact};
use crate::pages::breakdowns::build::of_team;
use crate::pages::deadline::count;
use crate::pages::shares::{export_query, money, named, shares, unpriced};
use crate::sync::Snapshot;

const TOP: usize = 12;
const SESSIONS_SHOWN: usize = 20;

pub(in crate::pages::project) fn spend(
    snapshot: &Snapshot,
    shown: Shown,
    report: &ProjectReport,
    window: Window,
    zone: Zone,
) -> Spend {
    let id = Some(report.id.as_str());
    let stats = &*snapshot.window_of(window, id);
    let all = sessions(&snapshot.facts_of(id).rows, window.range(snapshot.today));
    let own = report.windows.get(window.key()).cloned().unwrap_or_default();
    Spend {
        window,
        sentence: format!("{}.", report.sentence_in(shown)),
        cost: money(shown, own.cost, own.unpriced),
        unpriced: unpriced(stats),
        figures: figures(&own, shown),
        chart: Some(charts::spend_lines(stats, shown)).filter(|chart| !chart.legend.is_empty()),
        exports: format!("project={}&window={}", encoded(&report.id), window.key()),
        models: shares(shown, &stats.by_model, stats.total_cost, model_label, TOP),
        team: of_team(stats, shown, &export_query(snapshot, window, id)),
        no_branches: match own.commits {
            Some(_) => "No branch was merged in these days.".to_owned(),
            None => "There is no repository, so that no branches are known.".to_owned(),
        },
        branches: own.branches.iter().map(|branch| branch_line(branch, &own, zone, shown)).collect(),
        sessions: all.iter().take(SESSIONS_SHOWN).map(|row| session_line(row, shown)).collect(),
        sessions_shown: match all.len() {
            0 => String::new(),
            more if more > SESSIONS_SHOWN => format!("{SESSIONS_SHOWN} of {more} in these days"),
            few => format!("{few} in these days"),
        },
        sessions_href: format!("/tokens?project={}&window={}", encoded(&report.id), window.key()),
        beside: None,
    }
}

fn figures(own: &ProjectWindow, shown: Shown) -> Vec<(String, String)> {
    let no_repository = || "no repository".to_owned();
    let per_commit = match (own.commits, own.cost_per_commit) {
        (None, _) => no_repository(),
        (_, None) => "no commits".to_owned(),
        (_, cost) => money(shown, cost, own.unpriced),
    };
    let not_yet = own.commits.map(|_| money(shown, Some(own.not_yet_committed), own.unpriced));
    [
        ("Tokens", format!("{} in, {} out", compact(own.tokens_in), compact(own.tokens_out))),
        ("Sessions", own.sessions.to_string()),
        ("Commits", own.commits.map_or_else(no_repository, |commits| commits.to_string())),
        ("Cost per commit", per_commit),
        ("Not yet committed", not_yet.unwrap_or_else(no_repository)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

fn branch_line(branch: &BranchCost, own: &ProjectWindow, zone: Zone, shown: Shown) -> BranchLine {
    BranchLine {
        name: branch.name.clone(),
        merged: zone.moment(&branch.merged_at),
        commits: count(branch.commits.into(), "commit"),
        cost: money(shown, Some(branch.cost), own.unpriced),
    }
}

fn session_line(row: &SessionRow, shown: Shown) -> SessionLine {
    SessionLine {
        date: row.last_day.to_string(),
        session: row.session.clone(),
        models: named(&row.models),
        tokens: compact(row.spend.tokens.total()),
        cost: money(shown, row.spend.cost(), row.spend.has_unpriced()),
    }
}
