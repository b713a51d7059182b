//! `lcov.info`: tracefiles of LCOV, which nearly every tool can write.
//!
//! <https://github.com/linux-test-project/lcov/blob/master/man/geninfo.1>, section Files

use std::collections::HashMap;

use super::{CoverageReport, FileCoverage, Lines, ratio};

/// Reads the tracefile.
///
/// # Errors
/// When it is none, or cut off; the line is named.
pub fn parse(bytes: &[u8]) -> Result<CoverageReport, String> {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = Lines::default();
    let mut summed: HashMap<String, (u64, u64)> = HashMap::new();
    let mut current: Option<&str> = None;
    for (number, line) in text.lines().enumerate() {
        let broken = |what: &str| format!("line {}: {what}", number + 1);
        let line = line.trim();
        let Some((key, value)) = line.split_once(':') else {
            match line {
                "end_of_record" => current = None,
                "" => {}
                _ if line.starts_with('#') => {}
                _ => return Err(broken("not a line of a tracefile")),
            }
            continue;
        };
        match (key, current) {
            ("SF", _) => {
                current = Some(value);
                lines.of(value);
            }
            ("DA", Some(path)) => {
                let (line, hit) = data(value).ok_or_else(|| broken("DA is not LINE,COUNT"))?;
                lines.of(path).push((line, hit));
            }
            ("LF" | "LH", Some(path)) => {
                let count: u64 = value.parse().map_err(|_| broken("not a count"))?;
                let sums = summed.entry(path.to_owned()).or_default();
                if key == "LF" { sums.1 += count } else { sums.0 += count }
            }
            ("DA" | "LF" | "LH", None) => return Err(broken("lines of no file")),
            _ => {}
        }
    }
    if let Some(path) = current {
        return Err(format!("it ends in the middle of {path}"));
    }
    let mut files = lines.finish();
    for file in files.iter_mut().filter(|file| file.lines.total == 0) {
        // A tracefile may be written without its lines, with their sums alone.
        if let Some((hit, found)) = summed.get(&file.path) {
            file.lines = ratio(*hit, *found).map_err(|error| format!("{}: {error}", file.path))?;
        }
    }
    if files.is_empty() {
        return Err("it names no file".to_owned());
    }
    Ok(CoverageReport { files: files.into_iter().collect::<Vec<FileCoverage>>(), ..CoverageReport::default() })
}

/// `LINE,COUNT[,CHECKSUM]`; counts may be larger than any integer, and negative where gcov lost count.
fn data(value: &str) -> Option<(u32, bool)> {
    let mut parts = value.split(',');
    let line = parts.next()?.trim().parse().ok()?;
    let count = parts.next()?.trim();
    let digits = count.strip_prefix('-').unwrap_or(count);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| (line, digits == count && digits.bytes().any(|byte| byte != b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Ratio;

    fn files(text: &str) -> Vec<(String, u64, u64)> {
        let report = parse(text.as_bytes()).expect("parses");
        report.files.into_iter().map(|file| (file.path, file.lines.covered, file.lines.total)).collect()
    }

    #[test]
    fn a_real_tracefile_counts_its_lines() {
        let report = parse(include_bytes!("../fixtures/lcov.info")).expect("parses");
        let lines: Vec<(&str, Ratio)> = report.files.iter().map(|file| (file.path.as_str(), file.lines)).collect();
        let expected = [("src/cart.ts", (7, 9)), ("src/label.js", (3, 4))];
        assert_eq!(lines, expected.map(|(path, (covered, total))| (path, Ratio { covered, total })));
    }

    #[test]
    fn records_of_the_same_file_are_merged_line_by_line() {
        let text =
            "TN:one\nSF:a.c\nDA:1,0\nDA:2,5\nend_of_record\nTN:two\nSF:a.c\nDA:1,3\nDA:2,0\nDA:3,-1\nend_of_record\n";
        assert_eq!(files(text), [("a.c".to_owned(), 2, 3)]);
        assert_eq!(files("SF:a.c\nLF:10\nLH:4\nend_of_record"), [("a.c".to_owned(), 4, 10)], "sums alone");
        assert_eq!(files("SF:a.c\nDA:1,99999999999999999999999\nend_of_record").len(), 1);
    }

    #[test]
    fn what_is_cut_off_or_something_else_is_refused() {
        let error = |text: &str| parse(text.as_bytes()).expect_err("is refused");
        assert_eq!(error("SF:a.c\nDA:1,1\n"), "it ends in the middle of a.c");
        assert_eq!(error("SF:a.c\nDA:x,1\nend_of_record"), "line 2: DA is not LINE,COUNT");
        assert_eq!(error("hello"), "line 1: not a line of a tracefile");
        assert_eq!(error("TN:\n"), "it names no file");
        assert!(error("SF:a\nLF:1\nLH:2\nend_of_record").contains("2 lines covered of 1"));
    }
}
