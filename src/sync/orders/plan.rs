//! What is to be asked for now. Pure: cursors and the time in, windows and days out.

use std::ops::RangeInclusive;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use crate::model::{epoch_day, from_epoch_day};
use crate::sources::toast::Window;
use crate::store::{OrderCursor, OrderCursorKind};

/// Pages are counted within a window of changes, and what changes meanwhile moves: a window ends in the past.
const SETTLED: TimeDelta = TimeDelta::minutes(2);
/// And begins a little before the last one ended.
const OVERLAP: TimeDelta = TimeDelta::minutes(5);
/// What was stored of a window that was cut off is read again: after a long outage there are many small ones.
const LONGEST_WINDOW: TimeDelta = TimeDelta::days(1);
/// Our clock may be ahead of Toast's by so much.
const SKEW: TimeDelta = TimeDelta::days(1);
/// The first reading goes so far back.
const FIRST_DAYS: u64 = 84;
/// A nightly comparison looks at these days: tips and voids come late.
const NIGHTLY_DAYS: u64 = 3;
/// How many days a full resync may read.
pub const RESYNC_DAYS: RangeInclusive<u32> = 7..=365;

/// The window of changes to ask for, and the watermark it leads to; `None` when nothing is settled yet, which is also so
/// when the clock was set back.
pub(super) fn changes(watermark_ms: i64, now: DateTime<Utc>) -> Option<(Window, DateTime<Utc>)> {
    let watermark = DateTime::from_timestamp_millis(watermark_ms)?;
    let to = (now - SETTLED).min(watermark + LONGEST_WINDOW);
    (to > watermark).then(|| (Window::Changed { from: watermark - OVERLAP, to }, to))
}

/// How many windows of changes there are still to be read.
pub(super) fn windows_left(watermark_ms: i64, now: DateTime<Utc>) -> u64 {
    let left = (now - SETTLED).timestamp_millis() - watermark_ms;
    u64::try_from(left).unwrap_or(0).div_ceil(LONGEST_WINDOW.num_milliseconds().unsigned_abs())
}

/// The watermark of somebody who has read nothing yet: days are read later than this moment by anybody's clock.
pub(super) fn first_watermark(now: DateTime<Utc>) -> i64 {
    (now - SKEW).timestamp_millis()
}

/// What Toast's clock allows: a window that reaches into its future says nothing of what is yet to happen there.
pub(super) fn settled(to: DateTime<Utc>, at_toast: Option<DateTime<Utc>>) -> DateTime<Utc> {
    at_toast.map_or(to, |at| to.min(at - SETTLED))
}

/// A walk over business days, newest first, that has done nothing yet.
pub(super) fn walk(kind: OrderCursorKind, today: NaiveDate, days: u64) -> OrderCursor {
    // Tomorrow too: a business day may have begun elsewhere, and orders are promised for it.
    let start = i64::from(epoch_day(today)) + 2;
    let back = i64::try_from(days.saturating_sub(1)).unwrap_or(0);
    OrderCursor { kind, value: start, aim: Some(i64::from(epoch_day(today)) - back) }
}

pub(super) fn first_walk(today: NaiveDate) -> OrderCursor {
    walk(OrderCursorKind::Backfill, today, FIRST_DAYS)
}

/// The days that are left of a walk, newest first.
pub(super) fn left(cursor: &OrderCursor) -> impl Iterator<Item = NaiveDate> + use<> {
    let (done, aim) = (cursor.value, cursor.aim.unwrap_or(cursor.value));
    (aim..done).rev().filter_map(|day| i32::try_from(day).ok()).map(from_epoch_day)
}

/// How many days a walk has done, and how many it has in all.
pub(super) fn progress(cursor: &OrderCursor, today: NaiveDate) -> (u64, u64) {
    let aim = cursor.aim.unwrap_or(cursor.value);
    let total = u64::try_from(i64::from(epoch_day(today)) + 2 - aim).unwrap_or(0);
    let left = u64::try_from(cursor.value - aim).unwrap_or(0);
    (total.saturating_sub(left), total)
}

/// The days of a nightly comparison that is due: once a day, of the days before.
pub(super) fn nightly(last: Option<i64>, today: NaiveDate) -> Vec<NaiveDate> {
    if last.is_some_and(|last| last >= i64::from(epoch_day(today))) {
        return Vec::new();
    }
    (1..=NIGHTLY_DAYS).filter_map(|back| today.checked_sub_days(Days::new(back))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 + minutes * 60, 0).expect("a time")
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn a_window_overlaps_the_last_one_ends_in_the_past_and_is_a_day_at_most() {
        let (window, mark) = changes(at(0).timestamp_millis(), at(15)).expect("is due");
        assert_eq!((window, mark), (Window::Changed { from: at(-5), to: at(13) }, at(13)));
        let (_, mark) = changes(at(0).timestamp_millis(), at(60 * 24 * 90)).expect("is due");
        assert_eq!(mark, at(60 * 24));
        assert_eq!(windows_left(mark.timestamp_millis(), at(60 * 24 * 90)), 89);
        assert_eq!(windows_left(at(0).timestamp_millis(), at(3)), 1);
        assert_eq!(windows_left(at(0).timestamp_millis(), at(2)), 0);
        assert_eq!(changes(at(0).timestamp_millis(), at(2)), None, "nothing is settled");
        assert_eq!(changes(at(0).timestamp_millis(), at(-600)), None, "the clock was set back");
    }

    #[test]
    fn a_clock_that_is_ahead_of_toasts_moves_the_watermark_no_further_than_toasts() {
        assert_eq!(settled(at(58), Some(at(0))), at(-2));
        assert_eq!(settled(at(58), Some(at(60))), at(58));
        assert_eq!(settled(at(58), None), at(58));
    }

    #[test]
    fn a_walk_goes_back_from_tomorrow_and_goes_on_where_it_was() {
        let mut cursor = walk(OrderCursorKind::Resync, day("2026-11-20"), 7);
        let all: Vec<NaiveDate> = left(&cursor).collect();
        assert_eq!((all[0], all[7], all.len()), (day("2026-11-21"), day("2026-11-14"), 8));
        assert_eq!(progress(&cursor, day("2026-11-20")), (0, 8));
        cursor.value = i64::from(epoch_day(day("2026-11-16")));
        assert_eq!(left(&cursor).collect::<Vec<_>>(), [day("2026-11-15"), day("2026-11-14")]);
        assert_eq!(progress(&cursor, day("2026-11-20")), (6, 8));
    }

    #[test]
    fn the_nightly_comparison_comes_once_a_day() {
        let today = day("2026-11-20");
        assert_eq!(nightly(None, today), [day("2026-11-19"), day("2026-11-18"), day("2026-11-17")]);
        assert!(nightly(Some(i64::from(epoch_day(today))), today).is_empty());
        assert_eq!(nightly(Some(i64::from(epoch_day(today)) - 1), today).len(), 3);
    }
}
