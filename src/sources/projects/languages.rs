//! Lines of code by language: of the files git tracks, or of all that are not ignored.
//!
//! Data and prose are not code. Files are read and never run; links are not followed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use rayon::prelude::*;
use tokei::{Config, LanguageType};

use crate::model::Language;
use crate::sources::allowance::Allowance;

/// In a larger project every n-th file is counted, and the result multiplied: reading a million files takes a minute.
const COUNTED: usize = 500;
/// Enough to name its languages until it has its turn.
const COUNTED_ROUGHLY: usize = 50;
/// Nobody writes such files by hand.
const LARGEST_FILE: u64 = 1 << 19;
/// A folder without git may be anything, a whole disk too.
const MAX_WALKED: usize = 20_000;
const MAX_DEPTH: usize = 12;
/// What others wrote, or a program made.
const NOT_OURS: [&str; 14] = [
    "node_modules",
    "bower_components",
    "vendor",
    "third_party",
    "target",
    "dist",
    "build",
    "out",
    "coverage",
    ".venv",
    "venv",
    "__pycache__",
    ".next",
    ".git",
];

/// Begins the note of a project of which not all files were read.
pub(super) const ESTIMATED: &str = "Lines of code are estimated";

/// Counts the code of a folder, the largest language first, and says whether that is rough: of a large folder few files
/// are counted when the allowance is used up.
pub(super) fn count(
    folder: &Path,
    tracked: Option<Vec<String>>,
    allowance: &Allowance,
    notes: &mut Vec<String>,
) -> (Vec<Language>, bool) {
    let files: Vec<(PathBuf, LanguageType)> = match tracked {
        Some(paths) => {
            paths.iter().filter(|path| is_ours(path)).filter_map(|path| code_file(folder.join(path))).collect()
        }
        None => walk(folder, notes),
    };
    let is_rough = files.len() > COUNTED && !allowance.take(COUNTED);
    let step = files.len().div_ceil(if is_rough { COUNTED_ROUGHLY } else { COUNTED }).max(1);
    if step > 1 {
        notes.push(format!("{ESTIMATED}: 1 of {step} of the {} files was counted.", files.len()));
    }
    let mut languages: BTreeMap<&str, Language> = BTreeMap::new();
    for (_, kind) in &files {
        let name = kind.name();
        let language = languages.entry(name).or_insert_with(|| Language { name: name.to_owned(), code: 0, files: 0 });
        language.files += 1;
    }
    let config = Config::default();
    let lines: Vec<(&str, u64)> = files
        .par_iter()
        .step_by(step)
        .filter_map(|(path, kind)| Some((kind.name(), lines(path, *kind, &config)?)))
        .collect();
    for (name, lines) in lines {
        if let Some(language) = languages.get_mut(name) {
            language.code += lines * step as u64;
        }
    }
    let mut languages: Vec<Language> = languages.into_values().filter(|language| language.code > 0).collect();
    languages.sort_by(|a, b| b.code.cmp(&a.code).then_with(|| a.name.cmp(&b.name)));
    (languages, is_rough)
}

fn lines(path: &Path, kind: LanguageType, config: &Config) -> Option<u64> {
    let metadata = std::fs::symlink_metadata(path).ok()?;
    if !metadata.is_file() || metadata.len() > LARGEST_FILE {
        return None;
    }
    let text = std::fs::read(path).ok()?;
    Some(kind.parse_from_slice(text, config).summarise().code as u64)
}

/// The language of a file, when it is code.
fn code_file(path: PathBuf) -> Option<(PathBuf, LanguageType)> {
    // Without an extension the file would be opened for its first line: not for thousands of them.
    path.extension()?;
    let kind = LanguageType::from_path(&path, &Config::default())?;
    is_code(kind).then_some((path, kind))
}

fn is_code(kind: LanguageType) -> bool {
    !matches!(
        kind.name(),
        "JSON"
            | "YAML"
            | "TOML"
            | "XML"
            | "SVG"
            | "Markdown"
            | "Plain Text"
            | "INI"
            | "CSV"
            | "ReStructuredText"
            | "AsciiDoc"
            | "Org"
            | "Pan"
            | "Protocol Buffers Text Format"
            | "Jupyter Notebooks"
            | "MDX"
    )
}

fn is_ours(path: &str) -> bool {
    !path.split('/').any(|part| NOT_OURS.contains(&part)) && !path.ends_with(".min.js")
}

fn walk(folder: &Path, notes: &mut Vec<String>) -> Vec<(PathBuf, LanguageType)> {
    let ours = |name: &std::ffi::OsStr| name.to_str().is_none_or(|name| !NOT_OURS.contains(&name));
    let walk = WalkBuilder::new(folder)
        .follow_links(false)
        .require_git(false)
        .parents(false)
        .max_depth(Some(MAX_DEPTH))
        .filter_entry(move |entry| entry.depth() == 0 || ours(entry.file_name()))
        .build();
    let (mut files, mut seen) = (Vec::new(), 0);
    for entry in walk.flatten().filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file())) {
        seen += 1;
        if seen > MAX_WALKED {
            notes.push(format!("The folder holds more than {MAX_WALKED} files; only these were looked at."));
            break;
        }
        files.extend(code_file(entry.into_path()));
    }
    files.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_counted_and_data_prose_and_others_work_are_not() {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in [
            ("src/a.rs", "// says nothing\n\nfn a() {}\nfn b() {}\n"),
            ("src/b.py", "x = 1\n"),
            ("data.json", "{\n}\n"),
            ("README.md", "words\n"),
            ("node_modules/x/index.js", "let a = 1;\n"),
            ("secret/a.rs", "fn c() {}\n"),
            (".gitignore", "secret/\n"),
        ] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("has a parent")).expect("makes a folder");
            std::fs::write(path, text).expect("writes");
        }
        std::os::unix::fs::symlink(folder.path(), folder.path().join("src/loop")).expect("links");
        let mut notes = Vec::new();
        let language = |name: &str, code| Language { name: name.to_owned(), code, files: 1 };
        let all = Allowance::of(usize::MAX);
        assert_eq!(count(folder.path(), None, &all, &mut notes).0, [language("Rust", 2), language("Python", 1)]);
        let tracked = vec!["src/b.py".to_owned(), "src/gone.rs".to_owned(), "vendor/x.go".to_owned()];
        assert_eq!(count(folder.path(), Some(tracked), &all, &mut notes).0, [language("Python", 1)]);
        assert_eq!(notes, Vec::<String>::new());
    }

    #[test]
    fn a_large_project_is_estimated_and_says_so() {
        let folder = tempfile::tempdir().expect("a folder");
        let names: Vec<String> = (0..COUNTED * 2).map(|number| format!("{number}.rs")).collect();
        for name in &names {
            std::fs::write(folder.path().join(name), "fn a() {}\n").expect("writes");
        }
        let mut notes = Vec::new();
        let all = names.len() as u64;
        let estimate = vec![Language { name: "Rust".to_owned(), code: all, files: all }];
        for (allowance, is_rough) in [(1, false), (0, true)] {
            let found = count(folder.path(), Some(names.clone()), &Allowance::of(allowance), &mut notes);
            assert_eq!(found, (estimate.clone(), is_rough));
        }
        assert!(notes[0].starts_with("Lines of code are estimated: 1 of 2 "), "{notes:?}");
        assert!(notes[1].starts_with("Lines of code are estimated: 1 of 20 "), "{notes:?}");
    }
}
