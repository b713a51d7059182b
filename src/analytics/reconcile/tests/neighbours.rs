//! A log's day is one of the user's zone, a provider's a UTC day: the same usage is on two dates.

use super::*;

fn on(day: &str, row: RollupRow) -> RollupRow {
    RollupRow { date: date(day), ..row }
}

fn seen(day: &str, input: u64) -> RollupRow {
    on(day, row("claude_code", "/p", "claude-opus-5-5", input, Some(i128::from(input))))
}

fn used(day: &str, input: u64) -> RollupRow {
    on(day, row("anthropic", "anthropic::", "claude-opus-5-5", input, Some(i128::from(input))))
}

fn billed(day: &str, cents: i128) -> BilledRow {
    BilledRow { date: date(day), ..bill("tokens", "claude-opus-5-5", cents) }
}

fn told(rows: Vec<RollupRow>, bills: &[BilledRow], zone: Tz) -> (u64, Option<Usd>) {
    let sum = sum(&reconcile(rows, bills, &rules(&OVERLAPS, zone, "2026-12-31")));
    (sum.tokens.input, sum.cost())
}

#[test]
fn evenings_west_of_greenwich_are_the_next_utc_day() {
    let zone = Tz::America__Los_Angeles;
    let evenings = || {
        let logs = ["2026-11-16", "2026-11-18", "2026-11-20"].map(|day| seen(day, 100));
        let usage = ["2026-11-17", "2026-11-19", "2026-11-21"].map(|day| used(day, 120));
        logs.into_iter().chain(usage).collect::<Vec<_>>()
    };
    assert_eq!(told(evenings(), &[], zone), (360, Usd::from_f64(3.6)));
    assert_eq!(told(evenings(), &[], Tz::UTC).0, 660, "where a day is the same day, other days are other usage");
    let bills = [billed("2026-11-17", 60), billed("2026-11-19", 60), billed("2026-11-21", 60)];
    assert_eq!(told(evenings(), &bills, zone), (360, Usd::from_f64(1.8)), "and the bill is what they cost");
    // Without a report of usage the bill finds the evening it is about.
    let logs = || vec![seen("2026-11-16", 100), seen("2026-11-18", 100)];
    assert_eq!(told(logs(), &bills[..2], zone), (200, Usd::from_f64(1.2)));
    assert_eq!(told(logs(), &bills[..2], Tz::UTC), (200, Usd::from_f64(3.2)), "no day of UTC is two");
}

#[test]
fn mornings_east_of_greenwich_are_the_utc_day_before() {
    let zone = Tz::Asia__Tokyo;
    let rows = || vec![seen("2026-11-18", 100), used("2026-11-17", 80), used("2026-11-18", 50)];
    assert_eq!(told(rows(), &[], zone), (130, Usd::from_f64(1.3)), "50 on the day, 50 on the day before");
    let early = || vec![seen("2026-11-18", 100), used("2026-11-17", 100)];
    assert_eq!(told(early(), &[billed("2026-11-17", 70)], zone), (100, Usd::from_f64(0.7)));
    assert_eq!(told(vec![seen("2026-11-18", 100), used("2026-11-19", 100)], &[], zone).0, 200);
}

#[test]
fn every_evening_of_a_week_counts_once() {
    let zone = Tz::America__Los_Angeles;
    let days = |from: &str| date(from).iter_days().take(5).map(|day| day.to_string()).collect::<Vec<_>>();
    let mut rows: Vec<_> = days("2026-11-16").iter().map(|day| seen(day, 100)).collect();
    rows.extend(days("2026-11-17").iter().map(|day| used(day, 100)));
    let bills: Vec<_> = days("2026-11-17").iter().map(|day| billed(day, 90)).collect();
    assert_eq!(told(rows.clone(), &[], zone), (500, Usd::from_f64(5.0)));
    assert_eq!(told(rows.clone(), &bills, zone), (500, Usd::from_f64(4.5)), "nothing is estimated beside the bills");
    assert_eq!(told(rows, &[], Tz::UTC).0, 600);
}

#[test]
fn what_the_same_day_holds_is_not_looked_for_elsewhere() {
    // Somebody else's usage of the next day stays theirs.
    let rows = vec![seen("2026-11-17", 100), used("2026-11-17", 150), used("2026-11-18", 70), seen("2026-11-18", 20)];
    for zone in [Tz::America__Los_Angeles, Tz::Asia__Tokyo, Tz::UTC] {
        let counted = reconcile(rows.clone(), &[], &rules(&OVERLAPS, zone, "2026-12-31"));
        let left: Vec<u64> = counted.iter().map(|row| row.spend.tokens.input).collect();
        assert_eq!(left, [100, 50, 50, 20], "{zone}");
    }
}

#[test]
fn a_report_whose_days_are_utc_days_too_is_compared_by_the_date_alone() {
    let overlaps = [Overlap { has_local_days: false, ..sees("litellm", "anthropic") }];
    let rows =
        vec![on("2026-11-17", row("litellm", "litellm::", "claude-opus-5-5", 100, Some(1))), used("2026-11-18", 100)];
    let rows = reconcile(rows, &[], &rules(&overlaps, Tz::America__Los_Angeles, "2026-12-31"));
    assert_eq!(sum(&rows).tokens.input, 200);
}
