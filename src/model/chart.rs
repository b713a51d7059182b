//! A chart as the server ships it: ECharts option JSON, and the same numbers as a table.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// One chart, ready to draw. Colours are named `var(--c1)`…; the browser fills in the theme's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart {
    /// What it shows, in words, for those who cannot see it.
    pub label: String,
    /// ECharts option JSON.
    pub option: String,
    /// Series names, in the order of the colours.
    pub legend: Vec<String>,
    /// What the legend draws beside each name, as classes of the style sheet; `c1`, `c2`… where there is none.
    #[serde(default)]
    pub marks: Vec<String>,
    /// What the faintest and the strongest colour stand for, where colour is the amount.
    #[serde(default)]
    pub scale: Option<(String, String)>,
    #[serde(default)]
    pub height: ChartHeight,
    pub columns: Vec<String>,
    /// Formatted cells; the first is the row's header.
    pub rows: Vec<Vec<String>>,
}

/// How much room a drawing needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChartHeight {
    Low,
    #[default]
    Middle,
    Tall,
}

impl Chart {
    /// Returns the class of the legend's mark beside the series of this number, from zero.
    #[must_use]
    pub fn mark(&self, number: usize) -> String {
        self.marks.get(number).filter(|mark| !mark.is_empty()).cloned().unwrap_or_else(|| format!("c{}", number + 1))
    }

    /// Names a file of this chart, without its ending: the title, and the dates it speaks of.
    #[must_use]
    pub fn file_name(&self, title: &str) -> String {
        let words = title.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
        let dates = self.label.split([' ', ',']).filter(|word| word.parse::<NaiveDate>().is_ok());
        words.map(str::to_lowercase).chain(dates.map(str::to_owned)).collect::<Vec<_>>().join("-")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_after_the_title_and_the_dates() {
        let of = |label: &str| Chart { label: label.to_owned(), ..Chart::default() };
        let spend = of("Spend per day by model, 2026-11-20 to 2026-11-21");
        assert_eq!(spend.file_name("Spend by model"), "spend-by-model-2026-11-20-2026-11-21");
        assert_eq!(of("Hours").file_name("Usage: \"when\", 30 days"), "usage-when-30-days");
    }

    #[test]
    fn a_mark_is_the_series_own_or_the_colour_of_its_place() {
        let chart = Chart { marks: vec![String::new(), "hatch".to_owned()], ..Chart::default() };
        assert_eq!([0, 1, 2].map(|number| chart.mark(number)), ["c1", "hatch", "c3"]);
    }
}
