//! `/prices`: which models have no price, a form to give them one, and the price table in force.
//!
//! What was typed is in the address whenever a form comes back refused without JavaScript, or is filled in by a link:
//! the page checks it again and says what is wrong, so no message ever travels in an address. So is the entry that was
//! just removed: putting it back needs no memory but the address.

#[cfg(feature = "ssr")]
mod build;
#[cfg(feature = "ssr")]
mod enter;
mod form;
mod table;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use leptos_router::{LazyRoute, lazy_route};
use serde::{Deserialize, Serialize};

use crate::components::{Load, Toast, focus_content, may, use_live, use_toast};
use crate::error::AppError;
use crate::model::Role;
use form::{Draft, PriceForm, SetModelPrice};

/// What the address says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricesQuery {
    /// The model whose price is to be entered, with the rates filled in so far.
    pub typed: Typed,
    /// The model that was just given a price.
    pub saved: String,
    /// The entry that was just removed, as JSON.
    pub removed: String,
    pub search: String,
    pub all: bool,
}

/// The fields of the form, as typed: US dollars per million tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typed {
    pub model: String,
    pub input: String,
    pub output: String,
    pub cache_read: String,
    pub cache_write: String,
    pub cache_write_1h: String,
    /// The first day, or [`ALWAYS`].
    pub from: String,
}

/// What stands for a price without a first day, where nothing would mean that none was chosen yet.
#[cfg(feature = "ssr")]
const ALWAYS: &str = "always";

/// Everything the page draws, finished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricesPage {
    pub headline: String,
    /// The day the built-in prices were compiled.
    pub compiled: String,
    /// What the price that was just entered does; empty when none was.
    pub saved: String,
    /// The price that was just removed; it can be put back.
    pub removed: Option<Removed>,
    pub unpriced: Vec<UnpricedLine>,
    /// The form, when there is a model to enter a price of; it stands with its line of `unpriced`, if it has one.
    pub form: Option<FormData>,
    pub table: Vec<PriceLine>,
    /// `30 of 118 models`
    pub shown: String,
    pub more: bool,
    pub search: String,
}

/// A price that is not there any more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    pub said: String,
    /// The entry as JSON.
    pub entry: String,
}

/// A model that was used and has no price.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnpricedLine {
    pub model: String,
    /// The source, and the days of use.
    pub seen: String,
    pub tokens: String,
    pub similar: Option<Similar>,
    /// Whether the form stands here.
    pub chosen: bool,
    /// Chooses it.
    pub href: String,
}

/// The closest model that has a price: to look at, never taken over by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Similar {
    pub model: String,
    pub rates: String,
    /// Fills the form in with its rates.
    pub href: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormData {
    pub values: Typed,
    /// Why it was refused; else empty.
    pub problem: String,
    /// The price there is now; empty when there is none.
    pub now: String,
}

/// A price in force.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceLine {
    pub model: String,
    /// Who takes it, from which table it is, and since when.
    pub origin: String,
    pub own: bool,
    /// The first day, to know it by.
    pub from: String,
    /// Input, output, cache read, cache write.
    pub rates: [String; 4],
    pub href: String,
}

#[server(prefix = "/rpc", endpoint = "load_prices", input = leptos::server_fn::codec::Json)]
pub async fn load_prices(query: PricesQuery) -> Result<PricesPage, AppError> {
    crate::server::require(Role::Viewer)?;
    let engine = crate::server::app()?.engine;
    Ok(build::load(engine, query).await?)
}

/// Reads the address.
fn use_prices_query() -> Memo<PricesQuery> {
    let query = use_query_map();
    Memo::new(move |_| {
        query.with(|query| {
            let text = |name: &str| query.get(name).unwrap_or_default();
            PricesQuery {
                typed: Typed {
                    model: text("model"),
                    input: text("input"),
                    output: text("output"),
                    cache_read: text("cache_read"),
                    cache_write: text("cache_write"),
                    cache_write_1h: text("cache_write_1h"),
                    from: text("from"),
                },
                saved: text("saved"),
                removed: text("removed"),
                search: text("search"),
                all: query.get("all").is_some(),
            }
        })
    })
}

/// The page's code, which the browser loads when it is first visited.
pub struct PricesRoute;

#[lazy_route]
impl LazyRoute for PricesRoute {
    fn data() -> Self {
        PricesRoute
    }

    fn view(this: Self) -> AnyView {
        let PricesRoute = this;
        view! { <Prices /> }.into_any()
    }
}

#[component]
fn Prices() -> impl IntoView {
    let (live, toast, query) = (use_live(), use_toast(), use_prices_query());
    let navigate = StoredValue::new(use_navigate());
    // Here and not in the form: the list is drawn anew while somebody types, and what was typed must stay.
    let action = ServerAction::<SetModelPrice>::new();
    let draft = RwSignal::new(None::<Draft>);
    let page =
        Resource::new(move || (query.get(), live.version(), action.version().get()), |(query, ..)| load_prices(query));
    Effect::new(move |_| {
        if let Some(Ok(entered)) = action.value().get() {
            draft.set(None);
            toast.show(Toast::Done { title: format!("{} has a price", entered.model), detail: entered.effect });
            // The form that had the focus goes; who uses the keyboard goes on from the top.
            focus_content();
            navigate.get_value()(
                "/prices",
                NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() },
            );
        }
    });
    view! {
        <Title text="Prices" />
        <Load data=page view=move |page: PricesPage| {
            view! {
                <section class="verdict"><h1>{page.headline}</h1>{(!may(Role::Admin)).then(read_only)}</section>
                {(!page.saved.is_empty()).then(|| view! { <p class="banner good" role="status">{page.saved}</p> })}
                {page.removed.filter(|_| may(Role::Admin)).map(table::removed)}
                {unpriced(page.unpriced, page.form.filter(|_| may(Role::Admin)), action, draft)}
                {table::prices(page.table, page.shown, page.more, page.search, page.compiled, move |address| {
                    navigate.get_value()(&address, NavigateOptions { scroll: false, ..NavigateOptions::default() });
                })}
            }
            .into_any()
        } />
    }
}

fn read_only() -> AnyView {
    view! { <p class="mute">"Prices are set by an admin."</p> }.into_any()
}

/// The models without a price, with the form at the one that was chosen; a form for any other model comes first.
fn unpriced(
    lines: Vec<UnpricedLine>,
    mut form: Option<FormData>,
    action: ServerAction<SetModelPrice>,
    draft: RwSignal<Option<Draft>>,
) -> AnyView {
    let apart = if lines.iter().any(|line| line.chosen) { None } else { form.take() };
    let apart = apart.map(|form| {
        view! {
            <section class="card" id="set">
                <header><h2>{format!("Price of {}", form.values.model)}</h2><a href="/prices" data-noscroll="">"Cancel"</a></header>
                <p class="mute">{form.now.clone()}</p>
                <PriceForm form action draft />
            </section>
        }
    });
    let some = !lines.is_empty();
    let may_set = may(Role::Admin);
    let lines = lines.into_iter().map(|line| {
        let form = form.take_if(|_| line.chosen).map(|form| view! { <PriceForm form action draft /> });
        let similar = line.similar.map(|similar| {
            view! {
                <p class="sub">
                    {format!("Closest: {} at {}. ", similar.model, similar.rates)}
                    {may_set.then(|| view! { <a href=similar.href data-noscroll="">"Fill in its prices"</a> })}
                </p>
            }
        });
        let set = may_set.then(|| {
            view! {
                <a class="btn" href=line.href data-noscroll="" aria-current=line.chosen.then_some("true")
                    aria-label=format!("Set the price of {}", line.model)>"Set price"</a>
            }
        });
        view! {
            <li id=line.chosen.then_some("set")>
                <div class="line">
                    <h3>{line.model.clone()}<small>{line.seen}</small></h3>
                    <span class="num">{line.tokens}</span>
                    {set}
                </div>
                {similar}
                {form}
            </li>
        }
    });
    let list = some.then(|| {
        view! {
            <section class="card">
                <header><h2>"Without a price"</h2></header>
                <p class="mute">"Used in the last half year, and in no total until it has a price."</p>
                <ul class="unpriced">{lines.collect_view()}</ul>
            </section>
        }
    });
    view! { {apart}{list} }.into_any()
}
