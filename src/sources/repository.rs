//! The repository a folder belongs to, as its remote `origin` names it.
//!
//! Reads two small text files and runs nothing. A folder that is gone, or in no repository, has none.

use std::path::{Path, PathBuf};

/// A repository's configuration is kilobytes.
const MAX_BYTES: u64 = 1 << 20;

/// Returns the address of the remote `origin` of the repository that holds `folder`.
#[must_use]
pub fn remote(folder: &Path) -> Option<String> {
    let git = folder.ancestors().map(|folder| folder.join(".git")).find(|git| git.exists())?;
    let config = if git.is_dir() { git } else { linked(&git)? };
    origin(&read(&config.join("config"))?)
}

/// A work tree or submodule has a file `.git` that says where the rest is.
fn linked(file: &Path) -> Option<PathBuf> {
    let text = read(file)?;
    let target = text.strip_prefix("gitdir:")?.trim();
    let folder = file.parent()?.join(target);
    // A work tree shares the configuration of its repository.
    let common = read(&folder.join("commondir")).map(|common| folder.join(common.trim()));
    Some(common.unwrap_or(folder))
}

fn read(path: &Path) -> Option<String> {
    let metadata = std::fs::metadata(path).ok()?;
    (metadata.is_file() && metadata.len() <= MAX_BYTES).then(|| std::fs::read_to_string(path).ok())?
}

/// Finds `url` in the section `[remote "origin"]`.
fn origin(config: &str) -> Option<String> {
    let mut inside = false;
    for line in config.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line.replace(' ', "").eq_ignore_ascii_case("[remote\"origin\"]");
        } else if inside
            && let Some((name, value)) = line.split_once('=')
            && name.trim().eq_ignore_ascii_case("url")
        {
            return Some(value.trim().trim_matches('"').to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    fn git(folder: &Path, args: &[&str]) {
        let mut command = Command::new("git");
        command.current_dir(folder).args(["-c", "user.name=a", "-c", "user.email=a@b"]).args(args);
        assert!(command.output().expect("git runs").status.success(), "git {args:?}");
    }

    #[test]
    fn a_folder_a_work_tree_and_a_stranger() {
        let folder = tempfile::tempdir().expect("a folder");
        let (main, tree, other) = (folder.path().join("main"), folder.path().join("tree"), folder.path().join("other"));
        for made in [&main.join("src/deep"), &other] {
            std::fs::create_dir_all(made).expect("makes a folder");
        }
        git(&main, &["init", "-q"]);
        git(&main, &["remote", "add", "upstream", "https://example.test/up"]);
        git(&main, &["remote", "add", "origin", "git@example.test:me/shop.git"]);
        git(&main, &["commit", "-q", "--allow-empty", "-m", "first"]);
        git(&main, &["worktree", "add", "-q", tree.to_str().expect("is text")]);
        let expected = Some("git@example.test:me/shop.git".to_owned());
        assert_eq!(remote(&main.join("src/deep")), expected);
        assert_eq!(remote(&main.join("gone/with/the/wind")), expected, "the folder was removed, the repository not");
        assert_eq!(remote(&tree), expected);
        assert_eq!(remote(&other), None);
    }
}
