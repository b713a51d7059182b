//! The walk over a project's folders: which of them hold source of its own, and which are packages.
//!
//! Lists, and opens no file but those that say what to leave out.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use ignore::WalkBuilder;

use super::{Folder, Tree, UNKNOWN, Watched, listing, state};
use crate::sources::quality::comments;

/// More source files than the largest repositories people keep on one machine.
pub(super) const MAX_SOURCE_FILES: usize = 100_000;
/// Deeper trees are a loop of mounts, or made to be deep.
const MAX_DEPTH: usize = 48;
/// How deep packages of one repository lie, and how many of them are looked at for reports.
const MAX_PACKAGE_DEPTH: usize = 4;
const MAX_PACKAGES: usize = 100;
/// Enough to find the cause.
const PROBLEMS_KEPT: usize = 3;
/// Folders that hold what others wrote, or what tools made, in projects without a `.gitignore` too.
const FOREIGN: [&str; 18] = [
    "node_modules",
    "bower_components",
    "jspm_packages",
    "vendor",
    "third_party",
    "third-party",
    "Pods",
    "Carthage",
    "target",
    "dist",
    "build",
    "out",
    "htmlcov",
    "lcov-report",
    "__pycache__",
    "venv",
    "site-packages",
    "_build",
];
/// A folder with one of these may have reports of its own.
const MANIFESTS: [&str; 14] = [
    "package.json",
    "Cargo.toml",
    "pyproject.toml",
    "setup.py",
    "go.mod",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "composer.json",
    "Gemfile",
    "mix.exs",
    "pubspec.yaml",
    "Package.swift",
    "deno.json",
];

/// Lists the source files and packages of a project.
pub(super) fn walk(root: &Path, settled: SystemTime) -> Tree {
    let mut tree = Tree { packages: vec![String::new()], ..Tree::default() };
    let mut numbers: HashMap<PathBuf, usize> = HashMap::new();
    let mut files = 0;
    let walk = WalkBuilder::new(root)
        // Rules of folders above the project's are not the project's; those of the project hold without a repository.
        .parents(false)
        .require_git(false)
        .git_global(false)
        .follow_links(false)
        .max_depth(Some(MAX_DEPTH))
        .filter_entry(|entry| entry.depth() == 0 || !is_foreign(entry))
        .build();
    for entry in walk {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                if tree.problems.len() < PROBLEMS_KEPT {
                    tree.problems.push(problem(root, &error));
                }
                continue;
            }
        };
        let Some(kind) = entry.file_type() else { continue };
        if kind.is_dir() {
            numbers.insert(entry.path().to_path_buf(), tree.folders.len());
            tree.watched.extend(watched(root, entry.path()));
            tree.folders.push(Folder {
                path: relative(root, entry.path()).unwrap_or_default(),
                listing: listing(entry.path(), settled),
                ..Folder::default()
            });
        } else if kind.is_file()
            && let Some(name) = entry.file_name().to_str()
            && let Some(folder) = entry.path().parent().and_then(|parent| numbers.get(parent))
        {
            let folder = &mut tree.folders[*folder];
            let is_package = entry.depth() > 1 && entry.depth() <= MAX_PACKAGE_DEPTH + 1 && MANIFESTS.contains(&name);
            if is_package && tree.packages.len() < MAX_PACKAGES && !tree.packages.contains(&folder.path) {
                tree.packages.push(folder.path.clone());
            }
            if comments::is_source(name) {
                files += 1;
                if files > MAX_SOURCE_FILES {
                    tree.cut = true;
                    break;
                }
                if !folder.files.is_empty() {
                    folder.files.push('/');
                }
                folder.files.push_str(name);
            }
        }
    }
    tree.packages[1..].sort();
    tree
}

fn is_foreign(entry: &ignore::DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_dir())
        && entry.file_name().to_str().is_some_and(|name| FOREIGN.contains(&name))
}

fn problem(root: &Path, error: &ignore::Error) -> String {
    if let (Some(path), Some(cause)) = (path_of(error), error.io_error()) {
        let path = relative(root, path).filter(|path| !path.is_empty()).unwrap_or_else(|| "The folder".to_owned());
        return format!("{path} cannot be read ({}): its open issues are not counted", cause.kind());
    }
    let text = error.to_string();
    text.replace(&format!("{}/", root.display()), "").replace(&root.display().to_string(), "the folder")
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}

fn relative(root: &Path, path: &Path) -> Option<String> {
    Some(path.strip_prefix(root).ok()?.to_str()?.to_owned())
}

fn watched(root: &Path, folder: &Path) -> Vec<Watched> {
    let of = |name| {
        let path = folder.join(name);
        let state = state(&path);
        Some(Watched { path: relative(root, &path)?, state }).filter(|file| file.state != UNKNOWN)
    };
    let of_git = [".git/info/exclude", ".git/HEAD", ".git/index"].into_iter().filter(|_| folder == root);
    [".gitignore", ".ignore"].into_iter().chain(of_git).filter_map(of).collect()
}
