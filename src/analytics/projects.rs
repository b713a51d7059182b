//! A project's spend beside its commits: what a commit and a merged branch cost, and one sentence for all of it.
//!
//! Each day's spend goes to the commits of that day in equal parts, or else to the next day that has commits: work is
//! committed after it was done. What no commit followed is *not yet committed*. Shares are whole pico-dollars, so they
//! and the rest add up to the spend exactly.

mod standing;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;
use serde::Serialize;

use super::{ProjectNames, SessionNumbers, Tally};
use crate::model::{
    DateRange, FolderFacts, Health, NextAction, Project, ProjectChoices, QualityEntry, RollupRow, Shown, Usd, Window,
};
use standing::{coverage_words, standing};

/// Names of the stack a project is published with; all of them are among its facts.
const STACK_SHOWN: usize = 5;

/// A project with its numbers: the earlier system's shape, with fields added.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProjectReport {
    pub id: String,
    #[serde(flatten)]
    pub choices: ProjectChoices,
    pub start_date: NaiveDate,
    pub stack: Vec<String>,
    pub last_commit: Option<NaiveDate>,
    pub description: Option<String>,
    /// 0 to 100, the score of `health`; `None` while nothing was measured, committed or promised.
    pub health_score: Option<u8>,
    /// The score with its reasons, and the measures that are missing.
    pub health: Health,
    /// The most pressing first, five at most.
    pub next_actions: Vec<NextAction>,
    /// How it stands, in a paragraph.
    pub narrative: String,
    /// The latest entry; published in `quality.json`.
    #[serde(skip)]
    pub quality: Option<QualityEntry>,
    /// By how much the mean coverage moved in a week, in hundredths of a percent.
    #[serde(skip)]
    pub coverage_change: Option<i32>,
    /// By how much the score differs from what the code of a week ago would get today.
    #[serde(skip)]
    pub health_change: Option<i32>,
    /// The last day with a commit or with usage.
    pub last_activity: Option<NaiveDate>,
    /// Tasks a week, in the mean of four; `None` while nobody counts them.
    pub velocity: Option<f64>,
    pub folder: Option<String>,
    pub found: Option<FolderFacts>,
    /// `7d`, `30d` and `90d`.
    pub windows: BTreeMap<String, ProjectWindow>,
    /// `proj-07: $38 this week, 4 commits, coverage −3`.
    pub sentence: String,
}

/// A project in a span of days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProjectWindow {
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// The known part; `None` when nothing has a price.
    pub cost: Option<Usd>,
    /// Whether some usage has no price.
    pub unpriced: bool,
    pub tokens_in: u64,
    pub tokens_out: u64,
    pub sessions: u64,
    /// `None` without a repository.
    pub commits: Option<u32>,
    /// What the commits cost together.
    pub committed: Usd,
    /// What was spent after the last commit; `committed` and this are the cost.
    pub not_yet_committed: Usd,
    /// `None` without a commit.
    pub cost_per_commit: Option<Usd>,
    /// Branches merged in these days, latest first.
    pub branches: Vec<BranchCost>,
}

/// What a merged branch cost, as far as its commits lie in the span.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BranchCost {
    pub name: String,
    pub merged_at: String,
    pub commits: u32,
    pub cost: Usd,
}

/// Puts every project beside its usage. `rows` are counted once, and `names` give a project's usage its id; `quality`
/// are entries by project and day; branches are merged on a day of the user's `zone`.
#[must_use]
pub fn project_reports(
    projects: &[Project],
    rows: &[RollupRow],
    names: &ProjectNames,
    quality: &[QualityEntry],
    today: NaiveDate,
    zone: Tz,
) -> Vec<ProjectReport> {
    let mut of: BTreeMap<&str, Vec<&RollupRow>> = BTreeMap::new();
    for row in rows {
        of.entry(names.name(&row.project)).or_default().push(row);
    }
    let report = |project: &Project| {
        let rows = of.get(project.id.as_str()).map_or(&[][..], Vec::as_slice);
        let windows: BTreeMap<String, ProjectWindow> = Window::ALL
            .into_iter()
            .map(|window| (window.key().to_owned(), project_window(project, rows, window.range(today), zone)))
            .collect();
        let last_commit = project.git().and_then(|git| git.last_commit.as_ref()).map(|commit| commit.date);
        let last_usage = rows.iter().map(|row| row.date).filter(|date| *date <= today).max();
        let last_activity = last_commit.filter(|date| *date <= today).max(last_usage);
        let series: Vec<_> =
            quality.iter().filter(|entry| entry.project == project.id && entry.date <= today).collect();
        let standing = standing(project, &series, last_activity, today);
        let found = project.found.as_ref();
        ProjectReport {
            id: project.id.clone(),
            choices: project.choices.clone(),
            start_date: project.start_date,
            stack: found.map(|found| found.stack.iter().take(STACK_SHOWN).cloned().collect()).unwrap_or_default(),
            last_commit,
            description: found.and_then(|found| found.description.clone()),
            health_score: standing.known.then_some(standing.health.score),
            health: standing.health,
            next_actions: standing.next_actions,
            narrative: standing.narrative,
            quality: standing.quality,
            coverage_change: standing.coverage_change,
            health_change: standing.health_change,
            last_activity,
            velocity: project.task_log.velocity(today),
            folder: project.folder.as_ref().map(|folder| folder.display().to_string()),
            sentence: sentence(&project.id, windows.get(Window::D7.key()), standing.coverage_change, Shown::USD),
            found: project.found.clone(),
            windows,
        }
    };
    projects.iter().map(report).collect()
}

fn project_window(project: &Project, rows: &[&RollupRow], range: DateRange, zone: Tz) -> ProjectWindow {
    let mut total = Tally::default();
    let mut sessions = SessionNumbers::default();
    let mut spent: BTreeMap<NaiveDate, Usd> = BTreeMap::new();
    for row in rows.iter().filter(|row| range.contains(row.date)) {
        total.add(row, sessions.of(row));
        *spent.entry(row.date).or_default() += row.spend.known_cost();
    }
    let git = project.git();
    let commits: BTreeMap<NaiveDate, u32> = git
        .map(|git| git.commits.range(range.from..=range.to).map(|(day, count)| (*day, *count)).collect())
        .unwrap_or_default();
    let shares = Shares::new(&spent, &commits);
    let count: u32 = commits.values().sum();
    let mut given = BTreeMap::new();
    let branches = git.map_or(&[][..], |git| &git.merged).iter().filter_map(|branch| {
        // Each branch takes shares of its own, so that no share counts twice.
        let cost = branch.commits.iter().map(|(day, count)| shares.take(*day, *count, &mut given)).sum();
        let merged = DateTime::parse_from_rfc3339(&branch.merged_at).ok()?.with_timezone(&zone).date_naive();
        let commits = branch.commits.values().sum();
        let cost = BranchCost { name: branch.name.clone(), merged_at: branch.merged_at.clone(), commits, cost };
        range.contains(merged).then_some(cost)
    });
    ProjectWindow {
        from: range.from,
        to: range.to,
        cost: total.spend.cost(),
        unpriced: total.spend.has_unpriced(),
        tokens_in: total.spend.tokens.tokens_in(),
        tokens_out: total.spend.tokens.output,
        sessions: total.sessions(),
        commits: git.map(|_| count),
        branches: branches.collect(),
        committed: shares.committed(),
        not_yet_committed: shares.rest,
        cost_per_commit: (count > 0).then(|| shares.committed().per_day(count)),
    }
}

/// What the commits of each day share among them.
#[derive(Debug, Default, PartialEq, Eq)]
struct Shares {
    /// Day, its commits, and the money that is theirs.
    days: BTreeMap<NaiveDate, (u32, Usd)>,
    /// What no commit followed.
    rest: Usd,
}

impl Shares {
    fn new(spent: &BTreeMap<NaiveDate, Usd>, commits: &BTreeMap<NaiveDate, u32>) -> Shares {
        let mut shares = Shares::default();
        for (day, count) in commits.iter().filter(|(_, count)| **count > 0) {
            shares.days.insert(*day, (*count, Usd::ZERO));
        }
        for (day, amount) in spent {
            match shares.days.range_mut(*day..).next() {
                Some((_, (_, sum))) => *sum += *amount,
                None => shares.rest += *amount,
            }
        }
        shares
    }

    fn committed(&self) -> Usd {
        self.days.values().map(|(_, sum)| *sum).sum()
    }

    /// The shares of the next `count` commits of a day; `given` counts those that are taken.
    fn take(&self, day: NaiveDate, count: u32, given: &mut BTreeMap<NaiveDate, u32>) -> Usd {
        let Some((all, _)) = self.days.get(&day) else { return Usd::ZERO };
        let first = given.entry(day).or_default();
        let end = first.saturating_add(count).min(*all);
        let taken = (*first..end).map(|number| self.share(day, number)).sum();
        *first = end;
        taken
    }

    /// The share of one commit of a day; the first ones bear what does not divide.
    fn share(&self, day: NaiveDate, number: u32) -> Usd {
        let Some((count, sum)) = self.days.get(&day) else { return Usd::ZERO };
        let (pico, count) = (sum.pico(), i128::from((*count).max(1)));
        Usd::from_pico(pico.div_euclid(count) + i128::from(i128::from(number) < pico.rem_euclid(count)))
    }
}

impl ProjectReport {
    /// [`ProjectReport::sentence`] with its amount as pages show it.
    #[must_use]
    pub fn sentence_in(&self, shown: Shown) -> String {
        sentence(&self.id, self.windows.get(Window::D7.key()), self.coverage_change, shown)
    }
}

fn sentence(id: &str, week: Option<&ProjectWindow>, coverage_change: Option<i32>, shown: Shown) -> String {
    let week = week.map(|week| week_in_words(id, week, shown)).unwrap_or_default();
    [Some(week), coverage_words(coverage_change)].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// What the last seven days came to, in a line.
fn week_in_words(id: &str, week: &ProjectWindow, shown: Shown) -> String {
    let spent = match week.cost {
        None => "usage without a price this week".to_owned(),
        Some(Usd::ZERO) if !week.unpriced => "nothing spent this week".to_owned(),
        Some(cost) if week.unpriced => format!("at least {} this week", shown.rough(cost)),
        Some(cost) => format!("{} this week", shown.rough(cost)),
    };
    match week.commits {
        None => format!("{id}: {spent}"),
        Some(1) => format!("{id}: {spent}, 1 commit"),
        Some(0) => format!("{id}: {spent}, no commits"),
        Some(commits) => format!("{id}: {spent}, {commits} commits"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::Attribution;
    use crate::model::{Basis, GitFacts, MergedBranch, Spend, Tokens};
    use proptest::prelude::*;

    fn day(number: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, number).expect("a date")
    }

    fn usd(dollars: f64) -> Usd {
        Usd::from_f64(dollars).expect("an amount")
    }

    fn row(date: NaiveDate, cost: Option<Usd>) -> RollupRow {
        RollupRow {
            source: "claude_code".into(),
            date,
            session: "s".into(),
            project: "shop".into(),
            model: "m".into(),
            spend: Spend::of(
                Tokens { input: 10, output: 1, ..Tokens::default() },
                cost,
                if cost.is_some() { Basis::Estimated } else { Basis::Unpriced },
            ),
        }
    }

    fn project(commits: &[(u32, u32)], merged: Vec<MergedBranch>) -> Project {
        let commits = commits.iter().map(|(number, count)| (day(*number), *count)).collect();
        let git = GitFacts { commits, merged, ..GitFacts::default() };
        let found = FolderFacts { git: Some(git), ..FolderFacts::default() };
        Project { found: Some(found), ..Project::new("shop".to_owned(), None, day(1)) }
    }

    fn reports(project: &Project, rows: &[RollupRow]) -> ProjectReport {
        let names = ProjectNames::new(rows.iter().map(|row| row.project.as_ref()), &Attribution::default());
        project_reports(std::slice::from_ref(project), rows, &names, &[], day(20), Tz::UTC).remove(0)
    }

    #[test]
    fn a_days_spend_goes_to_its_commits_or_to_those_that_follow() {
        let merged = MergedBranch {
            name: "cart".to_owned(),
            merged_at: "2026-11-18T10:00:00Z".to_owned(),
            commits: [(day(17), 1)].into(),
            ..MergedBranch::default()
        };
        let project = project(&[(15, 1), (17, 2), (18, 1)], vec![merged]);
        let rows = [
            row(day(14), Some(usd(1.0))),
            row(day(16), Some(usd(3.0))),
            row(day(17), Some(usd(5.0))),
            row(day(20), Some(usd(9.0))),
        ];
        let report = reports(&project, &rows);
        let week = &report.windows["7d"];
        assert_eq!((week.cost, week.committed, week.not_yet_committed), (Some(usd(18.0)), usd(9.0), usd(9.0)));
        assert_eq!((week.commits, week.cost_per_commit), (Some(4), Some(usd(2.25))));
        assert_eq!(week.branches[0].cost, usd(4.0), "one of the two commits of the 17th, with the spend of the 16th");
        assert_eq!(report.sentence, "shop: $18 this week, 4 commits");
        assert_eq!(report.last_activity, Some(day(20)));
    }

    #[test]
    fn what_is_not_known_is_not_made_up() {
        let alone = Project::new("shop".to_owned(), None, day(1));
        let report = reports(&alone, &[row(day(20), None)]);
        let week = &report.windows["7d"];
        assert_eq!((week.cost, week.commits, week.cost_per_commit), (None, None, None));
        assert_eq!(report.sentence, "shop: usage without a price this week");
        assert_eq!(reports(&alone, &[]).sentence, "shop: nothing spent this week");
        let both = reports(&project(&[(20, 1)], Vec::new()), &[row(day(20), None), row(day(20), Some(usd(2.5)))]);
        assert_eq!(both.sentence, "shop: at least $2.50 this week, 1 commit");
        let json = serde_json::to_value(&report).expect("serialises");
        assert!(json["lastCommit"].is_null() && json["healthScore"].is_null() && json["deadline"] == "", "{json}");
    }

    proptest! {
        #[test]
        fn shares_and_the_rest_are_the_spend(
            spent in proptest::collection::btree_map(1u32..29, -1_000_000_007i64..1_000_000_007, 0..20),
            commits in proptest::collection::btree_map(1u32..29, 0u32..9, 0..20),
        ) {
            let spent: BTreeMap<_, _> =
                spent.into_iter().map(|(number, pico)| (day(number), Usd::from_pico(i128::from(pico)))).collect();
            let commits: BTreeMap<_, _> = commits.into_iter().map(|(number, count)| (day(number), count)).collect();
            let shares = Shares::new(&spent, &commits);
            let mut given = BTreeMap::new();
            let one_by_one: Usd = commits
                .iter()
                .flat_map(|(day, count)| std::iter::repeat_n(*day, *count as usize))
                .map(|day| shares.take(day, 1, &mut given))
                .sum();
            prop_assert_eq!(one_by_one, shares.committed());
            prop_assert_eq!(one_by_one + shares.rest, spent.values().copied().sum());
        }
    }
}
