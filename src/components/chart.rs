//! A chart with its legend and its numbers as a table. Drawn after the first paint; without JavaScript the table is it.

use leptos::html::Div;
use leptos::prelude::*;

use crate::model::Chart;

/// A card that holds one chart; `children` stands at the right of its heading.
#[component]
pub fn ChartCard(#[prop(into)] title: String, chart: Chart, children: Children) -> impl IntoView {
    let canvas = NodeRef::<Div>::new();
    draw(canvas, chart.option.clone());
    let legend = chart
        .legend
        .iter()
        .enumerate()
        .map(|(number, name)| view! { <li><i class=format!("c{}", number + 1)></i>{name.clone()}</li> })
        .collect_view();
    let head = chart.columns.iter().enumerate().map(|(number, name)| {
        view! { <th scope="col" class:num=(number > 0)>{name.clone()}</th> }
    });
    let rows = chart.rows.into_iter().map(|cells| {
        let mut cells = cells.into_iter();
        let first = cells.next();
        view! { <tr><th scope="row">{first}</th>{cells.map(|cell| view! { <td class="num">{cell}</td> }).collect_view()}</tr> }
    });
    view! {
        <section class="card chart">
            <header><h2>{title}</h2><ul class="legend">{legend}</ul>{children()}</header>
            <div class="canvas" role="img" aria-label=chart.label node_ref=canvas></div>
            <details class="twin">
                <summary>"Show as table"</summary>
                <div class="scroll" tabindex="0" role="region" aria-label="The chart's numbers">
                    <table><thead><tr>{head.collect_view()}</tr></thead><tbody>{rows.collect_view()}</tbody></table>
                </div>
            </details>
        </section>
    }
    .into_any()
}

#[cfg(feature = "hydrate")]
fn draw(canvas: NodeRef<Div>, option: String) {
    Effect::new(move |_| {
        if let Some(element) = canvas.get() {
            crate::client::draw_chart(&element, &option);
        }
    });
}

#[cfg(not(feature = "hydrate"))]
fn draw(_: NodeRef<Div>, _: String) {}
