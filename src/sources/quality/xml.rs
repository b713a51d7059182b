//! Reading the XML reports: a walk over elements that knows when a file ends too early.
//!
//! Entities of a document's own are never expanded, external ones never fetched; nothing recurses.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// What a walk meets. An empty element is opened and closed.
pub(in crate::sources) enum Node<'a> {
    Open(&'a BytesStart<'a>),
    Text(&'a str),
    Close(&'a str),
}

/// Walks over a document; stops at the first thing the visitor refuses.
///
/// # Errors
/// When it is not well-formed, or ends in the middle.
pub(in crate::sources) fn walk(
    bytes: &[u8],
    mut visit: impl FnMut(Node<'_>) -> Result<(), String>,
) -> Result<(), String> {
    let text = String::from_utf8_lossy(bytes);
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut depth = 0_usize;
    let mut seen = false;
    loop {
        let event =
            reader.read_event().map_err(|error| format!("not XML at byte {}: {error}", reader.error_position()))?;
        match event {
            Event::Start(element) => {
                (depth, seen) = (depth + 1, true);
                visit(Node::Open(&element))?;
            }
            Event::Empty(element) => {
                seen = true;
                visit(Node::Open(&element))?;
                visit(Node::Close(element.name().as_ref()))?;
            }
            Event::End(element) => {
                depth = depth.saturating_sub(1);
                visit(Node::Close(element.name().as_ref()))?;
            }
            Event::Text(text) => visit(Node::Text(&text))?,
            Event::Eof if depth > 0 => return Err("it ends in the middle".to_owned()),
            Event::Eof if !seen => return Err("it holds no XML".to_owned()),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// Returns an attribute as text.
///
/// # Errors
/// When the attributes are not well-formed.
pub(in crate::sources) fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, String> {
    let broken = |error: &dyn std::fmt::Display| format!("<{}>: {error}", element.name().as_ref());
    let Some(found) = element.try_get_attribute(name).map_err(|error| broken(&error))? else { return Ok(None) };
    let value = found.normalized_value(XmlVersion::Implicit1_0).map_err(|error| broken(&error))?;
    Ok(Some(value.into_owned()))
}

/// Returns a count, when it is there.
///
/// # Errors
/// When it is something else than a count.
pub(super) fn count(element: &BytesStart<'_>, name: &str) -> Result<Option<u64>, String> {
    let Some(text) = attribute(element, name)? else { return Ok(None) };
    let count = text.trim().parse().map_err(|_| format!("<{}>: {name} is not a count", element.name().as_ref()))?;
    Ok(Some(count))
}

/// Returns a count that has to be there.
///
/// # Errors
/// When it is missing or something else.
pub(super) fn required(element: &BytesStart<'_>, name: &str) -> Result<u64, String> {
    count(element, name)?.ok_or_else(|| format!("<{}> has no {name}", element.name().as_ref()))
}

/// Returns the names of the document's first element and of the first one in it, from its first bytes.
#[must_use]
pub(super) fn beginning(head: &[u8]) -> Option<(String, Option<String>)> {
    let text = String::from_utf8_lossy(head);
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let root = next_name(&mut reader)?;
    Some((root, next_name(&mut reader)))
}

fn next_name(reader: &mut Reader<&[u8]>) -> Option<String> {
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) | Event::Empty(element) => return Some(element.name().as_ref().to_owned()),
            Event::Eof => return None,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_found_behind_declaration_doctype_and_comment() {
        let head =
            b"\xef\xbb\xbf<?xml version=\"1.0\"?>\n<!DOCTYPE coverage SYSTEM \"x.dtd\">\n<!-- a -->\n<coverage a='1'>";
        assert_eq!(beginning(head), Some(("coverage".to_owned(), None)));
        assert_eq!(beginning(b"<a>\n<b/>"), Some(("a".to_owned(), Some("b".to_owned()))));
        assert_eq!(beginning(b"mode: set"), None);
    }

    #[test]
    fn a_file_that_was_cut_off_is_refused() {
        let walk = |text: &str| walk(text.as_bytes(), |_| Ok(()));
        assert_eq!(walk("<a><b/></a>"), Ok(()));
        assert_eq!(walk("<a><b/>"), Err("it ends in the middle".to_owned()));
        assert_eq!(walk("  "), Err("it holds no XML".to_owned()));
        assert!(walk("<a></b>").expect_err("does not match").starts_with("not XML"));
    }
}
