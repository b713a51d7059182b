//! Branches that were merged into the line of the head, by the words of the merge.

use gix::ObjectId;

use super::{days_beyond, instant};
use crate::model::{DateRange, MergedBranch};
use crate::sources::projects::{Moment, one_line};

/// Enough for any page, and each costs a walk.
const SHOWN: usize = 20;
/// Commits of the head's line that are looked at.
const LOOKED_AT: usize = 20_000;

/// Returns the latest branches merged, of the last half year.
pub(super) fn merged(
    repository: &gix::Repository,
    head: ObjectId,
    branch: Option<&str>,
    moment: Moment,
) -> Vec<MergedBranch> {
    let from = DateRange::ending(moment.today(), super::DAYS).from;
    // Along first parents there is but one order, and no time to cut by.
    let line = repository.rev_walk([head]).first_parent_only().all();
    let mut found = Vec::new();
    for info in line.into_iter().flatten().take(LOOKED_AT).flatten() {
        if found.len() == SHOWN {
            break;
        }
        let Ok(commit) = info.object() else { break };
        let Ok(seconds) = commit.time().map(|time| time.seconds) else { break };
        if moment.day(seconds).is_some_and(|day| day < from) {
            break;
        }
        let parents: Vec<ObjectId> = commit.parent_ids().map(gix::Id::detach).collect();
        let [first, second, ..] = parents[..] else { continue };
        let words = commit.message().map(|message| message.summary().to_string()).unwrap_or_default();
        let (Some(name), Some(merged_at)) = (branch_name(&words, branch), instant(seconds)) else {
            continue;
        };
        let commits = days_beyond(repository, second, first, moment);
        found.push(MergedBranch { name, hash: info.id.to_string(), merged_at, commits });
    }
    found
}

/// The branch a merge's first line names; `None` when the line was only brought up to date with itself.
fn branch_name(words: &str, own: Option<&str>) -> Option<String> {
    let quoted = |rest: &str| rest.strip_prefix('\'')?.split_once('\'').map(|(name, _)| name.to_owned());
    let name = if let Some(rest) = words.strip_prefix("Merge branch ") {
        quoted(rest)
    } else if let Some(rest) = words.strip_prefix("Merge remote-tracking branch ") {
        quoted(rest).map(|name| name.split_once('/').map_or(name.clone(), |(_, name)| name.to_owned()))
    } else if let Some(rest) = words.strip_prefix("Merge pull request ") {
        let from = rest.split_once(" from ").map(|(_, from)| from.split(' ').next().unwrap_or(from));
        from.map(|from| from.split_once('/').map_or(from, |(_, name)| name).to_owned())
    } else if let Some(rest) = words.strip_prefix("Merged in ") {
        rest.split(' ').next().map(str::to_owned)
    } else {
        None
    };
    match name {
        Some(name) if Some(name.as_str()) == own => None,
        Some(name) => Some(one_line(&name)),
        None => Some(one_line(&words)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merge_names_its_branch() {
        for (words, name) in [
            ("Merge branch 'feature/cart'", Some("feature/cart")),
            ("Merge branch 'cart' into 'main'", Some("cart")),
            ("Merge branch 'main' of github.com:me/shop", None),
            ("Merge remote-tracking branch 'origin/cart'", Some("cart")),
            ("Merge remote-tracking branch 'origin/main'", None),
            ("Merge pull request #7 from me/fix/price", Some("fix/price")),
            ("Merged in cart (pull request #3)", Some("cart")),
            ("Bring the cart in", Some("Bring the cart in")),
        ] {
            assert_eq!(branch_name(words, Some("main")).as_deref(), name, "{words}");
        }
    }
}
