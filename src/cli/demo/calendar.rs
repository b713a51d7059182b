//! When the made-up people work, on what, and with which model: the rhythm of the demo's year.
//!
//! Pure: every answer comes from the date and the given chance. Hours are UTC. Must never look at the clock.

use chrono::{Datelike, NaiveDate, Weekday};

use super::rng::Rng;

/// Name, share of the sessions, and the months in which its share is four times as large.
const PROJECTS: [(&str, u64, &[u32]); 6] = [
    ("storefront", 30, &[10, 11]),
    ("proj-07", 12, &[1, 2, 3]),
    ("billing-api", 18, &[4, 5, 9]),
    ("mobile", 16, &[6, 7, 8]),
    ("docs-site", 8, &[12]),
    ("infra", 10, &[]),
];

/// Kinds of models; each has a succession of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tier {
    Opus,
    Sonnet,
    Haiku,
}

/// A model, its first day, and how much people give it to do in percent: a cheaper one is given more.
struct Release {
    model: &'static str,
    since: Option<(i32, u32, u32)>,
    load: u64,
}

const fn release(model: &'static str, since: Option<(i32, u32, u32)>, load: u64) -> Release {
    Release { model, since, load }
}

/// First days as in the price table; it names none for Sonnet 5, whose day here is invented.
const OPUS: [Release; 3] = [
    release("claude-opus-4-8", None, 100),
    release("claude-opus-5", Some((2026, 7, 24)), 130),
    release("claude-opus-5-5", Some((2026, 9, 22)), 205),
];
const SONNET: [Release; 3] = [
    release("claude-sonnet-4-6", None, 100),
    release("claude-sonnet-5", Some((2026, 6, 30)), 140),
    release("claude-sonnet-5-5", Some((2026, 9, 28)), 180),
];
const HAIKU: [Release; 2] =
    [release("claude-haiku-4-5", None, 100), release("claude-haiku-5-5", Some((2026, 10, 7)), 130)];

/// Days it takes until everybody has moved to a new model.
const MOVING_DAYS: i64 = 18;

/// The model nobody has a price for; it appears in the last two weeks only.
pub(super) const UNPRICED_MODEL: &str = "claude-next-preview";
/// How many days ago it was tried.
const UNPRICED_DAYS_AGO: [i64; 4] = [2, 5, 9, 12];

pub(super) fn tries_unpriced_model(date: NaiveDate, today: NaiveDate) -> bool {
    UNPRICED_DAYS_AGO.contains(&(today - date).num_days())
}

/// Returns how many sessions a day sees: some on a weekday, few on a weekend, next to none on a holiday.
pub(super) fn sessions(date: NaiveDate, rng: &mut Rng) -> u64 {
    let weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
    if is_holiday(date) {
        return u64::from(rng.percent(12));
    }
    if weekend {
        return rng.pick(&[(0, 60), (1, 30), (2, 10)]);
    }
    let usual = rng.pick(&[(2, 25), (3, 45), (4, 30)]);
    // A release is due every ninth week.
    usual + if date.iso_week().week().is_multiple_of(9) { 2 } else { 0 }
}

fn is_holiday(date: NaiveDate) -> bool {
    matches!((date.month(), date.day()), (12, 24..=31) | (1, 1..=2) | (5, 1) | (8, 10..=16))
}

/// Returns the second of the day at which a session starts: working hours, a lunch dip, a tail in the evening.
pub(super) fn start_second(rng: &mut Rng) -> u64 {
    let hour = rng.pick(&[
        (9, 14),
        (10, 18),
        (11, 14),
        (12, 5),
        (13, 9),
        (14, 16),
        (15, 16),
        (16, 12),
        (17, 8),
        (20, 5),
        (21, 4),
        (22, 1),
    ]);
    hour * 3_600 + rng.between(0, 3_599)
}

pub(super) fn project(date: NaiveDate, rng: &mut Rng) -> &'static str {
    let shares =
        PROJECTS.map(|(name, share, busy)| (name, if busy.contains(&date.month()) { share * 4 } else { share }));
    rng.pick(&shares)
}

/// Returns the model in use, and its load in percent. After a release people move over one by one.
pub(super) fn model(tier: Tier, date: NaiveDate, rng: &mut Rng) -> (&'static str, u64) {
    let releases: &[Release] = match tier {
        Tier::Opus => &OPUS,
        Tier::Sonnet => &SONNET,
        Tier::Haiku => &HAIKU,
    };
    let hesitation = rng.between(0, MOVING_DAYS.unsigned_abs());
    let used = releases.iter().rev().find(|release| is_used(release, date, hesitation)).unwrap_or(&releases[0]);
    (used.model, used.load)
}

fn is_used(release: &Release, date: NaiveDate, hesitation: u64) -> bool {
    let Some((year, month, day)) = release.since else { return true };
    NaiveDate::from_ymd_opt(year, month, day)
        .is_some_and(|since| (date - since).num_days() >= i64::try_from(hesitation).unwrap_or(MOVING_DAYS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).expect("a date")
    }

    #[test]
    fn models_follow_their_release_days() {
        let mut rng = Rng::new(1, 1);
        let mut on = |day| model(Tier::Opus, day, &mut rng).0;
        for _ in 0..100 {
            assert_eq!(on(date(2026, 7, 23)), "claude-opus-4-8");
            assert_eq!(on(date(2026, 9, 1)), "claude-opus-5");
            assert_eq!(on(date(2027, 1, 1)), "claude-opus-5-5");
        }
    }

    #[test]
    fn weekdays_are_busier_than_weekends_and_holidays() {
        let mut rng = Rng::new(1, 1);
        let mut many = |day| (0..200).map(|_| sessions(day, &mut rng)).sum::<u64>();
        let (weekday, saturday, christmas) =
            (many(date(2026, 11, 18)), many(date(2026, 11, 21)), many(date(2025, 12, 25)));
        assert!(weekday > 3 * saturday, "{weekday} {saturday}");
        assert!(saturday > christmas, "{saturday} {christmas}");
    }
}
