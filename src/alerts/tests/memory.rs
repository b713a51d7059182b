use super::*;

/// A dashboard's memory over time: each look is a run.
struct Memory {
    zone: Tz,
    choices: AlertsFile,
    records: Vec<AlertRecord>,
}

impl Memory {
    fn new(settings: &str) -> Memory {
        Memory { zone: Tz::UTC, choices: choices(settings), records: Vec::new() }
    }

    /// Looks at what holds at this moment of the zone; returns what is told.
    fn look(&mut self, active: &[Alert], at: &str) -> Vec<String> {
        let now = self.at(at);
        let found = newly_fired(active, &self.records, &self.choices, now);
        self.take(found.changed);
        found.fired.iter().map(|alert| format!("{} {}", alert.alert_key, alert.level.word())).collect()
    }

    fn take(&mut self, changed: Vec<AlertRecord>) {
        // As a restart does: nothing but what is written is known.
        for record in changed {
            self.records.retain(|known| known.alert.alert_key != record.alert.alert_key);
            self.records.push(record);
        }
    }

    fn at(&self, at: &str) -> DateTime<Tz> {
        let local = chrono::NaiveDateTime::parse_from_str(at, "%Y-%m-%d %H:%M").expect("a time");
        self.zone.from_local_datetime(&local).earliest().expect("is on the clock")
    }

    fn state(&self, key: &str) -> AlertState {
        remembered(&self.records, key).expect("is known").state
    }
}

fn alert(key: &str, level: AlertLevel) -> Alert {
    Alert { alert_key: key.to_owned(), level, basis: "$200".to_owned(), ..Alert::default() }
}

fn warning(key: &str) -> Alert {
    alert(key, AlertLevel::Warning)
}

#[test]
fn each_thing_is_told_once_in_its_period_and_again_in_the_next() {
    let mut memory = Memory::new("{}");
    let november = [warning("global-75@2026-11")];
    assert_eq!(memory.look(&november, "2026-11-20 10:00"), ["global-75@2026-11 Warning"]);
    assert_eq!(memory.look(&november, "2026-11-20 10:15"), [""; 0], "known, also after a restart");
    assert_eq!(memory.look(&november, "2026-11-30 23:59"), [""; 0]);
    assert_eq!(memory.look(&[], "2026-12-01 00:00"), [""; 0], "the month has changed");
    assert_eq!(memory.state("global-75@2026-11"), AlertState::Resolved);
    assert_eq!(memory.look(&[warning("global-75@2026-12")], "2026-12-09 10:00"), ["global-75@2026-12 Warning"]);
}

#[test]
fn a_higher_threshold_is_news_of_its_own() {
    let mut memory = Memory::new("{}");
    memory.look(&[warning("global-75@2026-11")], "2026-11-20 10:00");
    let both = [alert("global-90@2026-11", AlertLevel::Critical), warning("global-75@2026-11")];
    assert_eq!(memory.look(&both, "2026-11-21 10:00"), ["global-90@2026-11 Critical"]);
}

#[test]
fn a_changed_budget_arms_again_and_a_wavering_sum_does_not() {
    let mut memory = Memory::new("{}");
    let at = |basis: &str| [Alert { basis: basis.to_owned(), ..warning("global-75@2026-11") }];
    assert_eq!(memory.look(&at("$200"), "2026-11-20 10:00").len(), 1);
    memory.look(&[], "2026-11-20 10:15");
    assert_eq!(memory.look(&at("$200"), "2026-11-20 10:30"), [""; 0], "a corrected cost came back");
    assert_eq!(memory.state("global-75@2026-11"), AlertState::Raised, "but it is shown");
    // Raised to 300: below, then reached.
    memory.look(&[], "2026-11-21 10:00");
    assert_eq!(memory.look(&at("$300"), "2026-11-25 10:00"), ["global-75@2026-11 Warning"]);
    assert_eq!(memory.look(&at("$250"), "2026-11-25 11:00"), ["global-75@2026-11 Warning"], "lowered while it holds");
}

#[test]
fn a_source_that_fails_anew_is_told_again_and_one_that_wavers_once_an_hour() {
    let mut memory = Memory::new(r#"{"escalateAfterHours": 2}"#);
    let failing = [Alert { kind: AlertType::StaleSource, basis: String::new(), ..warning("stale-manual") }];
    let told = ["stale-manual Warning"];
    assert_eq!(memory.look(&failing, "2026-11-20 10:00"), told);
    // Switched off without a success, and on again: the key is the same, the failure is not.
    memory.look(&[], "2026-11-20 10:15");
    assert_eq!(memory.look(&failing, "2026-11-20 10:30"), [""; 0], "it wavers");
    memory.look(&[], "2026-11-20 10:35");
    assert_eq!(memory.look(&failing, "2026-11-20 10:45"), [""; 0]);
    assert_eq!(memory.look(&failing, "2026-11-20 11:00"), told, "it lasts, and nobody knows");
    assert_eq!(memory.look(&failing, "2026-11-20 12:30"), [""; 0], "known");
    memory.look(&[], "2026-11-20 12:45");
    assert_eq!(memory.look(&failing, "2026-11-20 14:00"), told, "days later it is news at once");
    let now_ms = memory.at("2026-11-20 14:05").timestamp_millis();
    memory.take(vec![acknowledged(&failing[0], &memory.records, now_ms)]);
    memory.look(&[], "2026-11-20 14:30");
    assert_eq!(memory.look(&failing, "2026-11-20 15:30"), told, "who took care of the last has not heard of this");
    assert_eq!(memory.look(&failing, "2026-11-20 17:30"), ["stale-manual Critical"], "ignored since it was told");
}

#[test]
fn what_comes_back_under_its_own_name_is_told_again() {
    for (kind, key) in [
        (AlertType::StaleSource, "stale-anthropic"),
        (AlertType::OrderSync, "orders-bistro"),
        (AlertType::UnpricedModel, "unpriced-nova"),
    ] {
        let mut memory = Memory::new("{}");
        let holds = [Alert { kind, basis: String::new(), ..warning(key) }];
        let mut told = 0;
        // Every quarter of an hour it holds, and in between it does not.
        for quarter in 0..16 {
            let at = |minute: i64| format!("2026-11-20 {:02}:{:02}", 10 + minute / 60, minute % 60);
            told += memory.look(&holds, &at(15 * quarter)).len();
            memory.look(&[], &at(15 * quarter + 7));
        }
        assert_eq!(told, 4, "{key}: once an hour, and not each time");
        assert_eq!(memory.look(&holds, "2026-11-23 10:00").len(), 1, "{key}: days later it is another trouble");
        assert_eq!(memory.look(&holds, "2026-11-24 10:00"), [""; 0], "{key}");
    }
}

#[test]
fn what_somebody_was_told_of_has_an_end_for_them_whatever_came_in_between() {
    let settings =
        r#"{"escalateAfterHours": 2, "quietHours": {"from": "22:00", "to": "07:00", "criticalPasses": false}}"#;
    let at = |basis: &str| [Alert { basis: basis.to_owned(), ..warning("global-75@2026-11") }];
    let told_at = |memory: &Memory| remembered(&memory.records, "global-75@2026-11").expect("is known").was_told();
    // Told, and by night it became critical, or holds by another amount, of which nobody has heard yet.
    for by_night in ["$200", "$300"] {
        let mut memory = Memory::new(settings);
        assert_eq!(memory.look(&at("$200"), "2026-11-20 21:00").len(), 1);
        assert_eq!(memory.look(&at(by_night), "2026-11-20 23:30"), [""; 0]);
        memory.look(&[], "2026-11-20 23:45");
        assert!(memory.state("global-75@2026-11") == AlertState::Resolved && told_at(&memory), "{by_night}");
    }
    // Put off, and over after that time has come.
    let mut memory = Memory::new(settings);
    memory.look(&at("$200"), "2026-11-20 20:00");
    let now_ms = memory.at("2026-11-20 20:05").timestamp_millis();
    let until = memory.at("2026-11-20 23:00").timestamp_millis();
    memory.take(vec![snoozed(&at("$200")[0], &memory.records, until, now_ms)]);
    assert_eq!(memory.look(&at("$200"), "2026-11-20 23:10"), [""; 0]);
    let in_the_morning =
        Memory { records: memory.records.clone(), ..Memory::new(settings) }.look(&at("$200"), "2026-11-21 07:00");
    assert_eq!(in_the_morning, ["global-75@2026-11 Warning"], "it holds, and the time is over");
    memory.look(&[], "2026-11-20 23:50");
    assert!(told_at(&memory));
    let mut unheard = Memory::new(settings);
    unheard.look(&at("$200"), "2026-11-20 23:00");
    unheard.look(&[], "2026-11-20 23:30");
    assert!(!told_at(&unheard), "nobody heard of it");
}

#[test]
fn what_was_remembered_under_a_key_with_its_beginning_ends_and_is_known_by_its_name() {
    let mut memory = Memory::new("{}");
    let stale = |key: &str| [Alert { kind: AlertType::StaleSource, basis: String::new(), ..warning(key) }];
    memory.look(&stale("stale-anthropic@2026-11-19T10:00:00Z"), "2026-11-20 10:00");
    assert_eq!(memory.look(&stale("stale-anthropic"), "2026-11-20 10:15").len(), 1);
    assert_eq!(memory.state("stale-anthropic@2026-11-19T10:00:00Z"), AlertState::Resolved);
    assert_eq!(memory.look(&stale("stale-anthropic"), "2026-11-20 10:30"), [""; 0]);
}

#[test]
fn what_is_acknowledged_or_put_off_is_quiet() {
    let mut memory = Memory::new(r#"{"escalateAfterHours": 2}"#);
    let holds = [warning("spike@2026-11-20")];
    memory.look(&holds, "2026-11-20 10:00");
    let now_ms = memory.at("2026-11-20 10:05").timestamp_millis();
    memory.take(vec![acknowledged(&holds[0], &memory.records, now_ms)]);
    assert_eq!(memory.look(&holds, "2026-11-20 20:00"), [""; 0], "nobody ignores it");
    assert_eq!(memory.state("spike@2026-11-20"), AlertState::Acknowledged);
    memory.look(&[], "2026-11-21 10:00");
    assert_eq!(memory.state("spike@2026-11-20"), AlertState::Resolved);

    let other = [warning("spike@2026-11-21")];
    memory.look(&other, "2026-11-21 10:00");
    let until = memory.at("2026-11-22 10:00").timestamp_millis();
    memory.take(vec![snoozed(&other[0], &memory.records, until, now_ms)]);
    let shown_at = |memory: &Memory, at: &str| {
        shown(&other, &memory.records, memory.at(at).with_timezone(&Utc))[0].needs_attention()
    };
    assert!(!shown_at(&memory, "2026-11-21 18:00"));
    assert_eq!(memory.look(&other, "2026-11-22 09:59"), [""; 0], "nor does it become worse meanwhile");
    assert!(shown_at(&memory, "2026-11-22 10:00"));
    assert_eq!(memory.look(&other, "2026-11-22 10:00"), ["spike@2026-11-21 Warning"], "it still holds");
    assert_eq!(memory.look(&other, "2026-11-22 10:15"), [""; 0]);
}

#[test]
fn a_warning_that_is_ignored_becomes_critical_once() {
    let mut memory = Memory::new(r#"{"escalateAfterHours": 24}"#);
    let holds = [warning("stale-anthropic@never")];
    memory.look(&holds, "2026-11-20 10:00");
    assert_eq!(memory.look(&holds, "2026-11-21 09:59"), [""; 0]);
    assert_eq!(memory.look(&holds, "2026-11-21 10:00"), ["stale-anthropic@never Critical"]);
    assert_eq!(memory.look(&holds, "2026-11-25 10:00"), [""; 0]);
    let state = shown(&holds, &memory.records, memory.at("2026-11-25 10:00").with_timezone(&Utc));
    assert_eq!(
        (state[0].alert.level, state[0].raised_at.as_deref()),
        (AlertLevel::Critical, Some("2026-11-20T10:00:00Z"))
    );
}

#[test]
fn quiet_hours_hold_back_what_can_wait_until_they_end() {
    let night = r#"{"quietHours": {"from": "22:00", "to": "07:00"}, "escalateAfterHours": 1}"#;
    let mut memory = Memory::new(night);
    let holds = [alert("global-90@2026-11", AlertLevel::Critical), warning("spike@2026-11-20")];
    assert_eq!(memory.look(&holds, "2026-11-20 23:00"), ["global-90@2026-11 Critical"]);
    assert_eq!(memory.look(&holds, "2026-11-21 06:59"), [""; 0], "what nobody was told is not ignored");
    assert_eq!(memory.look(&holds, "2026-11-21 07:00"), ["spike@2026-11-20 Warning"]);
    let mut strict = Memory::new(night);
    if let Some(QuietHours { critical_passes, .. }) = &mut strict.choices.quiet_hours {
        *critical_passes = false;
    }
    assert_eq!(strict.look(&holds, "2026-11-20 23:00"), [""; 0]);
    assert_eq!(strict.look(&[], "2026-11-21 07:00"), [""; 0], "over before anybody was told");
}

#[test]
fn the_clock_on_the_wall_decides_also_when_it_is_moved() {
    // In Berlin the hour from two to three is there twice on 25 October 2026, and not at all on 29 March.
    let mut memory = Memory::new(r#"{"quietHours": {"from": "02:30", "to": "03:00"}}"#);
    memory.zone = Tz::Europe__Berlin;
    let first = memory.at("2026-10-25 02:45");
    for (number, (hours, told)) in [(0, false), (1, false), (2, true)].into_iter().enumerate() {
        let holds = [warning(&format!("spike@{number}"))];
        let found = newly_fired(&holds, &[], &memory.choices, first + Duration::hours(hours));
        assert_eq!(!found.fired.is_empty(), told, "{hours} hours later");
    }
    assert_eq!(memory.look(&[warning("spike@spring")], "2026-03-29 03:00").len(), 1);
}

#[test]
fn days_and_months_end_at_the_users_midnight() {
    let zone = crate::config::Zone::parse("America/New_York").expect("a zone");
    let rows = [row("2026-10-31", "shop", 190.0), row("2026-11-01", "shop", 160.0)];
    for (instant, expected) in [
        // Still Halloween there, an hour before the month ends; then the day with 25 hours, to its end.
        ("2026-11-01T03:59:59Z", ["global-90@2026-10", "global-75@2026-10"].as_slice()),
        ("2026-11-01T04:00:00Z", &["global-75@2026-11"]),
        ("2026-11-02T04:59:59Z", &["global-75@2026-11"]),
    ] {
        let now = DateTime::parse_from_rfc3339(instant).expect("a time").to_utc();
        let found = active_of(&rows, "{}", &choices("{}"), &zone.date(now).to_string());
        assert_eq!(keys(&found), expected, "{instant}");
    }
}

#[test]
fn many_of_one_kind_at_once_are_one_message() {
    let limit = |number: u32| Alert {
        kind: AlertType::Project,
        message: format!("Project \"{number}\" has spent all"),
        ..alert(&format!("project-{number}-limit@2026-11"), AlertLevel::Critical)
    };
    let spike =
        Alert { kind: AlertType::Spike, message: "a day".to_owned(), detail: "why".to_owned(), ..warning("spike@1") };
    let now = DateTime::UNIX_EPOCH;
    let two = notifications(&[limit(1), spike.clone(), limit(2)], 3, now);
    assert_eq!(two.len(), 3);
    assert_eq!((two[2].title.as_str(), two[2].message.as_str()), ("Warning", "a day. why"));
    let fired: Vec<Alert> = (1..=7).map(limit).chain([spike]).collect();
    let grouped = notifications(&fired, 3, now);
    assert_eq!(grouped.len(), 2);
    assert_eq!((grouped[0].title.as_str(), grouped[0].alert_keys.len()), ("Critical Budget Alert", 7));
    assert!(
        grouped[0].message.starts_with("7 budget alerts: Project \"1\"") && grouped[0].message.ends_with("and 2 more")
    );
}
