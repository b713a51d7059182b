//! CSV as RFC 4180 has it: CRLF, quotes where they are needed, an empty field for what is not known.
//!
//! A spreadsheet runs a cell that begins like a formula, and names come from outside: such a text gets an apostrophe in
//! front (OWASP, CSV injection). Numbers are ours and stay numbers, a minus in front or not.

use std::borrow::Cow;
use std::io;

use csv::{QuoteStyle, Terminator, Writer, WriterBuilder};

use super::Cell;

/// How a cell begins that a spreadsheet may run.
const RUNNABLE: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Returns a text that no spreadsheet takes for a formula.
fn guarded(text: &str) -> Cow<'_, str> {
    if text.starts_with(RUNNABLE) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

pub(super) fn header(out: &mut dyn io::Write, columns: &[&str]) -> io::Result<()> {
    let mut writer = writer(out);
    writer.write_record(columns)?;
    writer.flush()
}

pub(super) fn rows<'a>(out: &mut dyn io::Write, rows: impl IntoIterator<Item = Vec<Cell<'a>>>) -> io::Result<()> {
    let mut writer = writer(out);
    for row in rows {
        for cell in &row {
            match cell {
                Cell::Empty => writer.write_field("")?,
                Cell::Text(text) => writer.write_field(guarded(text).as_ref())?,
                Cell::Number(number) => writer.write_field(number)?,
            }
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.flush()
}

fn writer(out: &mut dyn io::Write) -> Writer<&mut dyn io::Write> {
    WriterBuilder::new().terminator(Terminator::CRLF).quote_style(QuoteStyle::Necessary).from_writer(out)
}
