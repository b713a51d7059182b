//! `/settings`: budgets, alerts, the schedule, sources, and what this browser shows. Each form is saved by itself.
//!
//! Without JavaScript what was typed comes back in the address, and the page checks it again: no message travels in one.
//! With it, what is typed lives in the page component, outlives whatever is drawn anew around it, and is guarded.

mod alerts;
mod browser;
mod budgets;
#[cfg(feature = "ssr")]
mod build;
mod currency;
mod draft;
mod fields;
mod push;
#[cfg(feature = "ssr")]
mod save;
mod section;
mod sync;

use chrono::NaiveDate;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::components::A;
use leptos_router::hooks::{use_navigate, use_query_map};
use leptos_router::{LazyRoute, lazy_route};
use serde::{Deserialize, Serialize};

use crate::components::{Load, Toast, may, use_live, use_toast};
use crate::error::AppError;
use crate::model::settings::{Form, Known, Problem, Section};
use crate::model::{Currency, Moment, PerUsd, Role};
use draft::{Drafts, guard};

/// Everything the page draws, finished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsPage {
    /// In the order of [`Section::ALL`].
    pub sections: Vec<SectionData>,
    pub known: Known,
    pub paused: bool,
    /// `every 15 min`
    pub schedule: String,
    /// The section that was just saved without JavaScript.
    pub saved: String,
    /// The last test of each source that was tested.
    pub tests: Vec<SourceTest>,
}

/// What a test of a source came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceTest {
    pub source: String,
    pub works: bool,
    pub said: String,
    pub at: Moment,
}

/// A form, as its file has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionData {
    pub section: Section,
    /// Names what the file says.
    pub version: String,
    pub form: Form,
    /// Where the file lies.
    pub path: String,
    /// Why the file cannot be read; else empty.
    pub broken: String,
    /// What has the last word over the file.
    pub notes: Vec<String>,
    /// What came back without JavaScript.
    pub returned: Option<Form>,
    pub problems: Vec<Problem>,
    /// What somebody else has changed since that form was read.
    pub changed: Vec<String>,
}

/// What was typed, on its way through an address.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typed {
    pub section: Section,
    pub version: String,
    pub base: Form,
    pub form: Form,
    /// Whether it was to be saved, and is to be judged.
    pub sent: bool,
    /// Whether a rate was asked for, and there was none.
    #[serde(default)]
    pub no_rate: bool,
}

/// What the file of a form says after it was saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    pub section: Section,
    pub version: String,
    pub form: Form,
}

/// What a US dollar is in a currency, as a list says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundRate {
    pub currency: Currency,
    pub from: NaiveDate,
    pub per_usd: PerUsd,
}

/// `typed` is what came back in the address, as JSON; `saved` a section's name. None of the forms holds a key or an
/// address, so whoever reads numbers reads them too.
#[server(prefix = "/rpc", endpoint = "load_settings", input = leptos::server_fn::codec::Json)]
pub async fn load_settings(typed: String, saved: String) -> Result<SettingsPage, AppError> {
    crate::server::require(Role::Viewer)?;
    let engine = crate::server::app()?.engine;
    build::load(&engine, serde_json::from_str(&typed).ok(), &saved).await
}

/// Saves one form. `version` and `base` (JSON) are what was read; `op` is the button that was pressed, which may also add
/// or remove a row of a form without JavaScript.
#[server(prefix = "/rpc", endpoint = "save_settings")]
pub async fn save_settings(
    section: Section,
    version: String,
    #[server(default)] base: String,
    #[server(default)] op: String,
    #[server(default)] fields: Form,
) -> Result<Saved, AppError> {
    crate::server::require(crate::model::Role::Admin)?;
    let engine = crate::server::app()?.engine;
    let base = serde_json::from_str(&base).unwrap_or_default();
    let typed = Typed { section, version, base, form: fields, sent: true, no_rate: false };
    if op == currency::GET_RATE {
        let typed = save::with_rate(&engine, &typed).await;
        leptos_axum::redirect(&save::page_with(&typed));
        return Ok(Saved { section, version: typed.version, form: typed.form });
    }
    let outcome = match save::row_operation(&typed, &op) {
        Some(typed) => {
            leptos_axum::redirect(&save::page_with(&typed));
            return Ok(Saved { section, version: typed.version, form: typed.form });
        }
        None => save::save(&engine, &typed).await,
    };
    if outcome.is_ok() {
        crate::server::note("settings changed", section.as_str()).await;
    }
    if crate::server::is_plain_form() {
        leptos_axum::redirect(&save::page_after(&typed, &outcome));
        return outcome;
    }
    outcome.map_err(AppError::answer)
}

/// Asks for the latest rate of a currency, as `currency.json` says where; nothing is written.
#[server(prefix = "/rpc", endpoint = "look_up_rate", input = leptos::server_fn::codec::Json)]
pub async fn look_up_rate(currency: String) -> Result<FoundRate, AppError> {
    crate::server::require(crate::model::Role::Admin)?;
    let engine = crate::server::app()?.engine;
    build::look_up(&engine, &currency).await.map_err(AppError::answer)
}

/// Pauses or resumes the schedule. A POST, so that it works as a plain form too.
#[server(prefix = "/rpc", endpoint = "pause_sync")]
pub async fn pause_sync(paused: bool) -> Result<bool, AppError> {
    crate::server::require(crate::model::Role::Admin)?;
    let engine = crate::server::app()?.engine;
    save::pause(&engine, paused).await.map_err(AppError::answer_script)?;
    crate::server::note(if paused { "auto-sync paused" } else { "auto-sync resumed" }, "").await;
    Ok(paused)
}

/// Asks a source whether it can be read. A POST, so that it works as a plain form too: the page says what came of it.
#[server(prefix = "/rpc", endpoint = "test_source")]
pub async fn test_source(source: String) -> Result<SourceTest, AppError> {
    crate::server::require(crate::model::Role::Operator)?;
    let engine = crate::server::app()?.engine;
    build::test(&engine, &source).await.map_err(AppError::answer_script)
}

/// The page's code, which the browser loads when it is first visited.
pub struct SettingsRoute;

#[lazy_route]
impl LazyRoute for SettingsRoute {
    fn data() -> Self {
        SettingsRoute
    }

    fn view(this: Self) -> AnyView {
        let SettingsRoute = this;
        view! { <Settings /> }.into_any()
    }
}

#[component]
fn Settings() -> impl IntoView {
    let (live, toast, query) = (use_live(), use_toast(), use_query_map());
    let asked = Memo::new(move |_| {
        query.with(|query| (query.get("typed").unwrap_or_default(), query.get("saved").unwrap_or_default()))
    });
    let navigate = StoredValue::new(use_navigate());
    let pause = ServerAction::<PauseSync>::new();
    let test = ServerAction::<TestSource>::new();
    let page = Resource::new(move || (live.version(), asked.get()), |(_, (typed, saved))| load_settings(typed, saved));
    // Here and not in the forms: they are drawn anew while somebody types, and what was typed must stay.
    let drafts = Drafts::new(toast, move || {
        if asked.with_untracked(|(typed, _)| typed.is_empty()) {
            return page.refetch();
        }
        // What came back in the address is dealt with.
        let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
        navigate.get_value()("/settings", options);
    });
    guard(move || drafts.is_dirty());
    Effect::new(move |_| match pause.value().get() {
        Some(Ok(paused)) => {
            page.refetch();
            let title = if paused { "Auto-sync is paused" } else { "Auto-sync is on" };
            toast.show(Toast::Done { title: title.to_owned(), detail: String::new() });
        }
        Some(Err(error)) => toast.show(Toast::Failed { title: "Not changed".to_owned(), detail: error.to_string() }),
        None => {}
    });
    Effect::new(move |_| match test.value().get() {
        Some(Ok(SourceTest { works, said, .. })) => {
            page.refetch();
            toast.show(match works {
                true => Toast::Done { title: "It works".to_owned(), detail: said },
                false => Toast::Failed { title: "It does not work".to_owned(), detail: said },
            });
        }
        Some(Err(error)) => {
            toast.show(Toast::Failed { title: "Nothing was tested".to_owned(), detail: error.to_string() });
        }
        None => {}
    });
    let about = if may(Role::Admin) {
        "What is saved here counts at once, without a restart."
    } else {
        "Your account reads these settings; an admin changes them."
    };
    view! {
        <Title text="Settings" />
        <section class="verdict"><h1>"Settings"</h1><p class="mute">{about}</p></section>
        <Load data=page view=move |page: SettingsPage| {
            let SettingsPage { sections, known, paused, schedule, saved, tests } = page;
            let known = std::sync::Arc::new(known);
            let forms = sections.into_iter().map(|data| {
                let was_saved = saved == data.section.as_str();
                let above = (data.section == Section::Sync).then(|| sync::switch(pause, paused, &schedule));
                section::view(data, known.clone(), drafts, was_saved, above, (test, &tests))
            });
            view! {
                {forms.collect_view()}
                <section class="card">
                    <header><h2>"Prices"</h2></header>
                    <p class="mute">"What a model costs is entered on a page of its own: "<A href="/prices" attr:class="also">"Prices"</A>"."</p>
                </section>
            }
            .into_any()
        } />
        <browser::Browser />
    }
}
