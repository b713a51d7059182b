//! The form of the budgets.

use leptos::prelude::*;

use super::fields::{Field, Fields};
use crate::model::settings::{Choice, Known, cell};

const LIST: &str = "budget";
const CELLS: [&str; 7] = ["id", "of", "period", "days", "unit", "amount", "name"];

pub(super) fn body(fields: &Fields) -> AnyView {
    let monthly = fields.text(Field {
        name: "monthly".to_owned(),
        label: "Monthly budget",
        hint: "US dollars of all spend in a month",
        mode: "decimal",
        ..Field::default()
    });
    let list = fields.list(LIST, &CELLS, "Add a budget", row);
    view! {
        <div class="fields">{monthly}</div>
        <h3>"Further budgets"</h3>
        <p class="mute">"Of a part of the spend, or of another period."</p>
        {list}
    }
    .into_any()
}

fn row(fields: &Fields, row: u32) -> AnyView {
    let field =
        |name: &str, label, hint, mode| Field { name: cell(LIST, row, name), label, hint, mode, ..Field::default() };
    let pairs =
        |pairs: &[(&str, &str)]| pairs.iter().map(|(id, label)| ((*id).to_owned(), (*label).to_owned())).collect();
    let periods = pairs(&[("month", "Month"), ("week", "Week"), ("day", "Day"), ("days", "The last … days")]);
    let units = pairs(&[("usd", "US dollars"), ("tokens", "tokens")]);
    let days = {
        let (fields, period) = (fields.clone(), cell(LIST, row, "period"));
        let days = field("days", "Days", "1 to 366, of the last … days", "numeric");
        view! { <div class:spare=move || fields.now().text(&period) != "days">{fields.clone().text(days)}</div> }
    };
    view! {
        <div class="row" role="group" aria-label=format!("Budget {}", row + 1)>
            {fields.hidden(&cell(LIST, row, "id"))}
            {fields.select(field("of", "Of", "", ""), scopes(&fields.known))}
            {fields.text(field("amount", "Amount", "", "decimal"))}
            {fields.select(field("unit", "In", "", ""), units)}
            {fields.select(field("period", "Per", "", ""), periods)}
            {days}
            {fields.text(field("name", "Name", "empty: that of what it is of", ""))}
            {fields.remove(LIST, row, format!("Remove budget {}", row + 1))}
        </div>
    }
    .into_any()
}

/// All that a budget can be of.
fn scopes(known: &Known) -> Vec<(String, String)> {
    let of = |kind: &'static str, word: &'static str, choices: &[Choice]| -> Vec<(String, String)> {
        choices.iter().map(|choice| (format!("{kind}:{}", choice.id), format!("{word} {}", choice.label))).collect()
    };
    let all = vec![("global".to_owned(), "All spend".to_owned())];
    [
        all,
        of("project", "Project", &known.projects),
        of("client", "Client", &known.clients),
        of("source", "Source", &known.sources),
        of("model", "Model", &known.models),
    ]
    .concat()
}
