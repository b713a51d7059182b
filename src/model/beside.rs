//! What providers count in other units than tokens.

use std::sync::Arc;

use chrono::NaiveDate;

use super::compact;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    Images,
    SpokenCharacters,
    AudioSeconds,
    CodeSessions,
    FileSearches,
    WebSearches,
    /// A level, not a flow: days do not add up.
    VectorBytes,
}

impl Unit {
    pub const ALL: [Unit; 7] = [
        Unit::Images,
        Unit::SpokenCharacters,
        Unit::AudioSeconds,
        Unit::CodeSessions,
        Unit::FileSearches,
        Unit::WebSearches,
        Unit::VectorBytes,
    ];

    /// The name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Unit::Images => "images",
            Unit::SpokenCharacters => "spoken characters",
            Unit::AudioSeconds => "audio seconds",
            Unit::CodeSessions => "code sessions",
            Unit::FileSearches => "file searches",
            Unit::WebSearches => "web searches",
            Unit::VectorBytes => "vector bytes",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Unit> {
        Unit::ALL.into_iter().find(|unit| unit.name() == name)
    }

    /// Says how much of it there was: `12 images`, `57 min of audio`.
    #[must_use]
    pub fn told(self, count: u64) -> String {
        let (one, many) = match self {
            Unit::AudioSeconds if count >= 120 => return format!("{} min of audio", compact(count / 60)),
            Unit::VectorBytes => return format!("{} in vector stores", bytes(count)),
            Unit::Images => ("image", "images"),
            Unit::SpokenCharacters => ("character spoken", "characters spoken"),
            Unit::AudioSeconds => ("s of audio", "s of audio"),
            Unit::CodeSessions => ("code interpreter session", "code interpreter sessions"),
            Unit::FileSearches => ("file search", "file searches"),
            Unit::WebSearches => ("web search", "web searches"),
        };
        format!("{} {}", compact(count), if count == 1 { one } else { many })
    }
}

fn bytes(count: u64) -> String {
    match count / 1_000_000 {
        0..10 => format!("{} kB", count.div_ceil(1_000)),
        megabytes @ 10..10_000 => format!("{megabytes} MB"),
        megabytes => format!("{} GB", megabytes / 1_000),
    }
}

/// What a provider counted on a day beside tokens. Its cost is on the bill, and nowhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BesideTokens {
    pub source: Arc<str>,
    /// A UTC day.
    pub date: NaiveDate,
    pub unit: Unit,
    pub count: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_has_one_name_and_can_be_told() {
        for unit in Unit::ALL {
            assert_eq!(Unit::parse(unit.name()), Some(unit));
        }
        assert_eq!(Unit::parse("tokens"), None);
        assert_eq!(Unit::Images.told(1), "1 image");
        assert_eq!(Unit::AudioSeconds.told(119), "119 s of audio");
        assert_eq!(Unit::AudioSeconds.told(3_400), "56 min of audio");
        assert_eq!(Unit::SpokenCharacters.told(3_400), "3.40 k characters spoken");
        assert_eq!(Unit::VectorBytes.told(1), "1 kB in vector stores");
        assert_eq!(Unit::VectorBytes.told(2_500_000_000), "2500 MB in vector stores");
    }
}
