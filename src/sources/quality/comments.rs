//! Open TODO, FIXME and HACK: counted in comments alone, never in strings, names or prose.
//!
//! Pure: [`markers`] takes a file's name and bytes. Libraries that know comments count lines of them, or colour them;
//! none says where they are, so the small table of languages is here (`syntax`). A marker counts when it stands as a
//! word in capitals, as editors and linters have it.

mod syntax;

use memchr::memmem;
use syntax::{Delimited, Line};
pub use syntax::{Syntax, is_source, syntax_of};

use crate::model::Markers;

const WORDS: [&[u8]; 3] = [b"TODO", b"FIXME", b"HACK"];
/// A file with a zero byte so early is no text.
const BINARY_LOOK: usize = 8 << 10;

/// Counts the markers in the comments of a source file; `None` when it is no text.
#[must_use]
pub fn markers(syntax: &Syntax, bytes: &[u8]) -> Option<Markers> {
    if memchr::memchr(0, &bytes[..bytes.len().min(BINARY_LOOK)]).is_some() {
        return None;
    }
    let mut markers = Markers::default();
    // Most files have none, and need no second look.
    if WORDS.iter().any(|word| memmem::find(bytes, word).is_some()) {
        let mut scan = Scan { bytes, at: 0, syntax };
        while let Some(comment) = scan.next_comment() {
            count(comment, &mut markers);
        }
    }
    Some(markers)
}

fn count(comment: &[u8], markers: &mut Markers) {
    for (word, counter) in WORDS.into_iter().zip([&mut markers.todo, &mut markers.fixme, &mut markers.hack]) {
        let found = memmem::find_iter(comment, word).filter(|at| {
            let before = at.checked_sub(1).and_then(|at| comment.get(at));
            let after = comment.get(at + word.len());
            ![before, after].into_iter().flatten().any(|byte| is_word(*byte))
        });
        *counter += found.count() as u64;
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    syntax: &'a Syntax,
}

impl<'a> Scan<'a> {
    /// Passes over code and strings, and returns the text of the next comment.
    fn next_comment(&mut self) -> Option<&'a [u8]> {
        while self.at < self.bytes.len() {
            let rest = &self.bytes[self.at..];
            if let Some(block) = self.syntax.blocks.iter().find(|block| rest.starts_with(block.open)) {
                return Some(self.block(block));
            }
            if let Some(line) = self.syntax.lines.iter().find(|line| rest.starts_with(line.open) && self.may_open(line))
            {
                let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                self.at += end;
                return Some(&rest[line.open.len().min(end)..end]);
            }
            if self.syntax.rust && self.rust_literal(rest) {
                continue;
            }
            if let Some(string) = self.syntax.strings.iter().find(|string| rest.starts_with(string.open)) {
                self.string(string);
                continue;
            }
            self.at += 1;
        }
        None
    }

    fn may_open(&self, line: &Line) -> bool {
        let before = self.at.checked_sub(1).map(|at| self.bytes[at]);
        let apart = before.is_none_or(|byte| byte.is_ascii_whitespace() || matches!(byte, b';' | b'(' | b'{'));
        !line.stands_apart || apart
    }

    fn block(&mut self, block: &Delimited) -> &'a [u8] {
        let start = self.at + block.open.len();
        let (mut at, mut depth) = (start, 1_usize);
        while at < self.bytes.len() {
            let rest = &self.bytes[at..];
            if rest.starts_with(block.close) {
                depth -= 1;
                if depth == 0 {
                    self.at = at + block.close.len();
                    return &self.bytes[start..at];
                }
                at += block.close.len();
            } else if block.nests && rest.starts_with(block.open) {
                depth += 1;
                at += block.open.len();
            } else {
                at += 1;
            }
        }
        self.at = self.bytes.len();
        &self.bytes[start..]
    }

    fn string(&mut self, string: &Delimited) {
        self.at += string.open.len();
        while self.at < self.bytes.len() {
            let rest = &self.bytes[self.at..];
            if rest.starts_with(string.close) {
                self.at += string.close.len();
                return;
            }
            match rest[0] {
                b'\\' if string.escapes => self.at += 2,
                // An apostrophe in prose, a quote in a pattern: what was no string does no harm beyond its line.
                b'\n' if !string.spans_lines => return,
                _ => self.at += 1,
            }
        }
    }

    /// Passes over what Rust has and others have not: raw strings, and characters beside lifetimes.
    fn rust_literal(&mut self, rest: &[u8]) -> bool {
        let after_word = self.at.checked_sub(1).is_some_and(|at| is_word(self.bytes[at]));
        if rest[0] == b'\'' {
            let length = match rest.get(1) {
                Some(b'\\') => memchr::memchr(b'\'', rest.get(3..).unwrap_or_default()).map(|end| end + 4),
                Some(_) => {
                    let longest = &rest[..rest.len().min(6)];
                    memchr::memchr(b'\'', longest.get(2..).unwrap_or_default()).map(|end| end + 3)
                }
                None => None,
            };
            // Without an end it is a lifetime; a character is four bytes at most.
            self.at += length.filter(|length| rest[1] == b'\\' || is_one_character(&rest[1..length - 1])).unwrap_or(1);
            return true;
        }
        let raw = rest.strip_prefix(b"r").or_else(|| rest.strip_prefix(b"br")).or_else(|| rest.strip_prefix(b"cr"));
        let Some(raw) = raw.filter(|_| !after_word) else { return false };
        let hashes = raw.iter().take_while(|byte| **byte == b'#').count();
        if raw.get(hashes) != Some(&b'"') {
            return false;
        }
        let mut close = vec![b'"'];
        close.extend(std::iter::repeat_n(b'#', hashes));
        let body = &raw[hashes + 1..];
        let length = memmem::find(body, &close).map_or(body.len(), |end| end + close.len());
        self.at += rest.len() - body.len() + length;
        true
    }
}

fn is_one_character(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| text.chars().count() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn counted(name: &str, text: &str) -> (u64, u64, u64) {
        let syntax = syntax_of(name).expect("a known language");
        let Markers { todo, fixme, hack } = markers(syntax, text.as_bytes()).expect("is text");
        (todo, fixme, hack)
    }

    #[test]
    fn comments_count_and_strings_and_code_do_not() {
        for (name, text, expected) in [
            ("a.rs", "// TODO: one\nlet s = \"// TODO\"; /* FIXME /* TODO */ HACK */ let TODO = 1;", (2, 1, 1)),
            (
                "a.rs",
                "let r = r#\"// TODO \"inner\" \"#; let c = '\"'; // TODO\nfn f<'a>(x: &'a str) {} // FIXME",
                (1, 1, 0),
            ),
            ("a.rs", "let q = '\\''; // HACK\nlet u = '\\u{1F600}'; let é = 'é'; // HACK", (0, 0, 2)),
            ("a.ts", "const a = `// TODO ${b}\n// TODO`; // FIXME: here\nconst url = \"http://x/TODO\";", (0, 1, 0)),
            ("a.py", "x = '# TODO'  # TODO(me)\n\"\"\"\n# FIXME in a docstring\n\"\"\"\n#HACK", (1, 0, 1)),
            ("a.sh", "echo \"${x#TODO}\" $# TODO; # FIXME\n#!/bin/sh TODO", (1, 1, 0)),
            ("a.go", "s := `// TODO`\n// TODO\nr := '\"' // FIXME", (1, 1, 0)),
            ("a.sql", "select '-- TODO' -- TODO\n/* HACK */", (1, 0, 1)),
            ("a.lua", "--[[ TODO\nFIXME ]] x = 1 -- HACK", (1, 1, 1)),
            ("a.html", "<p>TODO don't <!-- FIXME --></p>", (0, 1, 0)),
            ("a.css", "a { background: url(http://x/TODO) } /* HACK */", (0, 0, 1)),
            ("Dockerfile", "# TODO\nRUN echo '# FIXME'", (1, 0, 0)),
            ("a.yaml", "a: b#TODO\n# TODO", (1, 0, 0)),
            (
                "a.vue",
                "<template><!-- TODO --><a href=\"//x/TODO\">y</a></template><script>\n// FIXME\n</script>",
                (1, 1, 0),
            ),
        ] {
            assert_eq!(counted(name, text), expected, "{name}: {text}");
        }
    }

    #[test]
    fn a_marker_is_a_word_in_capitals() {
        let text = "// TODO: a, TODOS, todo, MY_TODO, todoTODO, XTODO\n// @TODO (TODO) TODO-12 TODO";
        assert_eq!(counted("a.c", text), (5, 0, 0));
    }

    #[test]
    fn what_never_ends_ends_with_the_file() {
        for text in ["/* TODO", "// TODO", "\"TODO", "'", "r#\"TODO", "'\\", "\\"] {
            for name in ["a.rs", "a.ts", "a.py", "a.lua"] {
                let _ = counted(name, text);
            }
        }
        assert_eq!(counted("a.c", "/* TODO"), (1, 0, 0));
    }

    #[test]
    fn binary_is_not_zero() {
        assert_eq!(markers(syntax_of("a.c").expect("known"), b"\0// TODO"), None);
        assert!(syntax_of("notes.md").is_none() && syntax_of("a.png").is_none() && syntax_of("noextension").is_none());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic_or_count_more_than_there_is(
            bytes in proptest::collection::vec(prop_oneof![
                any::<u8>().prop_map(|byte| vec![byte]),
                prop::sample::select(vec!["TODO", "//", "/*", "*/", "\"", "'", "`", "#", "r#\"", "\"#", "\\", "\n", "é", "<!--", "--[["])
                    .prop_map(|part| part.as_bytes().to_vec()),
            ], 0..60),
            name in prop::sample::select(vec!["a.rs", "a.ts", "a.py", "a.sh", "a.html", "a.lua", "a.hs", "a.vue"]),
        ) {
            let bytes = bytes.concat();
            let found = markers(syntax_of(name).expect("known"), &bytes).map_or(0, Markers::total);
            prop_assert!(found <= memmem::find_iter(&bytes, b"TODO").count() as u64);
        }
    }
}
