//! When in the week usage happens: the heat map.

use chrono::Datelike;

use super::Facts;
use crate::model::{DateRange, HourSpend, Usd};

const DAYS: usize = 7;
const HOURS: usize = 24;

/// Returns seven days from Monday by twenty-four hours. An hour the clock skipped or ran through twice counts as it
/// stood on the wall.
#[must_use]
pub(super) fn heat_map(facts: &Facts, range: DateRange) -> Vec<Vec<HourSpend>> {
    let mut cells = vec![vec![(Usd::ZERO, HourSpend::default(), 0_u64); HOURS]; DAYS];
    for hour in facts.hours.iter().filter(|hour| range.contains(hour.date)) {
        let day = hour.date.weekday().num_days_from_monday() as usize;
        let (cost, cell, unpriced) = &mut cells[day % DAYS][usize::from(hour.hour) % HOURS];
        *cost += hour.row.cost;
        cell.tokens = cell.tokens.saturating_add(hour.row.tokens);
        cell.messages = cell.messages.saturating_add(hour.row.messages);
        *unpriced = unpriced.saturating_add(hour.row.unpriced_messages);
    }
    let known = |(cost, cell, unpriced): (Usd, HourSpend, u64)| {
        let nothing_priced = unpriced > 0 && unpriced >= cell.messages;
        HourSpend { cost: (!nothing_priced).then_some(cost), ..cell }
    };
    cells.into_iter().map(|day| day.into_iter().map(known).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::HourRow;
    use crate::model::QuarterRow;
    use chrono_tz::Tz;

    fn quarter(at: &str, cents: i128) -> QuarterRow {
        let at: chrono::DateTime<chrono::Utc> = at.parse().expect("an instant");
        QuarterRow {
            at_ms: at.timestamp_millis(),
            project: "shop".into(),
            messages: 1,
            tokens: 10,
            cost: Usd::from_pico(cents * 10_000_000_000),
            unpriced_messages: u64::from(cents == 0),
        }
    }

    fn map(rows: Vec<QuarterRow>, zone: Tz) -> Vec<Vec<HourSpend>> {
        let facts = Facts { hours: HourRow::in_zone(rows, zone).into(), ..Facts::none() };
        heat_map(&facts, DateRange::ending("2026-11-21".parse().expect("a date"), 30))
    }

    #[test]
    fn usage_stands_at_the_hour_the_users_clock_showed() {
        // A Friday evening in Delhi, whose hours begin at half past.
        let rows = || vec![quarter("2026-11-20T17:15:00Z", 5), quarter("2026-11-20T17:30:00Z", 7)];
        let delhi = map(rows(), Tz::Asia__Kolkata);
        assert_eq!(delhi[4][22].cost, Usd::from_f64(0.05), "Friday, 22:45");
        assert_eq!(delhi[4][23].cost, Usd::from_f64(0.07), "Friday, 23:00");
        assert_eq!(map(rows(), Tz::UTC)[4][17].messages, 2);
        assert_eq!(map(rows(), Tz::Pacific__Kiritimati)[5][7].messages, 2, "Saturday there already");
    }

    #[test]
    fn an_hour_without_a_price_is_unknown_and_one_without_usage_is_nothing() {
        let map = map(vec![quarter("2026-11-20T17:15:00Z", 0)], Tz::UTC);
        assert_eq!((map[4][17].cost, map[4][17].tokens), (None, 10));
        assert_eq!(map[4][16].cost, Some(Usd::ZERO));
        assert!(map.len() == 7 && map.iter().all(|day| day.len() == 24));
    }
}
