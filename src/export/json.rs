//! A table as JSON: `{"from": …, "rows": [{…}, …]}`, a row a line, so that it can be written and read piece by piece.
//!
//! Numbers are written as they are, never through a float.

use std::io::{self, Write};

use super::Cell;

pub(super) fn begin(out: &mut dyn Write, head: &[(&str, &str)]) -> io::Result<()> {
    out.write_all(b"{")?;
    for (name, text) in head {
        serde_json::to_writer(&mut *out, name)?;
        out.write_all(b":")?;
        serde_json::to_writer(&mut *out, text)?;
        out.write_all(b",")?;
    }
    out.write_all(b"\"rows\":[")
}

pub(super) fn rows<'a>(
    out: &mut dyn Write,
    columns: &[&str],
    begun: &mut bool,
    rows: impl IntoIterator<Item = Vec<Cell<'a>>>,
) -> io::Result<()> {
    for row in rows {
        out.write_all(if *begun { b",\n{" } else { b"\n{" })?;
        *begun = true;
        for (at, (column, cell)) in columns.iter().zip(&row).enumerate() {
            if at > 0 {
                out.write_all(b",")?;
            }
            serde_json::to_writer(&mut *out, column)?;
            out.write_all(b":")?;
            match cell {
                Cell::Empty => out.write_all(b"null")?,
                Cell::Text(text) => serde_json::to_writer(&mut *out, text)?,
                Cell::Number(number) => out.write_all(number.as_bytes())?,
            }
        }
        out.write_all(b"}")?;
    }
    Ok(())
}

pub(super) fn end(out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"\n]}\n")
}
