//! What the list shows, from projects made for it.

use super::*;
use crate::analytics::{Attribution, ProjectNames, project_reports};
use crate::model::{Commit, FolderFacts, GitFacts, Project, ProjectChoices};

const TODAY: &str = "2026-11-21";

fn project(id: &str, status: ProjectStatus, last_commit: Option<&str>) -> Project {
    let today = TODAY.parse().expect("a date");
    let commit = last_commit.map(|day| Commit { date: day.parse().expect("a date"), ..Commit::default() });
    let git = GitFacts { last_commit: commit, ..GitFacts::default() };
    let found = FolderFacts { git: Some(git), stack: vec!["React".to_owned()], ..FolderFacts::default() };
    let new = Project::new(id.to_owned(), None, today);
    Project { choices: ProjectChoices { status, ..new.choices.clone() }, found: Some(found), ..new }
}

fn snapshot(projects: &[Project]) -> Snapshot {
    let today = TODAY.parse().expect("a date");
    let names = ProjectNames::new(std::iter::empty(), &Attribution::default());
    let projects = project_reports(projects, &[], &names, &[], today, chrono_tz::Tz::UTC).into();
    Snapshot { projects, ..Snapshot::blank(today) }
}

fn four() -> Snapshot {
    let mut late = project("late", ProjectStatus::Active, Some("2026-11-19"));
    late.choices.deadline = "2026-11-18".parse().ok();
    (late.choices.progress, late.choices.tasks_total, late.choices.tasks_done) = (40, 10, 4);
    let day = |text: &str| text.parse().expect("a date");
    late.task_log.note(day("2026-10-01"), Some(0), day("2026-11-10"), 4);
    snapshot(&[
        project("alpha", ProjectStatus::Active, None),
        late,
        project("beta", ProjectStatus::Active, Some("2026-11-20")),
        project("old", ProjectStatus::Completed, Some("2026-11-01")),
    ])
}

fn names(page: &ProjectsPage) -> Vec<Vec<&str>> {
    page.groups.iter().map(|group| group.cards.iter().map(|card| card.name.as_str()).collect()).collect()
}

fn ordered(sort: Sort) -> ProjectsPage {
    page(&four(), Shown::USD, &[], &ProjectsQuery { sort, ..ProjectsQuery::default() }, None)
}

#[test]
fn groups_are_counted_and_in_the_order_that_was_asked_for() {
    let page = ordered(Sort::Activity);
    assert_eq!(page.headline, "4 projects: 3 active, 1 completed");
    assert_eq!(page.groups.iter().map(|group| group.label.as_str()).collect::<Vec<_>>(), ["Active", "Completed"]);
    assert_eq!(names(&page), [vec!["Beta", "Late", "Alpha"], vec!["Old"]]);
    assert_eq!(names(&ordered(Sort::Name))[0], ["Alpha", "Beta", "Late"]);
    assert_eq!(names(&ordered(Sort::Health))[0], ["Late", "Beta", "Alpha"], "what has no data comes last");
}

#[test]
fn a_card_says_what_is_known_and_nothing_else() {
    let page = ordered(Sort::Activity);
    let [_, late, alpha] = &page.groups[0].cards[..] else { panic!("{page:?}") };
    assert_eq!((late.deadline.as_str(), late.overdue), ("2026-11-18, 3 days overdue", true));
    assert_eq!(
        (late.tasks.as_str(), late.progress, late.last_commit.as_str()),
        ("4 of 10, 1 a week", Some(40), "2026-11-19")
    );
    assert!(late.health.reasons.contains("the deadline was 3 days ago"), "{}", late.health.reasons);
    assert!(!late.next.is_empty());
    assert_eq!(alpha.health.score, "no data");
    assert_eq!((alpha.tasks.as_str(), alpha.progress, alpha.deadline.as_str()), ("", None, ""));
    assert_eq!(alpha.sentence, "alpha: nothing spent this week, no commits");
}

#[test]
fn a_search_says_what_it_left() {
    let found = |search: &str, project| {
        let query = ProjectsQuery { search: search.to_owned(), ..ProjectsQuery::default() };
        page(&four(), Shown::USD, &[], &query, project)
    };
    let some = found(" ALPH ", None);
    assert_eq!((names(&some), some.shown.as_str()), (vec![vec!["Alpha"]], "1 of 4 match “ALPH”."));
    assert_eq!(found("react", None).shown, "4 of 4 match “react”.");
    let none = found("zzz", None);
    assert_eq!((none.groups.len(), none.shown.as_str()), (0, "No project matches “zzz”."));
    let narrowed = found("zzz", Some("old"));
    assert_eq!((names(&narrowed), narrowed.narrowed), (vec![vec!["Old"]], true));
    assert!(!found("", Some("no such")).narrowed, "an id that no project has narrows nothing");
}

#[test]
fn without_projects_it_says_where_it_looked() {
    let empty = page(&snapshot(&[]), Shown::USD, &["/home/me/code".into()], &ProjectsQuery::default(), None);
    assert_eq!(empty.looked_in, Some(vec!["/home/me/code".to_owned()]));
}
