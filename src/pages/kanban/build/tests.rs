//! What the board shows, from projects made for it.

use super::*;
use crate::analytics::{ProjectNames, project_reports};
use crate::model::{Project, ProjectChoices};

fn today() -> NaiveDate {
    "2026-11-21".parse().expect("a date")
}

fn snapshot(projects: &[(&str, ProjectStatus)]) -> Snapshot {
    let project = |(id, status): &(&str, ProjectStatus)| {
        let mut project = Project::new((*id).to_owned(), None, today());
        project.choices.status = *status;
        project
    };
    let projects: Vec<Project> = projects.iter().map(project).collect();
    let mut snapshot = Snapshot::blank(today());
    snapshot.projects =
        project_reports(&projects, &[], &ProjectNames::default(), &[], today(), chrono_tz::Tz::UTC).into();
    snapshot.number = 7;
    snapshot
}

#[test]
fn cards_come_by_name_with_where_they_stand() {
    use ProjectStatus::{Active, Completed};
    let snapshot = snapshot(&[("shop", Active), ("R&D #2", Completed), ("blog", Active)]);
    let shown = page(&snapshot, None, None);
    let cards: Vec<_> = shown.cards.iter().map(|(status, card)| (*status, card.name.as_str())).collect();
    assert_eq!(cards, [(Active, "Blog"), (Completed, "R&D #2"), (Active, "Shop")]);
    assert_eq!((shown.snapshot, shown.any, shown.said.as_str()), (7, true, ""));
    let card = &shown.cards[1].1;
    assert_eq!((card.href.as_str(), card.client.as_str()), ("/projects/R%26D%20%232", "Internal"));
    assert_eq!((card.progress, card.deadline.as_str()), (None, ""));

    let narrowed = page(&snapshot, Some("shop"), None);
    assert_eq!((narrowed.cards.len(), narrowed.cards[0].1.id.as_str()), (1, "shop"));
    assert_eq!(page(&snapshot, Some("gone"), None).cards.len(), 3, "an id that no project has narrows nothing");
    assert!(!page(&Snapshot::blank(today()), None, None).any);
}

#[test]
fn a_plain_form_comes_back_to_where_the_card_is() {
    assert_eq!(page_after("R&D #2"), "/kanban?moved=R%26D%20%232#card-R%26D%20%232");
    let snapshot = snapshot(&[("shop", ProjectStatus::Paused)]);
    assert_eq!(page(&snapshot, None, Some("shop")).said, "Shop is paused now.");
    assert_eq!(page(&snapshot, None, Some("ship")).said, "There is no such project any more; nothing was moved.");
}

#[test]
fn a_deadline_is_told_in_words_and_presses_on_active_projects_only() {
    use ProjectStatus::{Active, Completed, Paused};
    for (day, status, words, overdue) in [
        ("2026-11-18", Active, "3 days overdue", true),
        ("2026-11-20", Active, "1 day overdue", true),
        ("2026-11-21", Active, "due today", false),
        ("2026-12-01", Active, "due 2026-12-01, 10 days left", false),
        ("2026-11-18", Completed, "was due 2026-11-18", false),
        ("2026-12-01", Paused, "due 2026-12-01", false),
    ] {
        assert_eq!(deadline(day.parse().expect("a date"), status, today()), (words.to_owned(), overdue));
    }
}

#[test]
fn what_the_user_set_is_on_the_card_with_the_first_thing_to_do() {
    let mut project = Project::new("shop".to_owned(), None, today());
    project.choices = ProjectChoices {
        client: "Acme".to_owned(),
        progress: 40,
        deadline: "2026-11-18".parse().ok(),
        ..ProjectChoices::of_new("shop")
    };
    let reports = project_reports(&[project], &[], &ProjectNames::default(), &[], today(), chrono_tz::Tz::UTC);
    let card = card(&reports[0], today());
    assert_eq!((card.client.as_str(), card.progress, card.overdue), ("Acme", Some(40), true));
    assert_eq!(card.health, HealthMark::of(Some(80), &reports[0].health));
    assert_eq!(card.next, "Settle the missed deadline");
}
