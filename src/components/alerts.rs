//! Alerts on every page: banners above the header, and a bell in it with their number.
//!
//! Which banners a browser has hidden is its cookie, so that the server draws the right ones at once. The cookie holds
//! their keys, and those hold the period: next month's banner is another one.

use leptos::prelude::*;
use leptos_router::components::A;
use serde::{Deserialize, Serialize};

use super::{Icon, focus_content, use_live};
use crate::error::AppError;

/// Banners at a time; more would push the page away.
#[cfg(feature = "ssr")]
const SHOWN: usize = 3;
/// Keys the cookie holds, the latest: it is sent with every request.
#[cfg(feature = "ssr")]
const HIDDEN_MAX: usize = 20;
/// Notifications at a time; more are a matter for the page.
#[cfg(feature = "ssr")]
const NEWS: usize = 5;
#[cfg(feature = "ssr")]
const COOKIE: &str = "hidden_alerts";

/// What this browser shows of the alerts above every page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertBar {
    pub banners: Vec<Banner>,
    /// Banners that have no room.
    pub more: u32,
    /// Alerts that wait for somebody, with a banner or without.
    pub waiting: u32,
    /// The latest of them, hidden here or not: what a notification may tell.
    pub news: Vec<Banner>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Banner {
    pub alert_key: String,
    pub critical: bool,
    pub message: String,
    pub detail: String,
    pub href: String,
}

#[server(prefix = "/rpc", endpoint = "load_alert_bar", input = leptos::server_fn::codec::Json)]
pub async fn load_alert_bar() -> Result<AlertBar, AppError> {
    crate::server::require(crate::model::Role::Viewer)?;
    let snapshot = crate::server::app()?.engine.snapshot();
    Ok(bar::of(&snapshot.alerts, &bar::hidden()))
}

/// Hides a banner in this browser, for its period. A POST, so that it works as a plain form too.
#[server(prefix = "/rpc", endpoint = "hide_alert")]
pub async fn hide_alert(alert_key: String) -> Result<(), AppError> {
    crate::server::require(crate::model::Role::Viewer)?;
    let snapshot = crate::server::app()?.engine.snapshot();
    bar::hide(&snapshot.alerts, alert_key);
    Ok(())
}

/// What this browser shows, and the way to hide some of it.
#[derive(Clone, Copy)]
struct Alerts {
    bar: RwSignal<AlertBar>,
    hide: ServerAction<HideAlert>,
}

/// Makes the alerts available to the header and what is above it. What the server drew comes with the page, for it is in
/// memory there: nobody waits for it, and the page is whole without another part that could keep it waiting.
pub fn provide_alerts() {
    let live = use_live();
    let hide = ServerAction::<HideAlert>::new();
    let bar = RwSignal::new(SharedValue::new(current_bar).into_inner());
    let asked = StoredValue::new(0_u64);
    Effect::new(move |before: Option<(u64, usize)>| {
        let now = (live.version(), hide.version().get());
        if before.is_some_and(|before| before != now) {
            asked.update_value(|asked| *asked += 1);
            let mine = asked.get_value();
            leptos::task::spawn_local(async move {
                let found = load_alert_bar().await;
                // An answer that was overtaken by another is an old one.
                if let Ok(found) = found
                    && asked.try_get_value() == Some(mine)
                {
                    bar.try_set(found);
                }
            });
        }
        now
    });
    Effect::new(move |_| {
        // The banner goes with the button that had the focus.
        if let Some(Ok(())) = hide.value().get() {
            focus_content();
        }
    });
    provide_context(Alerts { bar, hide });
}

/// The alerts as the server has them when it begins to draw a page.
fn current_bar() -> AlertBar {
    #[cfg(feature = "ssr")]
    if crate::server::who().is_some_and(|who| who.role >= crate::model::Role::Viewer)
        && let Ok(app) = crate::server::app()
    {
        return bar::of(&app.engine.snapshot().alerts, &bar::hidden());
    }
    AlertBar::default()
}

/// Above the header: what cannot wait until somebody looks.
#[component]
pub fn AlertBanners() -> impl IntoView {
    let Alerts { bar, hide } = expect_context();
    move || banners(bar.get(), hide)
}

/// What waits for somebody, whenever it is fetched anew.
pub(super) fn use_alert_news() -> impl Fn() -> Vec<Banner> + Copy + Send + Sync + 'static {
    let Alerts { bar, .. } = expect_context();
    move || bar.with(|bar| bar.news.clone())
}

fn banners(bar: AlertBar, hide: ServerAction<HideAlert>) -> AnyView {
    if bar.banners.is_empty() {
        return ().into_any();
    }
    let banners = bar.banners.into_iter().map(|banner| {
        let class = if banner.critical { "alert critical" } else { "alert" };
        let label = format!("Hide: {}", banner.message);
        let detail = (!banner.detail.is_empty()).then(|| view! { " "<span>{banner.detail}</span> });
        view! {
            <li class=class>
                <p><b>{banner.message}"."</b>{detail}</p>
                <A href=banner.href>"See why"</A>
                <ActionForm action=hide>
                    <input type="hidden" name="alert_key" value=banner.alert_key />
                    <button class="quiet" aria-label=label>{Icon::Close.view()}</button>
                </ActionForm>
            </li>
        }
    });
    let more = (bar.more > 0).then(|| {
        view! { <li class="alert more"><A href="/alerts">{format!("{} more", bar.more)}</A></li> }
    });
    view! { <section class="alerts" aria-label="Alerts"><ul>{banners.collect_view()}{more}</ul></section> }.into_any()
}

/// In the header: how many alerts wait for somebody, and the way to all of them.
#[component]
pub fn Bell() -> impl IntoView {
    let Alerts { bar, .. } = expect_context();
    move || bell(bar.get())
}

fn bell(bar: AlertBar) -> AnyView {
    let label = match bar.waiting {
        0 => "Alerts: none".to_owned(),
        1 => "Alerts: 1 needs you".to_owned(),
        more => format!("Alerts: {more} need you"),
    };
    let count = (bar.waiting > 0).then(|| view! { <b class="num">{bar.waiting}</b> });
    view! { <A href="/alerts" attr:class="btn bell" attr:aria-label=label>{Icon::Bell.view()}{count}</A> }.into_any()
}

#[cfg(feature = "ssr")]
mod bar {
    use super::{AlertBar, Banner, COOKIE, HIDDEN_MAX, NEWS, SHOWN};
    use crate::components::{cookie, keep_cookie};
    use crate::model::{ActiveAlert, Alert, AlertLevel, AlertType};

    pub(super) fn of(alerts: &[ActiveAlert], hidden: &[String]) -> AlertBar {
        let waiting = || ActiveAlert::waiting(alerts);
        let key = |active: &ActiveAlert| active.occurrence().unwrap_or_else(|| active.alert.alert_key.clone());
        let shown = |alert: &&ActiveAlert| has_banner(alert) && !hidden.contains(&key(alert));
        let banner = |active: &ActiveAlert| Banner {
            alert_key: key(active),
            critical: active.alert.level == AlertLevel::Critical,
            message: active.alert.message.clone(),
            detail: active.alert.detail.clone(),
            href: active.alert.href.clone(),
        };
        let all: Vec<Banner> = waiting().filter(shown).map(banner).collect();
        AlertBar {
            more: u32::try_from(all.len().saturating_sub(SHOWN)).unwrap_or(u32::MAX),
            waiting: u32::try_from(waiting().count()).unwrap_or(u32::MAX),
            banners: all.into_iter().take(SHOWN).collect(),
            news: waiting().filter(|active| active.occurrence().is_some()).map(banner).take(NEWS).collect(),
        }
    }

    /// Money, and what is critical. The rest waits on the overview and behind the bell: the header says by itself when a
    /// source fails.
    fn has_banner(active: &ActiveAlert) -> bool {
        let Alert { kind, level, .. } = &active.alert;
        kind.is_budget() || *kind == AlertType::Spike || *level == AlertLevel::Critical
    }

    /// The keys of the banners this browser has hidden.
    pub(super) fn hidden() -> Vec<String> {
        cookie(COOKIE).map(|keys| keys.split('\n').map(str::to_owned).collect()).unwrap_or_default()
    }

    /// Has the browser remember one more; what does not hold any more is forgotten.
    pub(super) fn hide(alerts: &[ActiveAlert], alert_key: String) {
        let keys = with(hidden(), alerts, alert_key);
        keep_cookie(COOKIE, (!keys.is_empty()).then(|| keys.join("\n")).as_deref());
    }

    fn with(mut keys: Vec<String>, alerts: &[ActiveAlert], alert_key: String) -> Vec<String> {
        keys.retain(|key| *key != alert_key);
        keys.push(alert_key);
        keys.retain(|key| alerts.iter().any(|alert| alert.occurrence().as_ref() == Some(key)));
        keys.drain(..keys.len().saturating_sub(HIDDEN_MAX));
        keys
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use crate::model::AlertState;

        fn active(key: &str, kind: AlertType, level: AlertLevel) -> ActiveAlert {
            let alert = Alert { alert_key: key.to_owned(), kind, level, period: key.to_owned(), ..Alert::default() };
            ActiveAlert { alert, ..ActiveAlert::default() }
        }

        #[test]
        fn a_hidden_banner_is_back_with_another_key_and_the_bell_counts_all() {
            let budget = |key: &str| active(key, AlertType::Global, AlertLevel::Warning);
            let alerts = [
                active("a", AlertType::Global, AlertLevel::Critical),
                budget("b"),
                ActiveAlert { state: AlertState::Acknowledged, ..budget("c") },
                ActiveAlert { snoozed_until: Some("2026".to_owned()), ..budget("d") },
                active("e", AlertType::StaleSource, AlertLevel::Warning),
                active("f", AlertType::StaleSource, AlertLevel::Critical),
                // The lower threshold of the first.
                ActiveAlert { alert: Alert { period: "a".to_owned(), ..budget("g").alert }, ..budget("g") },
            ];
            let keys = |bar: &AlertBar| bar.banners.iter().map(|banner| banner.alert_key.clone()).collect::<Vec<_>>();
            let all = of(&alerts, &[]);
            assert_eq!((keys(&all), all.waiting, all.more), (vec!["a".into(), "b".into(), "f".into()], 4, 0));
            let hidden = of(&alerts, &["b".to_owned()]);
            assert_eq!((keys(&hidden), hidden.waiting), (vec!["a".into(), "f".into()], 4));
            let many: Vec<ActiveAlert> = (0..9).map(|number| budget(&number.to_string())).collect();
            assert_eq!((of(&many, &[]).banners.len(), of(&many, &[]).more), (3, 6));
        }

        #[test]
        fn the_cookie_holds_what_still_holds_and_no_more() {
            let alerts: Vec<ActiveAlert> =
                (0..50).map(|number| active(&number.to_string(), AlertType::Global, AlertLevel::Warning)).collect();
            let keys = with(vec!["gone".to_owned(), "3".to_owned()], &alerts, "7".to_owned());
            assert_eq!(keys, ["3", "7"]);
            let keys = (0..50).fold(Vec::new(), |keys, number: i32| with(keys, &alerts, number.to_string()));
            assert_eq!((keys.len(), keys[0].as_str()), (HIDDEN_MAX, "30"));
            assert_eq!(with(Vec::new(), &alerts, "nothing of ours".to_owned()), Vec::<String>::new());
        }
    }
}
