//! When a job runs next: every N minutes, or at the times of a cron expression in the user's zone.
//!
//! Pure: the clock is an argument, and nothing here sleeps, panics or waits for ever, whatever the clock says. Not
//! `*/N` cron patterns for intervals: those are wrong from 60 minutes on and uneven when N does not divide 60.
//!
//! The caller sleeps a minute at most, then asks again with the same `last` (when the job last came due) and the
//! present `now`; the job is due when the answer is not later than `now`. Cases considered:
//! - *Missed ticks* (asleep, switched off) coalesce into one, due at once.
//! - *Clock set forward*: the same, one run.
//! - *Clock set back*, so that `last` lies in the future: by a little (one interval; for cron one hour), the run that
//!   has been is respected, so that nothing fires twice. By more, `last` is not believed and the clock is: intervals
//!   are due at once, cron at its next time. Waiting for the clock to reach `last` again could take a year.
//! - *Summer time*: intervals do not care. A fixed time in the gap runs at the first moment after it, a fixed time
//!   that comes twice runs at the first. Patterns with more than one time a day (`*/15 * * * *`, `30 2,14 * * *`)
//!   follow the wall clock: nothing in the gap, twice in the overlap (croner's rules).

use std::fmt;

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

/// Fresh enough for a day's work, and light on whoever is asked.
pub const DEFAULT_INTERVAL_MINUTES: u32 = 15;
/// A day; what is rarer than daily is better said as a cron expression.
const MAX_INTERVAL_MINUTES: u32 = 1_440;
/// How far a cron job's last time may lie in the future and still be believed.
const CRON_CLOCK_SKEW: TimeDelta = TimeDelta::hours(1);

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// Every so many minutes, counted from the last time it came due.
    Every(u32),
    /// At the times of a five-field cron expression, on the clock on the user's wall.
    Cron(Box<Cron>),
}

impl Default for Schedule {
    fn default() -> Schedule {
        Schedule::Every(DEFAULT_INTERVAL_MINUTES)
    }
}

impl Schedule {
    /// Reads the two settings of a schedule; the cron expression wins when there is one. The error is for people.
    pub fn parse(interval_minutes: u32, cron: Option<&str>) -> Result<Schedule, String> {
        if !(1..=MAX_INTERVAL_MINUTES).contains(&interval_minutes) {
            return Err(format!(
                "intervalMinutes is {interval_minutes}; choose from 1 (every minute) to {MAX_INTERVAL_MINUTES} (once a day)"
            ));
        }
        let Some(text) = cron else { return Ok(Schedule::Every(interval_minutes)) };
        // No field for seconds: a run takes longer than that, and upstream rate limits are counted in minutes.
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        let cron = parser.parse(text).map_err(|error| {
            format!(
                "cron {text:?} is not a schedule ({error}); write minute, hour, day, month and weekday, as in \
                 \"0 9 * * 1-5\" for 9:00 from Monday to Friday"
            )
        })?;
        // Any fixed start will do: what has no date in the thousands of years croner looks through has none at all.
        match cron.find_next_occurrence(&DateTime::UNIX_EPOCH.naive_utc(), false) {
            Ok(_) => Ok(Schedule::Cron(Box::new(cron))),
            Err(_) => Err(format!("cron {text:?} never comes, like 30 February; choose a date that exists")),
        }
    }

    /// Returns when the job that last came due at `last` is due again: `now` if that is already past, never earlier.
    #[must_use]
    pub fn next_after(&self, last: DateTime<Utc>, now: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
        match self {
            Schedule::Every(minutes) => next_interval(TimeDelta::minutes(i64::from(*minutes)), last, now),
            Schedule::Cron(cron) => {
                let believed = if last - now > CRON_CLOCK_SKEW { now } else { last };
                // No answer only outside the years croner and the time zones know: look again tomorrow.
                next_cron(cron, believed, zone).unwrap_or_else(|| later(now, TimeDelta::days(1))).max(now)
            }
        }
    }
}

fn next_interval(interval: TimeDelta, last: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
    if last - now > interval {
        return now;
    }
    later(last.min(now), interval).max(now)
}

fn next_cron(cron: &Cron, last: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
    // The ends of chrono's calendar have no local time; the year 4821 has, and croner stops at 5000.
    let farthest = DateTime::from_timestamp(90_000_000_000, 0)?;
    let local = last.clamp(DateTime::UNIX_EPOCH, farthest).with_timezone(&zone);
    let next = match cron.find_next_occurrence(&local, false) {
        Ok(next) => Some(next),
        // Croner gives up on gaps of more than two hours; Antarctica/Casey has had three.
        Err(_) => after_long_gap(cron, &local),
    };
    next.map(|next| next.to_utc())
}

/// Finds the next time on the wall clock and, if that time is skipped, the first moment after the gap.
fn after_long_gap(cron: &Cron, last: &DateTime<Tz>) -> Option<DateTime<Tz>> {
    const LONGEST_GAP_MINUTES: i64 = 25 * 60;
    let wall = cron.find_next_occurrence(&last.naive_local(), false).ok()?;
    let zone = last.timezone();
    (0..=LONGEST_GAP_MINUTES)
        .find_map(|minutes| zone.from_local_datetime(&(wall + TimeDelta::minutes(minutes))).earliest())
        .filter(|next| next > last)
}

fn later(time: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    time.checked_add_signed(by).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// `every 15 min`, `every 2 h`, `every day`, `by cron 0 9 * * 1-5`.
impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Schedule::Every(1) => f.write_str("every minute"),
            Schedule::Every(60) => f.write_str("every hour"),
            Schedule::Every(MAX_INTERVAL_MINUTES) => f.write_str("every day"),
            Schedule::Every(minutes) if minutes.is_multiple_of(60) => write!(f, "every {} h", minutes / 60),
            Schedule::Every(minutes) => write!(f, "every {minutes} min"),
            Schedule::Cron(cron) => write!(f, "by cron {}", cron.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Datelike, Days, NaiveDate, NaiveTime};
    use chrono_tz::{Africa, America, Antarctica, Australia, Europe};
    use proptest::prelude::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a test's own timestamp")
    }

    fn cron(text: &str) -> Schedule {
        Schedule::parse(15, Some(text)).expect("a test's own expression")
    }

    #[test]
    fn intervals_are_kept_whatever_their_length() {
        let last = at("2026-11-21T03:05:00Z");
        for (minutes, words) in [
            (1, "every minute"),
            (7, "every 7 min"),
            (45, "every 45 min"),
            (60, "every hour"),
            (90, "every 90 min"),
            (120, "every 2 h"),
            (1440, "every day"),
        ] {
            let schedule = Schedule::parse(minutes, None).expect("a valid interval");
            let interval = TimeDelta::minutes(i64::from(minutes));
            assert_eq!(schedule.to_string(), words);
            let mut due = last;
            for _ in 0..100 {
                let next = schedule.next_after(due, due + TimeDelta::seconds(1), Europe::Berlin);
                assert_eq!(next - due, interval);
                due = next;
            }
            assert_eq!(schedule.next_after(last, last + interval, Tz::UTC), last + interval);
        }
    }

    #[test]
    fn what_cannot_be_a_schedule_says_what_can() {
        let refusal = |minutes, cron| Schedule::parse(minutes, cron).expect_err("refused");
        assert_eq!(refusal(0, None), "intervalMinutes is 0; choose from 1 (every minute) to 1440 (once a day)");
        assert!(refusal(1441, Some("@daily")).starts_with("intervalMinutes is 1441;"));
        for text in ["", "0 25 * * *", "* * * * * *", "0 9 * *", "@reboot", "ü", "*/0 * * * *"] {
            assert!(
                refusal(15, Some(text)).ends_with("as in \"0 9 * * 1-5\" for 9:00 from Monday to Friday"),
                "{text}"
            );
        }
        assert_eq!(
            refusal(15, Some("0 0 30 2 *")),
            "cron \"0 0 30 2 *\" never comes, like 30 February; choose a date that exists"
        );
        assert_eq!(cron("0 9 * * mon-fri").to_string(), "by cron 0 9 * * 1-5");
    }

    #[test]
    fn missed_ticks_are_one_run_and_clock_jumps_never_stall() {
        let now = at("2026-11-21T03:05:00Z");
        let year = TimeDelta::days(365);
        let next = |schedule: &Schedule, last| schedule.next_after(last, now, Europe::Berlin) - now;
        let every = Schedule::Every(15);
        assert_eq!(next(&every, now - TimeDelta::hours(5)), TimeDelta::zero());
        assert_eq!(next(&every, now - year), TimeDelta::zero());
        assert_eq!(next(&every, now + TimeDelta::minutes(1)), TimeDelta::minutes(15));
        assert_eq!(next(&every, now + year), TimeDelta::zero());
        let daily = cron("0 9 * * *");
        assert_eq!(next(&daily, now - TimeDelta::hours(5)), TimeDelta::minutes(5 * 60 - 5));
        assert_eq!(next(&daily, now - year), TimeDelta::zero());
        assert_eq!(next(&daily, now + year), TimeDelta::minutes(5 * 60 - 5));
        // Ran at 9:00, then the clock was set back by ten seconds: not again today.
        let nine = at("2026-11-21T08:00:00Z");
        assert_eq!(daily.next_after(nine, nine - TimeDelta::seconds(10), Europe::Berlin), nine + TimeDelta::days(1));
    }

    #[test]
    fn the_ends_of_the_calendar_do_not_panic() {
        let ends =
            [DateTime::<Utc>::MIN_UTC, DateTime::UNIX_EPOCH, at("2026-11-21T03:05:00Z"), DateTime::<Utc>::MAX_UTC];
        for schedule in [Schedule::Every(1440), cron("0 9 * * 1-5"), cron("*/5 * * * *")] {
            for (last, now) in ends.iter().flat_map(|last| ends.iter().map(move |now| (*last, *now))) {
                assert!(schedule.next_after(last, now, America::New_York) >= now);
            }
        }
    }

    /// Checks that a fixed-time job comes exactly once on each local date of `year`, as one that ticks would see it.
    fn once_a_day(expression: &str, zone: Tz, year: i32) {
        let schedule = cron(expression);
        let first = NaiveDate::from_ymd_opt(year, 1, 1).expect("a date");
        let midnight = zone.from_local_datetime(&first.and_time(NaiveTime::MIN)).earliest().expect("a New Year");
        let mut last = midnight.to_utc() - TimeDelta::seconds(1);
        for date in first.iter_days().take_while(|date| date.year() == year) {
            let next = schedule.next_after(last, last, zone);
            assert_eq!(next.with_timezone(&zone).date_naive(), date, "{expression} in {zone}");
            // Asked again during the night before and a moment after: the same answer, then no second one today.
            assert_eq!(schedule.next_after(last, last + (next - last) / 2, zone), next, "{expression} in {zone}");
            let soon = schedule.next_after(next, next + TimeDelta::milliseconds(3), zone).with_timezone(&zone);
            assert_eq!(Some(soon.date_naive()), date.checked_add_days(Days::new(1)), "{expression} in {zone}");
            last = next + TimeDelta::milliseconds(3);
        }
    }

    #[test]
    fn a_fixed_time_comes_once_each_local_day_through_summer_time() {
        for zone in [Europe::Berlin, America::New_York] {
            for expression in ["0 0 * * *", "30 1 * * *", "0 2 * * *", "30 2 * * *", "0 3 * * *", "59 23 * * *"] {
                once_a_day(expression, zone, 2026);
            }
        }
        // A gap at midnight, of half an hour, on a Friday, of three hours.
        once_a_day("0 0 * * *", America::Santiago, 2026);
        once_a_day("10 2 * * *", Australia::Lord_Howe, 2026);
        once_a_day("0 0 * * *", Africa::Cairo, 2026);
        once_a_day("30 0 * * *", Antarctica::Casey, 2020);
    }

    #[test]
    fn the_gap_moves_a_run_and_the_overlap_does_not_repeat_it() {
        for (zone, expression, last, due) in [
            (Europe::Berlin, "30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"),
            (Europe::Berlin, "30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"),
            (Europe::Berlin, "30 2 * * *", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"),
            (America::New_York, "30 2 * * *", "2026-03-07T12:00:00Z", "2026-03-08T07:00:00Z"),
            (America::New_York, "30 1 * * *", "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"),
            // A wildcard pattern goes on through the repeated hour and skips the missing one.
            (Europe::Berlin, "*/30 * * * *", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z"),
            (Europe::Berlin, "*/30 * * * *", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z"),
            (Antarctica::Casey, "30 0 * * *", "2020-10-03T12:00:00Z", "2020-10-03T16:01:00Z"),
        ] {
            let last = at(last);
            assert_eq!(cron(expression).next_after(last, last, zone), at(due), "{expression} in {zone} after {last}");
        }
    }

    #[test]
    fn every_zone_keeps_its_fixed_times_through_a_year() {
        for zone in chrono_tz::TZ_VARIANTS {
            once_a_day("30 2 * * *", zone, 2027);
        }
    }

    proptest! {
        #[test]
        fn an_interval_is_never_late_and_never_early(minutes in 1u32..=1440, last: i32, now: i32) {
            let (last, now) = (DateTime::from_timestamp(last.into(), 0), DateTime::from_timestamp(now.into(), 0));
            let (last, now) = (last.expect("in range"), now.expect("in range"));
            let next = Schedule::Every(minutes).next_after(last, now, Tz::UTC);
            prop_assert!(next >= now && next <= now + TimeDelta::minutes(minutes.into()));
        }

        #[test]
        fn asking_every_minute_always_gets_there(minutes in 1u32..=1440, offset in -3_000_000i64..3_000_000) {
            let start = at("2026-11-21T03:05:00Z");
            let last = start + TimeDelta::seconds(offset);
            let due = |now: &DateTime<Utc>| Schedule::Every(minutes).next_after(last, *now, Tz::UTC) <= *now;
            let waited = (0..).find(|minute| due(&(start + TimeDelta::minutes(*minute)))).expect("comes due");
            prop_assert!(waited <= 2 * i64::from(minutes) + 1);
        }
    }
}
