//! Text from outside inside Markdown: names of projects, models and sources can hold anything.

/// Returns a text that Markdown shows as it is: no emphasis, link, image, HTML or table cell begins in it.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, letter) in text.char_indices() {
        match letter {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' | '!' | '@' => {
                out.push('\\');
                out.push(letter);
            }
            // What many programs make a link of without being asked.
            ':' if text[at..].starts_with("://") => out.push_str("\\:"),
            '.' if text[..at].to_ascii_lowercase().ends_with("www") => out.push_str("\\."),
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out
}

/// Writes a table; the first column holds names, the others numbers.
pub(super) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &mut dyn Iterator<Item = &str>| format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "));
    let rule = |at: usize| if at == 0 { "---" } else { "---:" };
    let mut text = line(&mut head.iter().copied());
    text += &line(&mut (0..head.len()).map(rule));
    for row in rows {
        text += &line(&mut row.iter().map(String::as_str));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_mean_nothing_to_markdown() {
        for (name, shown) in [
            ("storefront", "storefront"),
            ("a|b\nc", "a\\|b c"),
            ("**bold** _it_", "\\*\\*bold\\*\\* \\_it\\_"),
            ("[click](https://evil.example)", "\\[click\\](https\\://evil.example)"),
            ("<img src=x>", "\\<img src=x\\>"),
            ("WWW.evil.example", "WWW\\.evil.example"),
            ("`code` #1 @all", "\\`code\\` \\#1 \\@all"),
            ("Opus 4.5", "Opus 4.5"),
        ] {
            assert_eq!(escaped(name), shown);
        }
    }
}
