//! A week or a day in words: what was spent, why it changed, what needs somebody. As Markdown, to read, to mail or to post.
//!
//! Pure: numbers in, text out. Knows `model` and `analytics`; computes no figure that they do not hold, asks no clock and
//! sends nothing.

mod markdown;
mod parts;

use std::fmt::Write;

use chrono::{Datelike, Days, NaiveDate};

use crate::analytics::ProjectReport;
use crate::model::{Anomaly, Budget, DateRange, Freshness, WindowStats};

/// What a digest is made of.
#[derive(Clone, Copy, Debug)]
pub struct Digest<'a> {
    /// The numbers of the span: the days of [`week_of`], or one day.
    pub stats: &'a WindowStats,
    /// As of now; `None` for a span that is long over.
    pub budget: Option<&'a Budget>,
    /// Of any days; those of the span are told.
    pub anomalies: &'a [Anomaly],
    /// As they are now.
    pub projects: &'a [ProjectReport],
    pub sources: &'a [Freshness],
    pub timezone: &'a str,
    pub today: NaiveDate,
}

/// Returns the week (Monday to Sunday) a date lies in.
#[must_use]
pub fn week_of(date: NaiveDate) -> DateRange {
    let monday = date.checked_sub_days(Days::new(date.weekday().num_days_from_monday().into())).unwrap_or(date);
    DateRange { from: monday, to: monday.checked_add_days(Days::new(6)).unwrap_or(monday) }
}

/// Returns the last week that is over.
#[must_use]
pub fn last_week(today: NaiveDate) -> DateRange {
    week_of(today).previous()
}

impl Digest<'_> {
    fn is_day(&self) -> bool {
        self.stats.from == self.stats.to
    }

    /// What the numbers are compared with.
    fn before(&self) -> &'static str {
        if self.is_day() { "the day before" } else { "the week before" }
    }

    /// Writes the digest.
    #[must_use]
    pub fn markdown(&self) -> String {
        let week = self.stats.from.iso_week();
        let name = match self.is_day() {
            true => self.stats.from.format("%A, %-d %B %Y").to_string(),
            false => format!("Week {} of {}", week.week(), week.year()),
        };
        let mut text = format!("# {name}: {}\n\n", parts::headline(self.stats));
        let sections = [
            parts::summary(self),
            section("Budget", self.budget.map(parts::budget).unwrap_or_default()),
            section("Models", parts::models(self.stats)),
            section("Projects", parts::projects(self.stats)),
            section("Days that stood out", parts::anomalies(self)),
            section("Projects that need attention", parts::attention(self.projects)),
            section("Sources that are not well", parts::sources(self.sources)),
            section("Without a price", parts::unpriced(self.stats)),
        ];
        for section in sections.iter().filter(|section| !section.is_empty()) {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{}\n", section.trim_end());
        }
        text.truncate(text.trim_end().len());
        text + "\n"
    }
}

/// Nothing when there is nothing to say.
fn section(title: &str, body: String) -> String {
    if body.is_empty() { body } else { format!("## {title}\n\n{body}") }
}

#[cfg(test)]
mod tests;
