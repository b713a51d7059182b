//! The demo's projects: what a person decided about each, and a repository that fits the year of sessions.
//!
//! Pure. None of them has a folder: they are taken over from `projects.json` as those of the earlier system are. Commits
//! fall on days somebody worked, so that what a commit costs is believable.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate, NaiveTime, SecondsFormat};
use serde_json::json;

use super::documents::pretty;
use super::rng::Rng;
use crate::model::{Commit, FolderFacts, GitFacts, Language, MergedBranch, ProjectStatus, Tag, title};

/// As far back as the product counts commits.
const DAYS: u64 = 180;
/// Apart from the days' streams and the ledger's.
const STREAM: u64 = u64::MAX - 1;

struct Made {
    id: &'static str,
    client: &'static str,
    status: ProjectStatus,
    progress: u8,
    /// Days from today.
    deadline: Option<u64>,
    tasks: (u32, u32),
    description: &'static str,
    stack: &'static [&'static str],
    languages: &'static [(&'static str, u64, u64)],
}

const PROJECTS: [Made; 6] = [
    Made {
        id: "storefront",
        client: "Northwind",
        status: ProjectStatus::Active,
        progress: 72,
        deadline: Some(24),
        tasks: (48, 33),
        description: "The shop: search, cart, checkout",
        stack: &["Next.js", "React", "Prisma", "Tailwind", "TypeScript"],
        languages: &[("TypeScript", 18_240, 212), ("CSS", 2_110, 34)],
    },
    Made {
        id: "billing-api",
        client: "Northwind",
        status: ProjectStatus::Active,
        progress: 85,
        deadline: Some(9),
        tasks: (30, 26),
        description: "Invoices, taxes and dunning",
        stack: &["Axum", "SQLx", "Rust", "Docker"],
        languages: &[("Rust", 12_870, 96), ("SQL", 640, 18)],
    },
    Made {
        id: "mobile",
        client: "Contoso",
        status: ProjectStatus::Active,
        progress: 40,
        deadline: Some(75),
        tasks: (61, 22),
        description: "The app for riders and drivers",
        stack: &["Expo", "React Native", "TypeScript"],
        languages: &[("TypeScript", 9_480, 140), ("Swift", 1_020, 11)],
    },
    Made {
        id: "docs-site",
        client: "Internal",
        status: ProjectStatus::Paused,
        progress: 60,
        deadline: None,
        tasks: (18, 11),
        description: "Guides and reference",
        stack: &["Astro", "TypeScript"],
        languages: &[("Astro", 3_350, 58), ("TypeScript", 890, 14)],
    },
    Made {
        id: "infra",
        client: "Internal",
        status: ProjectStatus::Active,
        progress: 55,
        deadline: None,
        tasks: (25, 14),
        description: "Machines, alerts, runbooks",
        stack: &["Terraform", "Docker", "GitHub Actions"],
        languages: &[("HCL", 4_120, 73), ("Shell", 1_480, 29)],
    },
    Made {
        id: "proj-07",
        client: "Fabrikam",
        status: ProjectStatus::Completed,
        progress: 100,
        deadline: None,
        tasks: (37, 37),
        description: "Demand forecast for the warehouses",
        stack: &["FastAPI", "PyTorch", "pandas", "Python"],
        languages: &[("Python", 7_260, 81)],
    },
];

/// Returns `projects.json`, given the days on which each project was worked on.
pub(super) fn projects(today: NaiveDate, worked: &BTreeMap<&str, BTreeSet<NaiveDate>>, seed: u64) -> String {
    let mut rng = Rng::new(seed, STREAM);
    let nothing = BTreeSet::new();
    let entries: Vec<_> = PROJECTS
        .iter()
        .map(|made| {
            let days = worked.get(made.id).unwrap_or(&nothing);
            let deadline = made.deadline.and_then(|ahead| today.checked_add_days(Days::new(ahead)));
            let found = FolderFacts {
                description: Some(made.description.to_owned()),
                stack: made.stack.iter().map(|name| (*name).to_owned()).collect(),
                languages: made.languages.iter().map(language).collect(),
                licence: Some("MIT".to_owned()),
                readme: true,
                git: Some(repository(made.id, today, days, &mut rng)),
                ..FolderFacts::default()
            };
            json!({
                "id": made.id, "name": title(made.id), "client": made.client, "status": made.status,
                "progress": made.progress, "startDate": days.first().unwrap_or(&today),
                "deadline": deadline.map(|date| date.to_string()).unwrap_or_default(), "stack": made.stack,
                "tasksTotal": made.tasks.0, "tasksDone": made.tasks.1, "description": made.description, "found": found,
            })
        })
        .collect();
    pretty(&entries)
}

fn language((name, code, files): &(&'static str, u64, u64)) -> Language {
    Language { name: (*name).to_owned(), code: *code, files: *files }
}

fn repository(id: &str, today: NaiveDate, worked: &BTreeSet<NaiveDate>, rng: &mut Rng) -> GitFacts {
    const BRANCHES: [&str; 5] = ["fix/rounding", "feature/search", "feature/export", "chore/upgrade", "fix/retry"];
    let from = today.checked_sub_days(Days::new(DAYS - 1)).unwrap_or(today);
    let mut commits: BTreeMap<NaiveDate, u32> = BTreeMap::new();
    let mut merged = Vec::new();
    for date in worked.range(from..=today) {
        // A day without a commit is work that went into the next one.
        if rng.percent(20) {
            continue;
        }
        let own = u32::try_from(rng.between(1, 3)).unwrap_or(1);
        let ends_a_branch = rng.percent(25);
        commits.insert(*date, own + u32::from(ends_a_branch));
        if ends_a_branch {
            merged.push(MergedBranch {
                name: BRANCHES[merged.len() % BRANCHES.len()].to_owned(),
                hash: hash(rng),
                merged_at: instant(*date),
                commits: [(*date, own)].into(),
            });
        }
    }
    merged.reverse();
    merged.truncate(20);
    let total: u32 = commits.values().sum();
    let last_commit = commits.last_key_value().map(|(date, _)| Commit {
        hash: hash(rng),
        summary: "Keep the totals exact".to_owned(),
        at: instant(*date),
        date: *date,
        author: "Robin".to_owned(),
    });
    let tag = merged.last().map(|branch| Tag { name: "v1.4.0".to_owned(), at: branch.merged_at.clone() });
    GitFacts {
        branch: Some("main".to_owned()),
        head: last_commit.as_ref().map(|commit| commit.hash.clone()),
        default_branch: Some("main".to_owned()),
        authors: [("Robin".to_owned(), total.div_ceil(2)), ("Sam".to_owned(), total / 2)].into(),
        uncommitted: Some(u32::try_from(rng.between(0, 4)).unwrap_or(0)),
        ahead: Some(0),
        behind: Some(0),
        tags: u32::from(tag.is_some()),
        remote: Some(format!("git.example.test/demo/{id}")),
        last_commit,
        commits,
        releases: tag.into_iter().collect(),
        merged,
        ..GitFacts::default()
    }
}

fn hash(rng: &mut Rng) -> String {
    format!("{}{}", rng.hex(), rng.hex())
}

/// Late in the afternoon.
fn instant(date: NaiveDate) -> String {
    let at = date.and_time(NaiveTime::from_hms_opt(17, 20, 0).unwrap_or_default()).and_utc();
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_fall_on_days_somebody_worked() {
        let today: NaiveDate = "2026-11-20".parse().expect("a date");
        let days: BTreeSet<NaiveDate> = today.pred_opt().into_iter().chain([today]).collect();
        let text = projects(today, &[("storefront", days.clone())].into(), 7);
        let entries: Vec<serde_json::Value> = serde_json::from_str(&text).expect("is JSON");
        assert_eq!(entries.len(), PROJECTS.len());
        for entry in &entries {
            let facts: FolderFacts = serde_json::from_value(entry["found"].clone()).expect("are facts");
            let commits = facts.git.expect("has a repository").commits;
            assert!(commits.keys().all(|date| days.contains(date)), "{commits:?}");
            assert!(entry["id"] == "storefront" || commits.is_empty());
        }
    }
}
