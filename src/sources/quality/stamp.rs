//! What is remembered of a folder between readings, in as few bytes as do.
//!
//! Fields end with a zero byte and names of files with a slash: neither can be in a name.

use super::tree::{Folder, Marked, Tree, Watched};
use crate::model::Markers;

/// Grows when reading the same files may give another result.
const READER: &str = "3";
const END: char = '\0';

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Of the report files that were there, by name, size and time.
    pub reports: u64,
    pub report_notes: Vec<String>,
    pub tree: Tree,
}

impl Stamp {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut text = String::with_capacity(256 + self.tree.folders.len() * 64);
        let mut put = |field: &str| {
            text.extend(field.chars().filter(|c| *c != END));
            text.push(END);
        };
        put(READER);
        put(&self.reports.to_string());
        for list in [&self.report_notes, &self.tree.problems, &self.tree.packages] {
            put(&list.len().to_string());
            list.iter().for_each(|item| put(item));
        }
        put(&u8::from(self.tree.cut).to_string());
        put(&self.tree.looked.to_string());
        put(&self.tree.watched.len().to_string());
        for file in &self.tree.watched {
            put(&file.path);
            put(&file.state.to_string());
        }
        put(&self.tree.folders.len().to_string());
        for folder in &self.tree.folders {
            put(&folder.path);
            put(&folder.listing.to_string());
            put(&folder.contents.to_string());
            put(&folder.passed_over.to_string());
            put(&u8::from(folder.waiting).to_string());
            put(&folder.files);
            put(&folder.marked.len().to_string());
            for Marked { name, markers: Markers { todo, fixme, hack } } in &folder.marked {
                put(name);
                [todo, fixme, hack].iter().for_each(|count| put(&count.to_string()));
            }
        }
        text.into_bytes()
    }

    /// Returns `None` for what an older or newer reader has written, and for damage: everything is then read anew.
    pub(super) fn decode(bytes: &[u8]) -> Option<Stamp> {
        let text = std::str::from_utf8(bytes).ok()?;
        let mut fields = text.split_terminator(END);
        if fields.next()? != READER {
            return None;
        }
        let reports = fields.next()?.parse().ok()?;
        let mut list = || -> Option<Vec<String>> {
            let count: usize = fields.next()?.parse().ok()?;
            (0..count).map(|_| fields.next().map(str::to_owned)).collect()
        };
        let (report_notes, problems, packages) = (list()?, list()?, list()?);
        let cut = fields.next()? == "1";
        let looked = fields.next()?.parse().ok()?;
        let count: usize = fields.next()?.parse().ok()?;
        let file = |_| Some(Watched { path: fields.next()?.to_owned(), state: fields.next()?.parse().ok()? });
        let watched = (0..count).map(file).collect::<Option<Vec<Watched>>>()?;
        let count: usize = fields.next()?.parse().ok()?;
        let folder = |_| {
            let (path, listing) = (fields.next()?.to_owned(), fields.next()?.parse().ok()?);
            let (contents, passed_over) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
            let waiting = fields.next()? == "1";
            let files = fields.next()?.to_owned();
            let count: usize = fields.next()?.parse().ok()?;
            let marked = |_| {
                let name = fields.next()?.to_owned();
                let mut number = || fields.next()?.parse().ok();
                Some(Marked { name, markers: Markers { todo: number()?, fixme: number()?, hack: number()? } })
            };
            let marked = (0..count).map(marked).collect::<Option<Vec<Marked>>>()?;
            Some(Folder { path, listing, contents, marked, passed_over, waiting, files })
        };
        let folders = (0..count).map(folder).collect::<Option<Vec<Folder>>>()?;
        Some(Stamp { reports, report_notes, tree: Tree { folders, watched, packages, problems, cut, looked } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_stamp_comes_back_and_damage_does_not() {
        let folder = Folder {
            path: "src/\n".into(),
            listing: u64::MAX,
            contents: 7,
            marked: vec![Marked { name: "b.rs".into(), markers: Markers { todo: 1, fixme: 2, hack: 3 } }],
            passed_over: 4,
            waiting: true,
            files: "a.rs/b.rs".into(),
        };
        let tree = Tree {
            folders: vec![Folder::default(), folder],
            watched: vec![Watched { path: ".gitignore".into(), state: 9 }],
            packages: vec![String::new(), "web".into()],
            problems: vec!["no".into()],
            cut: true,
            looked: 11,
        };
        let stamp = Stamp { reports: 5, report_notes: vec!["a note".into()], tree };
        let bytes = stamp.encode();
        assert_eq!(Stamp::decode(&bytes), Some(stamp));
        for length in 0..bytes.len() - 1 {
            assert_eq!(Stamp::decode(&bytes[..length]).filter(|stamp| stamp.tree.folders.len() == 3), None);
        }
        assert_eq!(Stamp::decode(b"0\0"), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in any::<Vec<u8>>(), count in any::<u64>()) {
            let _ = Stamp::decode(&bytes);
            let _ = Stamp::decode(format!("1\x005\x00{count}\x00").as_bytes());
        }
    }
}
