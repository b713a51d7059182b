//! What the manifests say: description, licence, and the frameworks and tools the project is built with.
//!
//! Looks at the folder and the folders directly in it, where `frontend/` and `backend/` keep theirs. Which file a fact is
//! from is kept as its evidence.

mod packages;
mod stack;

use std::path::Path;

use super::one_line;
use crate::model::FolderFacts;
use packages::Package;

/// A manifest is written by hand; more is a generated file.
const MAX_BYTES: u64 = 1 << 20;
/// Folders that are looked into for manifests.
const MAX_FOLDERS: usize = 64;
/// Of a folder's own entries; one with more is no source folder.
const MAX_ENTRIES: usize = 2_000;

/// The files that say something, relative to the folder, and the folders that were looked into.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub paths: Vec<String>,
    pub folders: Vec<String>,
    /// Why the folder could not be listed.
    pub error: Option<String>,
}

/// Lists the files that say something: manifests first those of the folder itself.
pub(super) fn candidates(folder: &Path) -> Files {
    let mut files = Files::default();
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return Files { error: Some(error.to_string()), ..files },
    };
    let mut entries: Vec<_> = entries.flatten().take(MAX_ENTRIES).collect();
    entries.sort_unstable_by_key(std::fs::DirEntry::file_name);
    for entry in &entries {
        let (Ok(kind), Ok(name)) = (entry.file_type(), entry.file_name().into_string()) else { continue };
        if kind.is_file() && (stack::is_telling(&name) || is_readme(&name) || is_licence(&name)) {
            files.paths.push(name);
        } else if kind.is_dir() && (!name.starts_with('.') || name == ".github") && name != "node_modules" {
            files.folders.push(name);
        }
    }
    files.folders.truncate(MAX_FOLDERS);
    for inner in files.folders.clone() {
        let entries = std::fs::read_dir(folder.join(&inner)).into_iter().flatten().flatten().take(MAX_ENTRIES);
        let found = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file() || inner == ".github"));
        let names = found.filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<String> =
            names.filter(|name| stack::is_telling(name)).map(|name| format!("{inner}/{name}")).collect();
        names.sort_unstable();
        files.paths.append(&mut names);
    }
    files
}

/// Whether the folder itself has a manifest of a package manager.
pub(super) fn has_own_manifest(folder: &Path) -> bool {
    packages::MANIFESTS.iter().any(|name| folder.join(name).is_file())
}

/// Reads the manifests into `facts`.
pub(super) fn read(folder: &Path, files: &Files, facts: &mut FolderFacts) {
    let mut found: Vec<(&'static str, &str)> = Vec::new();
    for path in &files.paths {
        let is_top = !path.contains('/');
        let name = path.rsplit('/').next().unwrap_or(path);
        found.extend(stack::of_file(name).map(|friendly| (friendly, path.as_str())));
        if is_top && is_readme(name) {
            facts.readme = true;
            facts.evidence.entry("readme".to_owned()).or_insert_with(|| path.clone());
        }
        if !packages::is_manifest(name) {
            continue;
        }
        let package = match text(&folder.join(path)).and_then(|text| Package::parse(name, &text)) {
            Ok(package) => package,
            Err(error) => {
                facts.notes.push(format!("{path} cannot be understood: {error}"));
                continue;
            }
        };
        let names = package.dependencies.iter().filter_map(|name| stack::of_dependency(name));
        found.extend(names.map(|friendly| (friendly, path.as_str())));
        if is_top {
            take(&mut facts.description, package.description, "description", path, &mut facts.evidence);
            take(&mut facts.licence, package.licence, "licence", path, &mut facts.evidence);
        }
    }
    if facts.licence.is_none()
        && let Some(path) = files.paths.iter().find(|path| !path.contains('/') && is_licence(path))
    {
        let recognised = text(&folder.join(path)).ok().and_then(|text| recognise_licence(&text));
        take(&mut facts.licence, recognised.map(str::to_owned), "licence", path, &mut facts.evidence);
    }
    // A sort that keeps what is equal in place: the folder's own manifest wins as evidence.
    found.sort_by_key(|(friendly, _)| stack::rank(friendly));
    found.dedup_by_key(|(friendly, _)| *friendly);
    for (friendly, path) in found {
        facts.stack.push(friendly.to_owned());
        facts.evidence.insert(format!("stack.{friendly}"), path.to_owned());
    }
}

fn take(
    place: &mut Option<String>,
    value: Option<String>,
    fact: &str,
    path: &str,
    evidence: &mut std::collections::BTreeMap<String, String>,
) {
    let value = value.map(|value| one_line(&value)).filter(|value| !value.is_empty());
    if place.is_none() && value.is_some() {
        *place = value;
        evidence.insert(fact.to_owned(), path.to_owned());
    }
}

fn text(path: &Path) -> Result<String, String> {
    let metadata = std::fs::symlink_metadata(path).map_err(|error| error.to_string())?;
    if !metadata.is_file() || metadata.len() > MAX_BYTES {
        return Err(format!("it is larger than {} MB, or no file", MAX_BYTES >> 20));
    }
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())
}

fn is_readme(name: &str) -> bool {
    name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("readme"))
}

fn is_licence(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["license", "licence", "copying"].iter().any(|start| lower.starts_with(start))
}

/// By words only one licence has.
fn recognise_licence(text: &str) -> Option<&'static str> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    let marks = [
        ("gnu affero general public license", "AGPL-3.0"),
        ("gnu lesser general public license", "LGPL"),
        ("gnu general public license version 2", "GPL-2.0"),
        ("gnu general public license", "GPL-3.0"),
        ("mozilla public license version 2.0", "MPL-2.0"),
        ("apache license version 2.0", "Apache-2.0"),
        ("permission is hereby granted, free of charge, to any person obtaining a copy", "MIT"),
        ("permission to use, copy, modify, and/or distribute this software", "ISC"),
        ("neither the name of", "BSD-3-Clause"),
        ("redistribution and use in source and binary forms", "BSD-2-Clause"),
        ("this is free and unencumbered software", "Unlicense"),
    ];
    // The GNU licences name each other further down; what a licence is stands at its beginning.
    let start = text.get(..600).unwrap_or(&text);
    let by_start = marks.iter().find(|(mark, _)| start.contains(mark));
    by_start.or_else(|| marks.iter().skip(5).find(|(mark, _)| text.contains(mark))).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_manifests_say_and_which_one_said_it() {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in [
            (
                "package.json",
                r#"{"description": " A shop ", "license": "MIT", "dependencies": {"react": "19", "next": "16"}}"#,
            ),
            ("backend/Cargo.toml", "[package]\ndescription = 'not the shop'\n[dependencies]\naxum = '0.8'\n"),
            ("broken/pyproject.toml", "[project\n"),
            ("Dockerfile", "FROM scratch\n"),
            (".github/workflows/ci.yml", ""),
            ("ReadMe.md", "# Shop\n"),
        ] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("has a parent")).expect("makes a folder");
            std::fs::write(path, text).expect("writes");
        }
        let mut facts = FolderFacts::default();
        read(folder.path(), &candidates(folder.path()), &mut facts);
        assert_eq!(facts.description.as_deref(), Some("A shop"));
        assert_eq!(facts.licence.as_deref(), Some("MIT"));
        assert!(facts.readme);
        assert_eq!(facts.stack, ["Next.js", "React", "Axum", "Node.js", "Rust", "Python", "Docker", "GitHub Actions"]);
        assert_eq!(facts.evidence["stack.Axum"], "backend/Cargo.toml");
        assert_eq!(facts.evidence["readme"], "ReadMe.md");
        assert_eq!(facts.notes.len(), 1, "{:?}", facts.notes);
        assert!(facts.notes[0].starts_with("broken/pyproject.toml cannot be understood"), "{:?}", facts.notes);
    }

    #[test]
    fn a_licence_file_is_recognised_by_its_words() {
        for (text, name) in [
            (
                "MIT License\n\nPermission is hereby granted, free of\ncharge, to any person obtaining a copy",
                Some("MIT"),
            ),
            ("GNU GENERAL PUBLIC LICENSE\n Version 2, June 1991 GNU General Public License version 2", Some("GPL-2.0")),
            (
                "                                 Apache License\n                           Version 2.0",
                Some("Apache-2.0"),
            ),
            ("All rights reserved", None),
        ] {
            assert_eq!(recognise_licence(text), name, "{text}");
        }
    }
}
