//! Profiles of `go test -coverprofile`.
//!
//! <https://pkg.go.dev/golang.org/x/tools/cover>. Go counts statements in blocks, not lines: the share is of statements.

use std::collections::{BTreeMap, HashMap};

use super::{CoverageReport, FileCoverage};
use crate::model::Ratio;

/// More statements in one block is damage.
const MAX_STATEMENTS: u64 = 1_000_000;

/// Reads the profile. Paths are those of packages: the module's path, then the file in it.
///
/// # Errors
/// When it is none; the line is named.
pub fn parse(bytes: &[u8]) -> Result<CoverageReport, String> {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines().enumerate();
    let first = lines.next().map(|(_, line)| line.trim()).unwrap_or_default();
    if !first.starts_with("mode:") {
        return Err("line 1: a profile begins with its mode".to_owned());
    }
    // Profiles of several packages are joined by writing them one after another: a block may come again.
    let mut blocks: HashMap<&str, (u64, bool)> = HashMap::new();
    for (number, line) in lines {
        let line = line.trim();
        if line.is_empty() || line.starts_with("mode:") {
            continue;
        }
        let (block, statements, hit) =
            split(line).ok_or_else(|| format!("line {}: not FILE:BLOCK STATEMENTS COUNT", number + 1))?;
        let seen = blocks.entry(block).or_insert((statements, false));
        seen.1 |= hit;
    }
    let mut files: BTreeMap<&str, Ratio> = BTreeMap::new();
    for (block, (statements, hit)) in blocks {
        let path = block.rsplit_once(':').map_or(block, |(path, _)| path);
        let file = files.entry(path).or_default();
        *file = file.plus(Ratio { covered: if hit { statements } else { 0 }, total: statements });
    }
    if files.is_empty() {
        return Err("it names no file".to_owned());
    }
    let files = files.into_iter().map(|(path, lines)| FileCoverage { path: path.to_owned(), lines }).collect();
    Ok(CoverageReport { files, ..CoverageReport::default() })
}

/// `example.com/shop/cart.go:3.41,5.2 2 1`
fn split(line: &str) -> Option<(&str, u64, bool)> {
    let (rest, count) = line.rsplit_once(' ')?;
    let (block, statements) = rest.rsplit_once(' ')?;
    let statements = statements.parse().ok().filter(|count| *count <= MAX_STATEMENTS)?;
    let is_count = !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit());
    let is_block = block.rsplit_once(':').is_some_and(|(path, span)| !path.is_empty() && span.contains(','));
    (is_count && is_block).then(|| (block, statements, count.bytes().any(|byte| byte != b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_of_blocks_count_once() {
        let report = parse(include_bytes!("../fixtures/go-cover.out")).expect("parses");
        let files: Vec<(&str, u64, u64)> =
            report.files.iter().map(|file| (file.path.as_str(), file.lines.covered, file.lines.total)).collect();
        assert_eq!(files, [("example.com/shop/cart.go", 5, 7), ("example.com/shop/tax/rate.go", 0, 2)]);
    }

    #[test]
    fn what_is_no_profile_is_refused() {
        let error = |text: &str| parse(text.as_bytes()).expect_err("is refused");
        assert_eq!(error("hello"), "line 1: a profile begins with its mode");
        assert_eq!(error("mode: set\na.go:1.1,2.2 x 1"), "line 2: not FILE:BLOCK STATEMENTS COUNT");
        assert_eq!(error("mode: set\n"), "it names no file");
    }
}
