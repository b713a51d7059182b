//! Large projects, which are read in parts.

use super::*;

/// Reads some hours later, when so many files may be compared and counted.
fn look(repo: &Repo, known: Option<&Known>, hours: i64, [compared, counted]: [usize; 2]) -> (Known, bool) {
    let moment = Moment { now: moment().now + chrono::TimeDelta::hours(hours), ..moment() };
    let may = Allowances { compared: Allowance::of(compared), counted: Allowance::of(counted) };
    let reading = read(repo.path(), known, moment, &may);
    let facts = reading.facts.or_else(|| known.map(|known| known.facts.clone())).expect("says something");
    (Known { stamp: reading.stamp, facts }, reading.waiting)
}

fn uncommitted(facts: &FolderFacts) -> Option<u32> {
    facts.git.as_ref()?.uncommitted
}

#[test]
fn a_large_work_tree_waits_for_its_turn_and_keeps_what_was_counted_before() {
    let repo = Repo::new();
    for number in 0..=COMPARED_ALWAYS {
        repo.write(&format!("src/{}/{number}.txt", number % 40), "a");
    }
    repo.commit("2026-11-01T12:00:00Z", "First");
    repo.write("src/0/0.txt", "changed");
    let look = |known: Option<&Known>, hours: i64, files: usize| look(&repo, known, hours, [files, usize::MAX]);
    let (first, waiting) = look(None, 0, 0);
    assert_eq!((uncommitted(&first.facts), waiting), (None, true), "unknown is not nothing");
    assert_eq!(first.facts.git.as_ref().map(|git| git.commits.len()), Some(1), "all else is read");
    let (second, waiting) = look(Some(&first), 0, 1);
    assert_eq!((uncommitted(&second.facts), waiting), (Some(1), false));
    repo.write("src/1/1.txt", "changed");
    let (third, waiting) = look(Some(&second), 0, usize::MAX);
    assert_eq!((uncommitted(&third.facts), waiting), (Some(1), false), "once an hour is enough");
    let (fourth, waiting) = look(Some(&third), 2, 0);
    assert_eq!((uncommitted(&fourth.facts), waiting), (Some(1), true));
    let (fifth, waiting) = look(Some(&fourth), 2, 1);
    assert_eq!((uncommitted(&fifth.facts), waiting), (Some(2), false));
}

#[test]
fn the_lines_of_a_large_project_are_counted_roughly_until_it_has_its_turn() {
    let repo = Repo::new();
    for number in 0..600 {
        repo.write(&format!("src/{number}.rs"), "fn a() {}\n");
    }
    repo.commit("2026-11-01T12:00:00Z", "First");
    let look = |known: Option<&Known>, files: usize| look(&repo, known, 0, [usize::MAX, files]);
    let estimate = |known: &Known| known.facts.notes.join(" ");
    let (first, waiting) = look(None, 0);
    assert!(waiting && estimate(&first).contains("1 of 12 of the 600 files"), "{}", estimate(&first));
    let (second, waiting) = look(Some(&first), 0);
    assert!(waiting && second.facts == first.facts, "not read again in vain");
    let (third, waiting) = look(Some(&second), 1);
    assert!(!waiting && estimate(&third).contains("1 of 2 of the 600 files"), "{}", estimate(&third));
    repo.git("2026-11-20T12:00:00Z", &["tag", "v1"]);
    let (fourth, waiting) = look(Some(&third), 0);
    assert!(!waiting && fourth.facts.git.as_ref().is_some_and(|git| git.tags == 1));
    assert_eq!(estimate(&fourth), estimate(&third), "the files are the same, so their lines stand");
}

#[test]
fn a_work_tree_that_was_compared_is_not_compared_again_for_its_lines() {
    let repo = Repo::new();
    for number in 0..=COMPARED_ALWAYS {
        repo.write(&format!("src/{}/{number}.rs", number % 40), "fn a() {}\n");
    }
    repo.commit("2026-11-01T12:00:00Z", "First");
    repo.write("src/0/0.rs", "changed");
    let (first, waiting) = look(&repo, None, 0, [1, 0]);
    assert_eq!((uncommitted(&first.facts), waiting), (Some(1), true));
    let (second, waiting) = look(&repo, Some(&first), 0, [0, 1]);
    assert_eq!((uncommitted(&second.facts), waiting), (Some(1), false), "nothing was left to compare with");
    assert_ne!(second.facts.notes, first.facts.notes, "its lines were counted");
}
