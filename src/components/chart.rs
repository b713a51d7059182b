//! A chart with its legend and its numbers as a table. Drawn after the first paint; without JavaScript the table is it.

use std::collections::BTreeSet;

use leptos::html::Div;
use leptos::prelude::*;

use super::Icon;
use crate::model::{Chart, ChartHeight};

/// The series people have hidden, by the chart's title and their name. Kept outside the pages, whose charts are made
/// anew with every change of the numbers.
#[derive(Clone, Copy, Default)]
struct Hidden(RwSignal<BTreeSet<(String, String)>>);

/// Lets the charts of all pages remember what is hidden.
pub fn provide_hidden_series() {
    provide_context(Hidden::default());
}

/// A card that holds one chart; `children` stands at the right of its heading. `csv` is the address of its numbers as a
/// file, if there is one.
#[component]
pub fn ChartCard(
    #[prop(into)] title: String,
    chart: Chart,
    #[prop(optional, into)] csv: String,
    children: Children,
) -> impl IntoView {
    let hidden = use_context::<Hidden>().unwrap_or_default();
    let canvas = NodeRef::<Div>::new();
    draw(canvas, chart.option.clone(), title.clone(), hidden);
    let height = match chart.height {
        ChartHeight::Low => "canvas low",
        ChartHeight::Middle => "canvas",
        ChartHeight::Tall => "canvas tall",
    };
    let menu = menu(&chart.file_name(&title), csv);
    let scale = chart
        .scale
        .clone()
        .map(|(least, most)| view! { <p class="scale">{least}<i></i><i></i><i></i><i></i><i></i>{most}</p> });
    view! {
        <section class="card chart">
            <header><h2>{title.clone()}</h2>{legend(&chart, &title, hidden)}{children()}{menu}</header>
            <div class=height role="img" aria-label=chart.label node_ref=canvas></div>
            {scale}
            <p class="unseen" aria-live="polite"></p>
            {twin(chart.columns, chart.rows)}
        </section>
    }
    .into_any()
}

/// Buttons that hide a series and show it again; without JavaScript, names.
fn legend(chart: &Chart, title: &str, Hidden(hidden): Hidden) -> AnyView {
    let entries = chart.legend.iter().enumerate().map(|(number, name)| {
        let mark = chart.mark(number);
        let series = (title.to_owned(), name.clone());
        let of_press = series.clone();
        let pressed = move || hidden.with(|hidden| !hidden.contains(&series)).to_string();
        let press = move |_| {
            hidden.update(|hidden| {
                if !hidden.remove(&of_press) {
                    hidden.insert(of_press.clone());
                }
            });
        };
        view! {
            <li>
                <button type="button" aria-pressed=pressed on:click=press><i class=mark.clone()></i>{name.clone()}</button>
                <span><i class=mark></i>{name.clone()}</span>
            </li>
        }
    });
    let entries = entries.collect_view();
    (!chart.legend.is_empty()).then(|| view! { <ul class="legend" aria-label="Series">{entries}</ul> }).into_any()
}

/// What can be done with a chart. The browser's script listens to the buttons.
fn menu(file: &str, csv: String) -> AnyView {
    let csv = (!csv.is_empty()).then(|| view! { <li><a href=csv download="" rel="external">"Save as CSV"</a></li> });
    view! {
        <details class="menu" name="drop">
            <summary aria-label="Save or zoom">{Icon::More.view()}</summary>
            <ul>
                <li><button type="button" data-save="png" data-file=file.to_owned()>"Save as PNG"</button></li>
                <li><button type="button" data-save="svg" data-file=file.to_owned()>"Save as SVG"</button></li>
                {csv}
                <li><button type="button" data-zoom="1">"Zoom in"</button></li>
                <li><button type="button" data-zoom="-1">"Zoom out"</button></li>
            </ul>
        </details>
    }
    .into_any()
}

fn twin(columns: Vec<String>, rows: Vec<Vec<String>>) -> AnyView {
    let head = columns.into_iter().enumerate().map(|(number, name)| {
        view! { <th scope="col" class:num=(number > 0)>{name}</th> }
    });
    let rows = rows.into_iter().map(|cells| {
        let mut cells = cells.into_iter();
        let first = cells.next();
        view! { <tr><th scope="row">{first}</th>{cells.map(|cell| view! { <td class="num">{cell}</td> }).collect_view()}</tr> }
    });
    view! {
        <details class="twin">
            <summary>"Show as table"</summary>
            <div class="scroll" tabindex="0" role="region" aria-label="The chart's numbers">
                <table><thead><tr>{head.collect_view()}</tr></thead><tbody>{rows.collect_view()}</tbody></table>
            </div>
        </details>
    }
    .into_any()
}

#[cfg(feature = "hydrate")]
fn draw(canvas: NodeRef<Div>, option: String, title: String, Hidden(hidden): Hidden) {
    Effect::new(move |_| {
        let of_this = hidden.with(|hidden| {
            let names = hidden.iter().filter(|(chart, _)| *chart == title).map(|(_, name)| name.as_str());
            names.collect::<Vec<_>>().join("\n")
        });
        if let Some(element) = canvas.get() {
            crate::client::draw_chart(&element, &option, &of_this);
        }
    });
}

#[cfg(not(feature = "hydrate"))]
fn draw(_: NodeRef<Div>, _: String, _: String, _: Hidden) {}
