//! Real repositories in temporary folders, made with git itself.

mod large;

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use super::*;
use crate::model::{GitFacts, Language};

/// A Friday, past noon.
const NOW: &str = "2026-11-20T13:00:00Z";

fn moment() -> Moment {
    Moment { now: NOW.parse().expect("an instant"), tz: Tz::UTC }
}

struct Repo {
    folder: tempfile::TempDir,
}

impl Repo {
    fn new() -> Repo {
        let repo = Repo { folder: tempfile::tempdir().expect("a folder") };
        repo.git("2026-11-20T12:00:00Z", &["init", "-q", "-b", "main"]);
        repo
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn git(&self, at: &str, args: &[&str]) -> String {
        git(self.path(), at, args)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("has a parent")).expect("makes a folder");
        std::fs::write(path, text).expect("writes");
    }

    fn commit(&self, at: &str, words: &str) {
        self.git(at, &["add", "-A"]);
        self.git(at, &["commit", "-q", "--allow-empty", "-m", words]);
    }

    fn facts(&self) -> FolderFacts {
        facts(self.path())
    }
}

fn git(folder: &Path, at: &str, args: &[&str]) -> String {
    let mut command = Command::new("git");
    command.current_dir(folder).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    command.env("GIT_AUTHOR_DATE", at).env("GIT_COMMITTER_DATE", at);
    command.args(["-c", "user.name=Ada", "-c", "user.email=ada@example.test", "-c", "protocol.file.allow=always"]);
    let output = command.args(args).output().expect("git runs");
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Reads with nothing held back.
fn read_whole(folder: &Path, known: Option<&Known>, moment: Moment) -> Reading {
    let may = Allowances { compared: Allowance::of(usize::MAX), counted: Allowance::of(usize::MAX) };
    read(folder, known, moment, &may)
}

fn facts(folder: &Path) -> FolderFacts {
    read_whole(folder, None, moment()).facts.expect("a first look always says something")
}

fn git_facts(folder: &Path) -> GitFacts {
    facts(folder).git.expect("is a repository")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

#[test]
fn a_repository_says_its_head_its_half_year_and_what_is_not_committed() {
    let repo = Repo::new();
    repo.write("src/a.rs", "fn a() {}\n");
    repo.commit("2026-05-01T12:00:00Z", "Long ago");
    repo.commit("2026-07-01T12:00:00Z", "In summer");
    repo.commit("2026-11-19T23:30:00Z", "Late");
    repo.commit("2026-11-20T12:00:00Z", "Today\n\nwith a body");
    repo.git(NOW, &["tag", "v1.0", "HEAD~1"]);
    repo.git(NOW, &["tag", "-a", "-m", "early", "v0.9", "HEAD~2"]);
    repo.git(NOW, &["remote", "add", "origin", "https://me:t0ken@github.com/me/shop.git"]);
    repo.write("src/a.rs", "fn a() { b() }\n");
    repo.write("new/one.rs", "");
    repo.write("new/two.rs", "");
    repo.write("staged.rs", "");
    repo.git(NOW, &["add", "staged.rs"]);
    let facts = repo.facts();
    assert_eq!(facts.notes, Vec::<String>::new());
    assert_eq!(facts.languages, [Language { name: "Rust".to_owned(), code: 1, files: 2 }]);
    let found = facts.git.expect("is a repository");
    assert_eq!((found.branch.as_deref(), found.default_branch.as_deref()), (Some("main"), Some("main")));
    assert_eq!(found.head.as_deref(), Some(repo.git(NOW, &["rev-parse", "HEAD"]).as_str()));
    let last = found.last_commit.expect("has a commit");
    assert_eq!((last.summary.as_str(), last.author.as_str(), last.date), ("Today", "Ada", day("2026-11-20")));
    let half_year = [(day("2026-07-01"), 1), (day("2026-11-19"), 1), (day("2026-11-20"), 1)];
    assert_eq!(found.commits, half_year.into(), "the one of May is older than 180 days");
    assert_eq!(found.authors, [("Ada".to_owned(), 2)].into(), "the one of July is older than 90 days");
    let status = repo.git(NOW, &["status", "--porcelain"]);
    assert_eq!(found.uncommitted, Some(3), "a change, a staged file, a new folder, as git counts them:\n{status}");
    let releases: Vec<&str> = found.releases.iter().map(|tag| tag.name.as_str()).collect();
    assert_eq!(releases, ["v1.0", "v0.9"], "by the tagged commit");
    assert_eq!(found.tags, 2);
    assert_eq!(found.remote.as_deref(), Some("github.com/me/shop"), "whoever may enter is not told");
    let berlin = Moment { tz: Tz::Europe__Berlin, ..moment() };
    let found = read_whole(repo.path(), None, berlin).facts.and_then(|facts| facts.git).expect("is a repository");
    assert_eq!(found.commits[&day("2026-11-20")], 2, "23:30 in Greenwich is the next day in Berlin");
}

#[test]
fn merged_branches_are_named_and_bring_their_own_commits_only() {
    let repo = Repo::new();
    repo.commit("2026-11-01T12:00:00Z", "First");
    repo.git(NOW, &["checkout", "-q", "-b", "feature/cart"]);
    repo.commit("2026-11-02T12:00:00Z", "Cart");
    repo.commit("2026-11-03T12:00:00Z", "Cart again");
    repo.git(NOW, &["checkout", "-q", "main"]);
    repo.commit("2026-11-04T12:00:00Z", "Meanwhile");
    repo.git("2026-11-05T12:00:00Z", &["merge", "-q", "--no-ff", "--no-edit", "feature/cart"]);
    let found = git_facts(repo.path());
    assert_eq!(found.merged.len(), 1);
    assert_eq!(found.merged[0].name, "feature/cart");
    assert_eq!(found.merged[0].merged_at, "2026-11-05T12:00:00Z");
    assert_eq!(found.merged[0].commits, [(day("2026-11-02"), 1), (day("2026-11-03"), 1)].into());
    assert_eq!(found.commits.values().sum::<u32>(), 5, "the merge is a commit as well");
}

#[test]
fn ahead_and_behind_are_counted_against_the_upstream() {
    let origin = Repo::new();
    origin.commit("2026-11-01T12:00:00Z", "First");
    let folder = tempfile::tempdir().expect("a folder");
    let clone = folder.path().join("shop");
    git(folder.path(), NOW, &["clone", "-q", origin.path().to_str().expect("is text"), "shop"]);
    origin.commit("2026-11-02T12:00:00Z", "Second");
    git(&clone, NOW, &["fetch", "-q"]);
    for words in ["Mine", "Mine too"] {
        git(&clone, NOW, &["commit", "-q", "--allow-empty", "-m", words]);
    }
    let found = git_facts(&clone);
    assert_eq!((found.ahead, found.behind), (Some(2), Some(1)));
    assert_eq!(found.default_branch.as_deref(), Some("main"));
    assert_eq!((git_facts(origin.path()).ahead, git_facts(origin.path()).behind), (None, None), "it has no upstream");
}

#[test]
fn odd_repositories_get_a_note_and_everything_else_is_read() {
    let no_git = tempfile::tempdir().expect("a folder");
    std::fs::write(no_git.path().join("go.mod"), "module x\n").expect("writes");
    let found = facts(no_git.path());
    assert_eq!((found.git, found.stack, found.notes.len()), (None, vec!["Go".to_owned()], 0));

    let empty = Repo::new();
    let found = empty.facts();
    assert_eq!(found.notes, ["The repository has no commit yet."]);
    let found = found.git.expect("is a repository");
    assert_eq!((found.branch.as_deref(), found.head, found.uncommitted), (Some("main"), None, Some(0)));

    let repo = Repo::new();
    repo.commit("2026-11-01T12:00:00Z", "First");
    repo.commit("2026-11-02T12:00:00Z", "Second");
    let folder = tempfile::tempdir().expect("a folder");
    let address = format!("file://{}", repo.path().display());
    git(folder.path(), NOW, &["clone", "-q", "--bare", &address, "bare.git"]);
    let found = git_facts(&folder.path().join("bare.git"));
    assert_eq!((found.bare, found.uncommitted, found.commits.len()), (true, None, 2));

    git(folder.path(), NOW, &["clone", "-q", "--depth", "1", &address, "shallow"]);
    let found = facts(&folder.path().join("shallow"));
    assert!(found.notes.iter().any(|note| note.contains("shallow")), "{:?}", found.notes);
    let found = found.git.expect("is a repository");
    assert_eq!((found.shallow, found.commits.len(), found.uncommitted), (true, 1, Some(0)));

    repo.git(NOW, &["checkout", "-q", "--detach"]);
    let found = repo.facts();
    assert!(found.notes[0].contains("detached"), "{:?}", found.notes);
    let found = found.git.expect("is a repository");
    assert_eq!((found.branch, found.commits.len()), (None, 2));

    let tree = folder.path().join("tree");
    repo.git(NOW, &["worktree", "add", "-q", "-b", "side", tree.to_str().expect("is text")]);
    assert_eq!(git_facts(&tree).branch.as_deref(), Some("side"));
    let listed = git_facts(repo.path()).worktrees;
    assert_eq!(listed, [tree.canonicalize().expect("is there")]);
}

#[test]
fn a_submodule_is_a_project_of_its_own() {
    let (inner, outer) = (Repo::new(), Repo::new());
    inner.write("a.rs", "fn a() {}\n");
    inner.commit("2026-11-01T12:00:00Z", "First");
    outer.git(NOW, &["submodule", "add", "-q", inner.path().to_str().expect("is text"), "inner"]);
    outer.commit("2026-11-02T12:00:00Z", "With a submodule");
    outer.write("inner/b.rs", "");
    let found = outer.facts();
    assert_eq!((found.notes, found.languages), (Vec::<String>::new(), Vec::new()));
    assert_eq!(found.git.and_then(|git| git.uncommitted), Some(0));
    assert_eq!(git_facts(&outer.path().join("inner")).uncommitted, Some(1));
}

#[test]
fn broken_repositories_are_named_and_do_no_harm() {
    let head = Repo::new();
    head.commit("2026-11-01T12:00:00Z", "First");
    head.write(".git/refs/heads/main", "0123456789012345678901234567890123456789\n");
    assert!(!head.facts().notes.is_empty());

    let refs = Repo::new();
    refs.commit("2026-11-01T12:00:00Z", "First");
    refs.write(".git/refs/tags/broken", "nonsense\n");
    refs.write(".git/packed-refs", "more nonsense\n");
    let found = refs.facts();
    assert!(!found.notes.is_empty(), "{found:?}");

    let config = Repo::new();
    config.write(".git/config", "[core\n");
    assert!(config.facts().notes[0].starts_with("The repository cannot be opened"), "{:?}", config.facts().notes);

    let index = Repo::new();
    index.write("a.rs", "fn a() {}\n");
    index.commit("2026-11-01T12:00:00Z", "First");
    index.write(".git/index", "nonsense");
    let found = index.facts();
    assert!(found.notes.iter().any(|note| note.contains("index")), "{:?}", found.notes);
    assert_eq!(found.git.expect("is a repository").commits.len(), 1, "the history is read all the same");

    let link = tempfile::tempdir().expect("a folder");
    std::fs::write(link.path().join(".git"), "gitdir: /nowhere/at/all\n").expect("writes");
    assert_eq!(facts(link.path()).notes.len(), 1);
}

#[test]
fn commits_of_the_future_are_noted_and_not_counted() {
    let repo = Repo::new();
    repo.commit("2026-11-01T12:00:00Z", "First");
    repo.commit("2030-01-01T12:00:00Z", "Ahead of its time");
    let found = repo.facts();
    assert_eq!(found.notes.len(), 2, "{:?}", found.notes);
    assert_eq!(found.git.expect("is a repository").commits, [(day("2026-11-01"), 1)].into());
}

#[test]
fn a_folder_that_is_gone_or_closed_is_noted() {
    let gone = facts(Path::new("/nowhere/at/all"));
    assert!(gone.notes[0].contains("cannot be listed"), "{:?}", gone.notes);
    let closed = tempfile::tempdir().expect("a folder");
    let set = |mode| std::fs::set_permissions(closed.path(), std::fs::Permissions::from_mode(mode)).expect("sets");
    set(0o000);
    let listable = std::fs::read_dir(closed.path()).is_ok();
    let found = facts(closed.path());
    set(0o700);
    // Root may read everything.
    assert!(listable || found.notes[0].contains("read access"), "{:?}", found.notes);
}

#[test]
fn nothing_a_repository_names_is_run() {
    let repo = Repo::new();
    let mark = repo.path().join("ran");
    repo.write(".gitattributes", "*.bin filter=evil\n");
    repo.write("a.bin", "one");
    repo.commit("2026-11-01T12:00:00Z", "First");
    let command = format!("touch {}; cat", mark.display());
    for (key, value) in
        [("filter.evil.clean", command.as_str()), ("filter.evil.required", "true"), ("core.fsmonitor", &command)]
    {
        repo.git(NOW, &["config", key, value]);
    }
    repo.write("a.bin", "two, and longer");
    let found = repo.facts();
    assert!(!mark.exists(), "the filter ran");
    assert_eq!(found.git.and_then(|git| git.uncommitted), Some(1), "{:?}", found.notes);
}

#[test]
fn what_did_not_change_is_not_read_and_what_changed_is_seen() {
    let repo = Repo::new();
    repo.write("a.rs", "fn a() {}\n");
    repo.commit("2026-11-01T12:00:00Z", "First");
    let first = read_whole(repo.path(), None, moment());
    let mut known = Known { stamp: first.stamp, facts: first.facts.expect("says something") };
    let mut look = |moment: Moment| {
        let reading = read_whole(repo.path(), Some(&known), moment);
        known.stamp = reading.stamp;
        if let Some(facts) = &reading.facts {
            known.facts = facts.clone();
        }
        reading.facts
    };
    assert_eq!(look(moment()), None);
    repo.write("a.rs", "fn a() { b() }\n");
    assert_eq!(look(moment()).and_then(|facts| facts.git?.uncommitted), Some(1), "an edit shows in the file only");
    assert_eq!(look(moment()), None);
    repo.commit("2026-11-20T12:00:00Z", "Second");
    let facts = look(moment()).expect("a commit is seen");
    assert_eq!(facts.git.map(|git| (git.commits.len(), git.uncommitted)), Some((2, Some(0))));
    repo.git(NOW, &["tag", "v1"]);
    assert_eq!(look(moment()).and_then(|facts| facts.git?.releases.pop()).map(|tag| tag.name).as_deref(), Some("v1"));
    repo.write("Dockerfile", "FROM scratch\n");
    assert_eq!(look(moment()).map(|facts| facts.stack), Some(vec!["Docker".to_owned()]));
    let tomorrow = Moment { now: moment().now + chrono::Days::new(1), ..moment() };
    assert_eq!(look(tomorrow), None, "read again, and nothing moved out of the window");
    let later = Moment { now: moment().now + chrono::Days::new(170), ..moment() };
    assert_eq!(look(later).and_then(|facts| Some(facts.git?.commits.len())), Some(1), "the window moved");
}

#[test]
fn projects_are_found_below_roots_and_around_folders_that_were_used() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().canonicalize().expect("is there");
    let make = |name: &str| {
        std::fs::create_dir_all(root.join(name).join("src/deep")).expect("makes a folder");
        root.join(name)
    };
    let (shop, api, plain) = (make("work/shop"), make("work/client/api"), make("work/notes"));
    let (elsewhere, manifest) = (make("elsewhere"), make("work/site"));
    for repository in [&shop, &api, &elsewhere] {
        git(repository, NOW, &["init", "-q"]);
        git(repository, NOW, &["commit", "-q", "--allow-empty", "-m", "first"]);
    }
    std::fs::write(manifest.join("package.json"), "{}").expect("writes");
    let tree = root.join("tree");
    git(&shop, NOW, &["worktree", "add", "-q", tree.to_str().expect("is text")]);
    std::os::unix::fs::symlink(&root, root.join("work/loop")).expect("links");
    let find = |candidates: Candidates| discover(&candidates).folders;

    let roots = vec![root.join("work")];
    assert_eq!(find(Candidates { roots, ..Candidates::default() }), [api.clone(), shop.clone(), manifest.clone()]);
    let roots = vec![shop.clone()];
    assert_eq!(
        find(Candidates { roots, ..Candidates::default() }),
        std::slice::from_ref(&shop),
        "a root may be a project itself"
    );

    let used = vec![shop.join("src/deep"), tree.join("src"), elsewhere.join("gone/since"), plain.clone()];
    let expected = [elsewhere.clone(), shop.clone()];
    assert_eq!(find(Candidates { used: used.clone(), ..Candidates::default() }), expected);
    let home = Some(elsewhere.clone());
    assert_eq!(find(Candidates { used: used.clone(), home, ..Candidates::default() }), std::slice::from_ref(&shop));
    let temporary = vec![root.clone()];
    assert_eq!(find(Candidates { used, temporary, ..Candidates::default() }), Vec::<PathBuf>::new());
    let last_resort = Some(shop.join("src"));
    assert_eq!(find(Candidates { last_resort, ..Candidates::default() }), [shop]);

    let used = vec![manifest.join("gone")];
    assert_eq!(find(Candidates { used, ..Candidates::default() }), Vec::<PathBuf>::new(), "a folder that is gone");
    let candidates = Candidates { roots: vec![elsewhere.clone()], home: Some(elsewhere), ..Candidates::default() };
    assert_eq!(find(candidates), Vec::<PathBuf>::new(), "a home that is a repository holds projects, and is none");

    let lost = discover(&Candidates { roots: vec![root.join("nowhere")], ..Candidates::default() });
    assert!(lost.notes[0].contains("Change \"roots\""), "{:?}", lost.notes);
}
