//! What a repository says: its head, its last half year, its branches and tags, and what is not committed.
//!
//! Read with gix, from the files git keeps. Never runs a program, not even one the repository's configuration names,
//! and never writes. A part that cannot be read becomes a note, and the others are read all the same.

mod merges;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Days, NaiveDate, SecondsFormat, Utc};
use gix::remote::Direction;
use gix::revision::walk::Sorting;
use gix::traverse::commit::simple::CommitTimeOrder;

use super::{Moment, one_line};
use crate::model::{Commit, DateRange, GitFacts, HEAD_UNREADABLE, Tag, plain_remote};

/// As far back as any window looks.
const DAYS: u32 = 180;
const AUTHOR_DAYS: u32 = 90;
/// More commits in half a year are made by machines.
const MAX_COMMITS: usize = 50_000;
/// Further from its upstream a branch is simply far away.
const MAX_APART: usize = 10_000;
/// Tags whose time is looked up.
const MAX_TAGS: usize = 2_000;
/// Enough for a timeline.
const RELEASES_KEPT: usize = 20;
const MAX_WORKTREES: usize = 200;
/// Commits are looked up by their ids twice: once for the order, once for the author.
const OBJECT_CACHE_BYTES: usize = 2 << 20;

/// Whether a folder is a repository: a work tree, or a bare one.
pub(super) fn is_repository(folder: &Path) -> bool {
    git_folder(folder).is_some()
}

/// Where git keeps what belongs to this folder; a linked work tree names it in a file.
pub(super) fn git_folder(folder: &Path) -> Option<PathBuf> {
    let git = folder.join(".git");
    if git.is_dir() {
        return Some(git);
    }
    if git.is_file() {
        let text = std::fs::read_to_string(&git).ok()?;
        return Some(folder.join(text.strip_prefix("gitdir:")?.trim()));
    }
    let bare = folder.join("HEAD").is_file() && folder.join("objects").is_dir() && folder.join("refs").is_dir();
    bare.then(|| folder.to_path_buf())
}

/// Where a repository keeps what all its work trees share.
pub(super) fn common_folder(git_folder: &Path) -> PathBuf {
    let common = std::fs::read_to_string(git_folder.join("commondir"));
    common.map_or_else(|_| git_folder.to_path_buf(), |common| git_folder.join(common.trim()))
}

/// Opens a repository so that nothing its configuration names is ever run.
pub(super) fn open(folder: &Path) -> Result<gix::Repository, String> {
    let opened = gix::open_opts(folder, gix::open::Options::default());
    let mut repository = opened.map_err(|error| locked(folder).unwrap_or_else(|| one_line(&error)))?;
    let mut config = repository.config_snapshot_mut();
    // Filters (git-lfs, for one) are programs: comparing a work tree would start them.
    let filters: Vec<_> = config.sections_and_ids_by_name("filter").into_iter().flatten().map(|(_, id)| id).collect();
    for id in filters {
        config.remove_section_by_id(id);
    }
    config.commit().map_err(|error| one_line(&error))?;
    repository.object_cache_size_if_unset(OBJECT_CACHE_BYTES);
    Ok(repository)
}

/// What git keeps may be somebody else's: then it is no broken repository, but one that may not be read.
fn locked(folder: &Path) -> Option<String> {
    let git = git_folder(folder)?;
    let refused = std::fs::read_dir(&git).err().filter(|error| error.kind() == std::io::ErrorKind::PermissionDenied);
    refused.map(|_| format!("{} may not be read. Give yourself read access to it.", git.display()))
}

/// Reads what the repository says but what is not committed; what cannot be read is said in `notes`.
pub(super) fn facts(repository: &gix::Repository, moment: Moment, notes: &mut Vec<String>) -> GitFacts {
    let mut facts = GitFacts {
        bare: repository.workdir().is_none(),
        shallow: repository.is_shallow().unwrap_or(false),
        remote: repository
            .config_snapshot()
            .string("remote.origin.url")
            .map(|url| plain_remote(&url.to_string()))
            .filter(|remote| !remote.is_empty()),
        worktrees: worktrees(repository.common_dir()),
        ..GitFacts::default()
    };
    let mut name = None;
    match repository.head() {
        Ok(head) => {
            name = head.referent_name().map(ToOwned::to_owned);
            match head.try_into_peeled_id() {
                Ok(id) => facts.head = id.map(|id| id.to_string()),
                Err(error) => notes.push(format!("HEAD names a commit that is not there: {}", one_line(&error))),
            }
        }
        Err(error) => notes.push(format!("{HEAD_UNREADABLE}: {}", one_line(&error))),
    }
    facts.branch = name.as_ref().map(|name| name.shorten().to_string());
    facts.default_branch = default_branch(repository).or_else(|| facts.branch.clone());
    match (&facts.branch, &facts.head) {
        (_, None) if notes.is_empty() => notes.push("The repository has no commit yet.".to_owned()),
        (None, Some(_)) => notes.push("The head is detached: no branch is checked out.".to_owned()),
        _ => {}
    }
    if facts.shallow {
        notes.push("The clone is shallow: commits before its edge are not counted.".to_owned());
    }
    if let Some(head) = facts.head.as_ref().and_then(|head| gix::ObjectId::from_hex(head.as_bytes()).ok()) {
        facts.last_commit = last_commit(repository, head, moment, notes);
        history(repository, head, moment, &mut facts, notes);
        facts.merged = merges::merged(repository, head, facts.branch.as_deref(), moment);
        let upstream = name.and_then(|name| upstream(repository, &name));
        facts.ahead = upstream.and_then(|upstream| count_beyond(repository, head, upstream));
        facts.behind = upstream.and_then(|upstream| count_beyond(repository, upstream, head));
    }
    tags(repository, &mut facts, notes);
    facts
}

/// Counts what is not committed: changed, added, removed and untracked paths, a new folder as one.
pub(super) fn uncommitted(repository: &gix::Repository) -> Result<u32, String> {
    let status = repository.status(gix::progress::Discard).map_err(|error| one_line(&error))?;
    // Submodules are repositories of their own.
    let changes = status
        .untracked_files(gix::status::UntrackedFiles::Collapsed)
        .index_worktree_submodules(None)
        .into_iter(None)
        .map_err(|error| one_line(&error))?;
    let mut paths = HashSet::new();
    for change in changes {
        let change = change.map_err(|error| one_line(&error))?;
        let counts = match &change {
            gix::status::Item::IndexWorktree(item) => item.summary().is_some(),
            gix::status::Item::TreeIndex(_) => true,
        };
        if counts {
            paths.insert(change.location().to_owned());
        }
    }
    Ok(u32::try_from(paths.len()).unwrap_or(u32::MAX))
}

/// The files of the index; `None` when there is none.
pub(super) fn tracked(repository: &gix::Repository, notes: &mut Vec<String>) -> Option<Vec<String>> {
    repository.workdir()?;
    match repository.try_index() {
        Ok(index) => {
            let index = index?;
            let files = index.entries().iter().filter(|entry| !entry.mode.is_submodule());
            let files = files.map(|entry| entry.path(&index).to_string());
            let mut files: Vec<String> = files.collect();
            // A conflict lists a file once for every side.
            files.dedup();
            Some(files)
        }
        Err(error) => {
            notes.push(format!("The index cannot be read: {}", one_line(&error)));
            None
        }
    }
}

fn worktrees(common: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(common.join("worktrees")).into_iter().flatten().flatten().take(MAX_WORKTREES);
    let place = |entry: std::fs::DirEntry| {
        let text = std::fs::read_to_string(entry.path().join("gitdir")).ok()?;
        Some(Path::new(text.trim()).parent()?.to_path_buf())
    };
    let mut worktrees: Vec<PathBuf> = entries.filter_map(place).filter(|place| place.is_absolute()).collect();
    worktrees.sort_unstable();
    worktrees
}

fn default_branch(repository: &gix::Repository) -> Option<String> {
    let remote = repository.try_find_reference("refs/remotes/origin/HEAD").ok().flatten();
    let named = remote.and_then(|reference| {
        let name = reference.target().try_name()?.as_bstr().to_string();
        Some(name.strip_prefix("refs/remotes/origin/")?.to_owned())
    });
    let exists =
        |name: &&str| repository.try_find_reference(&format!("refs/heads/{name}")).is_ok_and(|found| found.is_some());
    named.or_else(|| ["main", "master", "trunk", "develop"].into_iter().find(exists).map(str::to_owned))
}

fn last_commit(
    repository: &gix::Repository,
    head: gix::ObjectId,
    moment: Moment,
    notes: &mut Vec<String>,
) -> Option<Commit> {
    let read = || -> Option<Commit> {
        let commit = repository.find_commit(head).ok()?;
        let seconds = commit.time().ok()?.seconds;
        Some(Commit {
            hash: head.to_string(),
            summary: one_line(&commit.message().ok()?.summary()),
            at: instant(seconds)?,
            date: moment.day(seconds)?,
            author: one_line(&commit.author().ok()?.name),
        })
    };
    let commit = read();
    match &commit {
        None => notes.push("The last commit cannot be read; try \"git fsck\".".to_owned()),
        Some(commit) if commit.date > moment.today() => {
            notes.push(format!("The last commit is dated in the future ({}).", commit.date));
        }
        Some(_) => {}
    }
    commit
}

/// Counts the commits of the last half year, and who made them.
fn history(
    repository: &gix::Repository,
    head: gix::ObjectId,
    moment: Moment,
    facts: &mut GitFacts,
    notes: &mut Vec<String>,
) {
    let days = DateRange::ending(moment.today(), DAYS);
    let recent = DateRange::ending(moment.today(), AUTHOR_DAYS);
    let walk = match repository.rev_walk([head]).sorting(newest_first(days.from)).all() {
        Ok(walk) => walk,
        Err(error) => return notes.push(format!("The history cannot be read: {}", one_line(&error))),
    };
    let mut authors: HashMap<String, (String, u32)> = HashMap::new();
    let (mut count, mut future) = (0, 0);
    for info in walk {
        let info = match info {
            Ok(info) => info,
            Err(error) => {
                notes.push(format!("The history cannot be read to its end: {}", one_line(&error)));
                break;
            }
        };
        count += 1;
        if count > MAX_COMMITS {
            notes.push(format!("Only the last {MAX_COMMITS} commits are counted."));
            break;
        }
        let Some(day) = info.commit_time.and_then(|seconds| moment.day(seconds)) else { continue };
        if day > days.to {
            future += 1;
        }
        if !days.contains(day) {
            continue;
        }
        *facts.commits.entry(day).or_default() += 1;
        if recent.contains(day)
            && let Ok(commit) = info.object()
            && let Ok(author) = commit.author()
        {
            let key = author.email.to_string().to_ascii_lowercase();
            authors.entry(key).or_insert_with(|| (one_line(&author.name), 0)).1 += 1;
        }
    }
    if future > 0 {
        notes.push(format!("{future} of its commits are dated in the future and not counted."));
    }
    for (name, commits) in authors.into_values() {
        *facts.authors.entry(name).or_default() += commits;
    }
}

fn upstream(repository: &gix::Repository, branch: &gix::refs::FullName) -> Option<gix::ObjectId> {
    let name = repository.branch_remote_tracking_ref_name(branch.as_ref(), Direction::Fetch)?.ok()?;
    let mut reference = repository.try_find_reference(name.as_ref()).ok()??;
    Some(reference.peel_to_id().ok()?.detach())
}

/// Counts the commits of `tip` that `base` does not have.
fn count_beyond(repository: &gix::Repository, tip: gix::ObjectId, base: gix::ObjectId) -> Option<u32> {
    if tip == base {
        return Some(0);
    }
    let walk = repository.rev_walk([tip]).with_hidden([base]).all().ok()?;
    let mut count = 0;
    for info in walk.take(MAX_APART) {
        info.ok()?;
        count += 1;
    }
    Some(count)
}

/// The days of the commits of `tip` that `base` does not have.
fn days_beyond(
    repository: &gix::Repository,
    tip: gix::ObjectId,
    base: gix::ObjectId,
    moment: Moment,
) -> BTreeMap<NaiveDate, u32> {
    let mut days = BTreeMap::new();
    let sorting = Sorting::ByCommitTime(CommitTimeOrder::NewestFirst);
    let walk = repository.rev_walk([tip]).with_hidden([base]).sorting(sorting).all();
    for info in walk.into_iter().flatten().take(MAX_APART).flatten() {
        if let Some(day) = info.commit_time.and_then(|seconds| moment.day(seconds)) {
            *days.entry(day).or_default() += 1;
        }
    }
    days
}

fn tags(repository: &gix::Repository, facts: &mut GitFacts, notes: &mut Vec<String>) {
    let references = repository.references();
    let Ok(tags) = references.as_ref().map_err(|_| ()).and_then(|references| references.tags().map_err(|_| ())) else {
        return notes.push("The tags cannot be read.".to_owned());
    };
    let mut releases: Vec<(i64, String)> = Vec::new();
    let mut broken = 0_u32;
    for tag in tags {
        let Ok(mut tag) = tag else {
            broken += 1;
            continue;
        };
        facts.tags += 1;
        if facts.tags as usize > MAX_TAGS {
            continue;
        }
        // A tag may also name a tree or a file; that is no release.
        let seconds = tag.peel_to_commit().ok().and_then(|commit| Some(commit.time().ok()?.seconds));
        let Some(seconds) = seconds else { continue };
        releases.push((seconds, tag.name().shorten().to_string()));
    }
    if broken > 0 {
        notes.push(format!("{broken} tags cannot be read; try \"git fsck\"."));
    }
    if facts.tags as usize > MAX_TAGS {
        notes.push(format!("Of its {} tags the latest of {MAX_TAGS} are shown.", facts.tags));
    }
    releases.sort_unstable_by(|a, b| b.cmp(a));
    releases.truncate(RELEASES_KEPT);
    facts.releases =
        releases.into_iter().filter_map(|(seconds, name)| Some(Tag { name, at: instant(seconds)? })).collect();
}

/// Commits from the day before on: a day begins earlier in the east.
fn newest_first(from: NaiveDate) -> Sorting {
    let from = from.checked_sub_days(Days::new(1)).unwrap_or(from).and_time(chrono::NaiveTime::MIN);
    Sorting::ByCommitTimeCutoff { order: CommitTimeOrder::NewestFirst, seconds: from.and_utc().timestamp() }
}

fn instant(seconds: i64) -> Option<String> {
    Some(DateTime::<Utc>::from_timestamp(seconds, 0)?.to_rfc3339_opts(SecondsFormat::Secs, true))
}
