//! The form of the currency: in which one pages show what AI costs, and what a US dollar was worth by day.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::fields::{Field, Fields, focus};
use super::{FoundRate, look_up_rate};
use crate::model::settings::{add_rate, cell};

const LIST: &str = "rate";
const CELLS: [&str; 3] = ["from", "usd", "of"];
/// What the button that asks for a rate sends.
pub(super) const GET_RATE: &str = "get-rate";

pub(super) fn body(fields: &Fields) -> AnyView {
    let known = &fields.known.currencies;
    let options =
        known.iter().map(|currency| (currency.id.clone(), format!("{}, {}", currency.id, currency.label))).collect();
    let codes = known
        .iter()
        .map(|currency| view! { <option value=currency.id.clone()>{currency.label.clone()}</option> })
        .collect_view();
    let currency = fields.select(
        Field {
            name: "currency".to_owned(),
            label: "Display currency",
            hint: "what pages show what AI costs in",
            ..Field::default()
        },
        options,
    );
    let list = fields.list(LIST, &CELLS, "Add a rate", row);
    view! {
        <p class="mute">
            "Everything is kept, billed and judged in US dollars. Pages show it in this currency, all of it by one rate: the latest of today or before. "
            "Budgets and alerts are entered, and exports are written, in US dollars."
        </p>
        <div class="fields">{currency}</div>
        <h3>"Rates"</h3>
        <p class="mute">"What one US dollar is, from a day on."</p>
        <datalist id="currencies">{codes}</datalist>
        {list}
        {today(fields)}
    }
    .into_any()
}

fn row(fields: &Fields, row: u32) -> AnyView {
    let field = |name: &str, label, hint, kind, mode, list| Field {
        name: cell(LIST, row, name),
        label,
        hint,
        kind,
        mode,
        list,
    };
    view! {
        <div class="row" role="group" aria-label=format!("Rate {}", row + 1)>
            {fields.text(field("from", "From", "the first day", "date", "", ""))}
            {fields.text(field("usd", "One US dollar is", "such as 0.92", "", "decimal", ""))}
            {fields.text(field("of", "In", "empty: the display currency", "", "", "currencies"))}
            {fields.remove(LIST, row, format!("Remove rate {}", row + 1))}
        </div>
    }
    .into_any()
}

/// Asks for the rate of the day and types it in; nothing is saved by it.
fn today(fields: &Fields) -> AnyView {
    let (said, asking) = (RwSignal::new(String::new()), RwSignal::new(false));
    let fields = fields.clone();
    let click = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        if asking.get_untracked() {
            return;
        }
        asking.set(true);
        said.set(String::new());
        let (fields, currency) = (fields.clone(), untrack(|| fields.now()).text("currency").to_owned());
        spawn_local(async move {
            let found = look_up_rate(currency).await;
            // The page may be gone by the time the bank answers, and so may this form.
            if said.is_disposed() {
                return;
            }
            asking.set(false);
            said.set(match found {
                Ok(FoundRate { currency, from, per_usd }) => {
                    fields.change(|form| add_rate(form, currency, from, per_usd))
                }
                Err(error) => error.to_string(),
            });
            focus("#get-rate");
        });
    };
    view! {
        <p class="switch">
            <button class="btn" id="get-rate" name="op" value=GET_RATE aria-busy=move || asking.get().to_string() on:click=click>
                "Get today's rate"
            </button>
            <span role="status">{move || said.get()}</span>
        </p>
    }
    .into_any()
}
