//! What a project's folder says, fact by fact, each with the file that says it. What is not known says why.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::{Fact, LanguageLine};
use crate::analytics::ProjectReport;
use crate::config::Zone;
use crate::model::{FolderFacts, GitFacts, HEAD_UNREADABLE, Language, NOT_COMPARED, compact};
use crate::pages::deadline::count;

/// A quarter, which is as far as a rhythm is to be seen.
const WEEKS: usize = 12;
const AUTHORS_SHOWN: usize = 5;
const LANGUAGES_SHOWN: usize = 10;
/// As many characters of a hash as people pass around.
const HASH_SHOWN: usize = 8;
const NOT_KNOWN: &str = "not known: HEAD cannot be read";

pub(super) fn facts(report: &ProjectReport, zone: Zone, today: NaiveDate) -> Vec<Fact> {
    let folder = report.folder.clone().unwrap_or_else(|| match report.found {
        Some(_) => "gone; what is below it said last".to_owned(),
        None => "none: it is known from its usage alone".to_owned(),
    });
    let mut facts = vec![fact("Folder", folder, "")];
    let Some(found) = &report.found else { return facts };
    match &found.git {
        Some(git) => facts.extend(repository(git, found, zone, today)),
        None => facts.push(fact("Repository", "none, so that there are no commits to count".to_owned(), "")),
    }
    facts.extend(folder_facts(found));
    facts
}

fn fact(name: &str, value: String, from: &str) -> Fact {
    Fact { name: name.to_owned(), value, from: from.to_owned(), spark: String::new() }
}

fn from<'a>(found: &'a FolderFacts, fact: &str) -> &'a str {
    found.evidence.get(fact).map_or("", String::as_str)
}

fn folder_facts(found: &FolderFacts) -> Vec<Fact> {
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "none found".to_owned());
    let mut facts = vec![
        fact("Description", or_none(&found.description), from(found, "description")),
        fact("Licence", or_none(&found.licence), from(found, "licence")),
        fact("Readme", if found.readme { "there is one" } else { "none found" }.to_owned(), from(found, "readme")),
    ];
    // By the file that says so: a manifest names many.
    let mut stack: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for name in &found.stack {
        stack.entry(from(found, &format!("stack.{name}"))).or_default().push(name);
    }
    facts.extend(stack.into_iter().map(|(file, names)| fact("Stack", names.join(", "), file)));
    facts
}

fn repository(git: &GitFacts, found: &FolderFacts, zone: Zone, today: NaiveDate) -> Vec<Fact> {
    let from = from(found, "git");
    let weeks = weeks(git, today);
    let of_weeks: u32 = weeks.iter().sum();
    let commits = format!("{} this week, {of_weeks} in {WEEKS} weeks", weeks.last().copied().unwrap_or(0));
    let or = |text: &Option<String>, none: &str| text.clone().unwrap_or_else(|| none.to_owned());
    let kind = match (git.bare, git.shallow) {
        (true, _) => " (a bare repository)",
        (_, true) => " (a shallow clone: older commits are not known)",
        _ => "",
    };
    // What hangs on a head that cannot be read is not told as if it were known.
    let unread = found.notes.iter().any(|note| note.starts_with(HEAD_UNREADABLE));
    let known = |value: String| if unread { NOT_KNOWN.to_owned() } else { value };
    vec![
        fact("Branch", format!("{}{kind}", known(or(&git.branch, "none: the head is detached"))), from),
        fact("Default branch", or(&git.default_branch, "not known"), from),
        fact("Last commit", known(last_commit(git)), from),
        Fact { spark: spark(&weeks), ..fact("Commits", known(commits), from) },
        fact("Authors, 90 days", known(authors(&git.authors)), from),
        fact("Uncommitted", uncommitted(git, &found.notes), from),
        fact("Against upstream", known(upstream(git)), from),
        fact("Tag", tag(git, zone), from),
        fact("Remote", or(&git.remote, "none"), from),
    ]
}

fn last_commit(git: &GitFacts) -> String {
    let Some(commit) = &git.last_commit else { return "none yet".to_owned() };
    let hash: String = commit.hash.chars().take(HASH_SHOWN).collect();
    format!("{}, {} by {} ({hash})", commit.date, commit.summary, commit.author)
}

fn uncommitted(git: &GitFacts, notes: &[String]) -> String {
    match git.uncommitted {
        Some(0) => "nothing".to_owned(),
        Some(files) => count(files.into(), "file"),
        None if git.bare => "not known: there is no work tree".to_owned(),
        None if notes.iter().any(|note| note.starts_with(NOT_COMPARED)) => {
            "not known: the work tree could not be compared".to_owned()
        }
        None => "not counted so far: the work tree is large, and others come first".to_owned(),
    }
}

fn upstream(git: &GitFacts) -> String {
    match (git.ahead, git.behind) {
        (Some(0), Some(0)) => "level, as of the last fetch".to_owned(),
        (Some(ahead), Some(behind)) => format!("{ahead} ahead, {behind} behind, as of the last fetch"),
        _ => "the branch has no upstream".to_owned(),
    }
}

fn tag(git: &GitFacts, zone: Zone) -> String {
    let Some(tag) = git.releases.first() else { return "none".to_owned() };
    let at = DateTime::parse_from_rfc3339(&tag.at).map(|at| zone.date(at.with_timezone(&Utc)).to_string());
    let day = at.unwrap_or_else(|_| tag.at.clone());
    format!("{}, {day}; {} in all", tag.name, count(git.tags.into(), "tag"))
}

fn authors(authors: &BTreeMap<String, u32>) -> String {
    let mut all: Vec<(&String, u32)> = authors.iter().map(|(name, commits)| (name, *commits)).collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let more = all.len().saturating_sub(AUTHORS_SHOWN);
    let mut told: Vec<String> =
        all.iter().take(AUTHORS_SHOWN).map(|(name, commits)| format!("{name} {commits}")).collect();
    if more > 0 {
        told.push(format!("and {}", count(more as u64, "other")));
    }
    if told.is_empty() { "nobody".to_owned() } else { told.join(", ") }
}

/// Commits of the last weeks, each of seven days, the one that ends today last.
fn weeks(git: &GitFacts, today: NaiveDate) -> Vec<u32> {
    let week = |back: usize| {
        let to = today.checked_sub_days(Days::new(back as u64 * 7))?;
        let from = to.checked_sub_days(Days::new(6))?;
        Some(git.commits.range(from..=to).map(|(_, commits)| *commits).sum())
    };
    (0..WEEKS).rev().map(|back| week(back).unwrap_or(0)).collect()
}

fn spark(values: &[u32]) -> String {
    let most = values.iter().copied().max().unwrap_or(0);
    let last = values.len().saturating_sub(1);
    if most == 0 || last == 0 {
        return String::new();
    }
    let point = |(at, value): (usize, &u32)| format!("{},{}", at * 88 / last, 22 - value * 20 / most);
    values.iter().enumerate().map(point).collect::<Vec<_>>().join(" ")
}

pub(super) fn languages(languages: &[Language]) -> Vec<LanguageLine> {
    let total: u64 = languages.iter().map(|language| language.code).sum();
    let line = |language: &Language| {
        let percent = (language.code * 100 + total / 2).checked_div(total).unwrap_or(0);
        LanguageLine {
            name: language.name.clone(),
            size: format!(
                "{} {} in {}",
                compact(language.code),
                if language.code == 1 { "line" } else { "lines" },
                count(language.files, "file")
            ),
            percent: u32::try_from(percent).unwrap_or(100),
            share: if percent == 0 { "under 1 %".to_owned() } else { format!("{percent} %") },
        }
    };
    languages.iter().take(LANGUAGES_SHOWN).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn weeks_end_today_and_the_line_ends_with_this_one() {
        let commits = [(day("2026-11-21"), 2), (day("2026-11-15"), 2), (day("2026-11-14"), 1), (day("2026-08-01"), 9)];
        let git = GitFacts { commits: commits.into(), ..GitFacts::default() };
        let weeks = weeks(&git, day("2026-11-21"));
        assert_eq!((weeks.len(), &weeks[10..]), (12, &[1, 4][..]));
        assert_eq!(spark(&weeks).split(' ').next_back(), Some("88,2"));
        assert_eq!(spark(&[0, 0]), "");
    }

    #[test]
    fn what_a_repository_does_not_say_is_told_with_the_reason() {
        let mut found =
            FolderFacts { evidence: [("git".to_owned(), ".git".to_owned())].into(), ..FolderFacts::default() };
        let told = |git: &GitFacts, found: &FolderFacts| {
            repository(git, found, Zone::parse("UTC").expect("a zone"), day("2026-11-21"))
        };
        let value = |facts: &[Fact], name: &str| {
            facts.iter().find(|fact| fact.name == name).map(|fact| fact.value.clone()).unwrap_or_default()
        };
        let facts = told(&GitFacts::default(), &found);
        assert!(facts.iter().all(|fact| fact.from == ".git" && !fact.value.is_empty()), "{facts:?}");
        assert_eq!(value(&facts, "Last commit"), "none yet");
        assert!(value(&facts, "Uncommitted").starts_with("not counted so far"));
        assert_eq!(value(&facts, "Against upstream"), "the branch has no upstream");
        let authors = [("Ada".to_owned(), 1), ("Bob".to_owned(), 3)].into();
        let git = GitFacts { uncommitted: Some(1), ahead: Some(2), behind: Some(0), authors, ..GitFacts::default() };
        let facts = told(&git, &found);
        assert_eq!(value(&facts, "Uncommitted"), "1 file");
        assert_eq!(value(&facts, "Against upstream"), "2 ahead, 0 behind, as of the last fetch");
        assert_eq!(value(&facts, "Authors, 90 days"), "Bob 3, Ada 1");
        found.notes.push(format!("{NOT_COMPARED} with the last commit: no index"));
        let facts = told(&GitFacts::default(), &found);
        assert_eq!(value(&facts, "Uncommitted"), "not known: the work tree could not be compared");
        found.notes.push(format!("{HEAD_UNREADABLE}: it is empty"));
        let facts = told(&GitFacts::default(), &found);
        for name in ["Branch", "Last commit", "Commits", "Authors, 90 days", "Against upstream"] {
            assert_eq!(value(&facts, name), NOT_KNOWN, "{name}");
        }
    }

    #[test]
    fn languages_share_their_lines() {
        let language = |name: &str, code| Language { name: name.to_owned(), code, files: 1 };
        let told = languages(&[language("Rust", 12_300), language("Shell", 1)]);
        assert_eq!((told[0].share.as_str(), told[0].size.as_str()), ("100 %", "12.3 k lines in 1 file"));
        assert_eq!((told[1].share.as_str(), told[1].percent), ("under 1 %", 0));
        assert_eq!(told[1].size, "1 line in 1 file");
    }
}
