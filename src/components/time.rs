//! Points in time: absolute in the HTML, relative once the page is alive, absolute again on hover.

use chrono::DateTime;
use leptos::prelude::*;
use leptos_use_interval_fn::use_interval_fn;

use crate::model::Moment;

/// How often relative times are told anew.
const TOLD_EVERY_MS: u64 = 5_000;

/// The browser's clock, `None` until the page is alive: the first render must equal the server's.
#[derive(Clone, Copy)]
struct Now(RwSignal<Option<i64>>);

/// Starts the clock of the page.
pub fn provide_now() {
    let now = RwSignal::new(None);
    provide_context(Now(now));
    Effect::new(move |_| now.set(now_ms()));
    use_interval_fn(move || now.set(now_ms()), TOLD_EVERY_MS);
}

#[cfg(feature = "hydrate")]
#[expect(
    clippy::cast_possible_truncation,
    clippy::unnecessary_wraps,
    reason = "milliseconds since 1970 are whole; the server has no such clock"
)]
fn now_ms() -> Option<i64> {
    Some(js_sys::Date::now() as i64)
}

#[cfg(not(feature = "hydrate"))]
fn now_ms() -> Option<i64> {
    None
}

/// Shows a moment that has passed.
#[component]
pub fn Ago(moment: Moment) -> impl IntoView {
    told(moment, relative)
}

/// Shows a moment to come.
#[component]
pub fn Until(moment: Moment) -> impl IntoView {
    told(moment, |elapsed_ms| to_come(-elapsed_ms))
}

/// Shows a moment that has passed in as little room as there is, to the minute: `5 min ago`.
#[component]
pub fn AgoShort(moment: Moment) -> impl IntoView {
    told(moment, short)
}

/// The browser's clock in milliseconds; `None` on the server and until the page is alive.
#[must_use]
pub fn use_now() -> Signal<Option<i64>> {
    let now = use_context::<Now>();
    // The page may be hydrated long after its frame, whose clock is going by then.
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    // What is drawn may be told the time once more after it was taken away.
    Signal::derive(move || now.filter(|_| alive.try_get().unwrap_or_default()).and_then(|Now(now)| now.try_get()?))
}

fn told(moment: Moment, words: fn(i64) -> String) -> AnyView {
    let now = use_now();
    let at_ms = DateTime::parse_from_rfc3339(&moment.at).map(|at| at.timestamp_millis()).ok();
    let text = moment.text.clone();
    let shown = move || now.try_get().flatten().zip(at_ms).map_or_else(|| text.clone(), |(now, at)| words(now - at));
    let title = if moment.text.is_empty() { moment.at.clone() } else { moment.text };
    view! { <time datetime=moment.at title=title>{shown}</time> }.into_any()
}

/// `just now`, `12 s ago`, `5 min ago`, `2 h ago`, `3 d ago`.
fn relative(elapsed_ms: i64) -> String {
    let seconds = elapsed_ms / 1000;
    match seconds {
        ..5 => "just now".to_owned(),
        5..60 => format!("{seconds} s ago"),
        60..3600 => format!("{} min ago", seconds / 60),
        3600..86_400 => format!("{} h ago", seconds / 3600),
        _ => format!("{} d ago", seconds / 86_400),
    }
}

/// `just now`, `5 min ago`, `2 h ago`, `3 d ago`.
fn short(elapsed_ms: i64) -> String {
    let minutes = elapsed_ms / 60_000;
    match minutes {
        ..1 => "just now".to_owned(),
        1..60 => format!("{minutes} min ago"),
        60..1440 => format!("{} h ago", minutes / 60),
        _ => format!("{} d ago", minutes / 1440),
    }
}

/// `any moment`, `in 12 s`, `in 5 min`, `in 2 h`, `in 3 d`.
fn to_come(ahead_ms: i64) -> String {
    let seconds = ahead_ms / 1000;
    match seconds {
        ..5 => "any moment".to_owned(),
        5..60 => format!("in {seconds} s"),
        60..3600 => format!("in {} min", seconds / 60),
        3600..86_400 => format!("in {} h", seconds / 3600),
        _ => format!("in {} d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::{relative, short, to_come};

    #[test]
    fn time_to_come_is_told_in_its_largest_unit() {
        for (seconds, text) in [(-90, "any moment"), (12, "in 12 s"), (840, "in 14 min"), (7_199, "in 1 h")] {
            assert_eq!(to_come(seconds * 1000), text);
        }
    }

    #[test]
    fn in_little_room_time_is_told_by_the_minute() {
        for (seconds, text) in [
            (-9, "just now"),
            (59, "just now"),
            (60, "1 min ago"),
            (3_599, "59 min ago"),
            (7_200, "2 h ago"),
            (86_399, "23 h ago"),
            (260_000, "3 d ago"),
        ] {
            assert_eq!(short(seconds * 1000), text);
        }
    }

    #[test]
    fn elapsed_time_is_told_in_its_largest_unit() {
        for (seconds, text) in [
            (-9, "just now"),
            (4, "just now"),
            (12, "12 s ago"),
            (300, "5 min ago"),
            (7_200, "2 h ago"),
            (260_000, "3 d ago"),
        ] {
            assert_eq!(relative(seconds * 1000), text);
        }
    }
}
