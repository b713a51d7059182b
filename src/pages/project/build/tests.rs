//! What the page shows, from a project made for it.

use chrono::NaiveDate;

use super::*;
use crate::analytics::{Attribution, Facts, ProjectNames, project_reports};
use crate::model::{
    Basis, Commit, FolderFacts, GitFacts, MergedBranch, Project, ProjectStatus, RollupRow, Spend, Tag, Tokens, Usd,
    Window,
};
use crate::pages::project::edit::Typed;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn project() -> Project {
    let commits = [(day("2026-11-17"), 2), (day("2026-11-19"), 1)].into();
    let merged = MergedBranch {
        name: "cart".to_owned(),
        merged_at: "2026-11-18T23:30:00Z".to_owned(),
        commits: [(day("2026-11-17"), 1)].into(),
        ..MergedBranch::default()
    };
    let last =
        Commit { date: day("2026-11-19"), summary: "Pay".to_owned(), author: "Ada".to_owned(), ..Commit::default() };
    let tag = Tag { name: "v1".to_owned(), at: "2026-11-17T10:00:00Z".to_owned() };
    let git = GitFacts {
        commits,
        merged: vec![merged],
        last_commit: Some(last),
        releases: vec![tag],
        tags: 1,
        ..GitFacts::default()
    };
    let found = FolderFacts { git: Some(git), ..FolderFacts::default() };
    let mut project = Project { found: Some(found), ..Project::new("shop".to_owned(), None, day("2026-11-16")) };
    project.choices.deadline = Some(day("2026-11-18"));
    project
}

fn row(date: &str, model: &str, cost: Option<i128>) -> RollupRow {
    let tokens = Tokens { input: 1_000, output: 10, ..Tokens::default() };
    let basis = if cost.is_some() { Basis::Estimated } else { Basis::Unpriced };
    RollupRow {
        source: "claude_code".into(),
        date: day(date),
        session: date.into(),
        project: "shop".into(),
        model: model.into(),
        spend: Spend::of(tokens, cost.map(|dollars| Usd::from_pico(dollars * 1_000_000_000_000)), basis),
    }
}

fn snapshot(project: Project, rows: Vec<RollupRow>) -> Snapshot {
    let names = ProjectNames::new(rows.iter().map(|row| row.project.as_ref()), &Attribution::default());
    let today = day("2026-11-21");
    let projects = project_reports(&[project], &rows, &names, &[], today, chrono_tz::Tz::UTC).into();
    Snapshot { projects, facts: Facts::of(rows, names, Facts::none().rates), ..Snapshot::blank(today) }
}

fn of(tab: Tab, rows: Vec<RollupRow>) -> ProjectPage {
    let query = ProjectQuery { id: "shop".to_owned(), tab, window: Window::D7, ..ProjectQuery::default() };
    let zone = Zone::parse("Europe/Berlin").expect("a zone");
    page(&snapshot(project(), rows), Shown::USD, zone, &query).expect("is there")
}

#[test]
fn an_id_that_no_project_has_is_none() {
    let query = ProjectQuery { id: "nowhere".to_owned(), ..ProjectQuery::default() };
    assert_eq!(page(&snapshot(project(), Vec::new()), Shown::USD, Zone::parse("UTC").expect("a zone"), &query), None);
}

#[test]
fn the_head_says_who_when_and_how() {
    let page = of(Tab::Overview, Vec::new());
    assert_eq!((page.name.as_str(), page.about.as_str()), ("Shop", "Active · Internal · since 2026-11-16"));
    assert_eq!((page.deadline.as_str(), page.overdue), ("Deadline 2026-11-18, 3 days overdue", true));
    let Content::Overview(overview) = page.content else { panic!("{:?}", page.content) };
    assert_eq!(overview.score, "80 of 100");
    assert_eq!(overview.reasons, [("−20".to_owned(), "the deadline was 3 days ago".to_owned())]);
    assert!(!overview.missing.is_empty() && !overview.actions.is_empty() && !overview.narrative.is_empty());
    assert!(!overview.form.open && overview.form.values.deadline == "2026-11-18");
}

#[test]
fn what_was_typed_comes_back_with_what_is_wrong() {
    let typed = Typed { name: "Shop".to_owned(), status: "active".to_owned(), ..Typed::default() };
    let refused = Some(typed.clone());
    let query = ProjectQuery { id: "shop".to_owned(), tab: Tab::Spend, refused, ..ProjectQuery::default() };
    let page = page(&snapshot(project(), Vec::new()), Shown::USD, Zone::parse("UTC").expect("a zone"), &query)
        .expect("is there");
    let Content::Overview(overview) = page.content else { panic!("{:?}", page.content) };
    assert_eq!((overview.form.open, &overview.form.values), (true, &typed));
    assert_eq!(overview.form.problem, "The client must be a line of 1 to 120 characters.");
}

#[test]
fn spend_is_told_by_commit_branch_model_and_session() {
    let rows = vec![
        row("2026-11-16", "a", Some(4)),
        row("2026-11-17", "b", Some(2)),
        row("2026-11-20", "a", Some(3)),
        row("2026-10-01", "a", Some(9)),
    ];
    let Content::Spend(spend) = of(Tab::Spend, rows).content else { panic!("another tab") };
    assert_eq!((spend.cost.as_str(), spend.unpriced.as_str()), ("$9.00", ""));
    let figures: Vec<_> = spend.figures.iter().map(|(name, value)| format!("{name} {value}")).collect();
    let expected =
        ["Tokens 3.00 k in, 30 out", "Sessions 3", "Commits 3", "Cost per commit $2.00", "Not yet committed $3.00"];
    assert_eq!(figures, expected);
    assert_eq!(spend.chart.map(|chart| chart.legend), Some(vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!(spend.models.iter().map(|share| share.cost.as_str()).collect::<Vec<_>>(), ["$7.00", "$2.00"]);
    let [branch] = &spend.branches[..] else { panic!("{:?}", spend.branches) };
    assert_eq!((branch.name.as_str(), branch.commits.as_str(), branch.cost.as_str()), ("cart", "1 commit", "$3.00"));
    assert_eq!(branch.merged.text, "19 Nov 2026, 00:30:00");
    assert_eq!((spend.sessions.len(), spend.sessions_shown.as_str()), (3, "3 in these days"));
}

#[test]
fn without_usage_there_is_no_empty_plot_of_the_spend() {
    let Content::Spend(spend) = of(Tab::Spend, Vec::new()).content else { panic!("another tab") };
    assert_eq!(spend.chart, None);
    let Content::Spend(unpriced) = of(Tab::Spend, vec![row("2026-11-20", "odd", None)]).content else { panic!("no") };
    assert!(unpriced.chart.is_some(), "what has no price is drawn as a mark");
}

#[test]
fn usage_without_a_price_is_said_and_not_counted_as_nothing() {
    let Content::Spend(spend) = of(Tab::Spend, vec![row("2026-11-20", "odd", None)]).content else { panic!("no") };
    assert_eq!(spend.cost, "no price");
    assert!(spend.unpriced.contains("1.01 k tokens of odd"), "{}", spend.unpriced);
}

#[test]
fn the_timeline_is_newest_first_in_the_users_days() {
    let Content::Timeline(timeline) = of(Tab::Timeline, Vec::new()).content else { panic!("another tab") };
    let told: Vec<_> = timeline.events.iter().map(|event| format!("{} {}", event.date, event.title)).collect();
    assert_eq!(
        told,
        [
            "2026-11-19 Last commit",
            "2026-11-19 Merged cart",
            "2026-11-18 Deadline",
            "2026-11-17 Tagged v1",
            "2026-11-16 Start"
        ]
    );
    let figures: Vec<_> = timeline.figures.iter().map(|(name, value, _)| format!("{name}: {value}")).collect();
    assert_eq!(figures, ["Days active: 6 days", "Days remaining: 3 days overdue", "Last activity: 2 days ago"]);
}

#[test]
fn what_is_done_is_not_late() {
    let mut done = project();
    done.choices.status = ProjectStatus::Completed;
    let query = ProjectQuery { id: "shop".to_owned(), tab: Tab::Timeline, ..ProjectQuery::default() };
    let page =
        page(&snapshot(done, Vec::new()), Shown::USD, Zone::parse("UTC").expect("a zone"), &query).expect("is there");
    let Content::Timeline(timeline) = page.content else { panic!("another tab") };
    assert!(!page.overdue && timeline.figures.iter().all(|(_, _, bad)| !bad));
}
