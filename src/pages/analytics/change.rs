//! What changed against the days before, and which days stood out.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A change taken apart, as the page shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// `+$38: +$29 Opus 4.5 share on proj-07`, or why there is nothing to say.
    pub sentence: String,
    /// What it is compared with: `against $120 in the 7 days before`.
    pub against: String,
    pub parts: Vec<Part>,
    /// Amount and reason, the largest first.
    pub drivers: Vec<(String, String)>,
    /// What is not in it; may be empty.
    pub note: String,
}

/// Volume, mix, cache or price.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub name: String,
    pub means: String,
    pub amount: String,
}

/// A day outside the band of what was usual.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnusualDay {
    pub date: String,
    pub cost: String,
    pub usual: String,
    /// What did most of it; may be empty.
    pub because: String,
}

pub(super) fn changed(changed: Changed) -> AnyView {
    let parts = changed.parts.into_iter().map(|part| {
        view! { <tr><th scope="row">{part.name}<small>{part.means}</small></th><td class="num">{part.amount}</td></tr> }
    });
    let drivers = changed.drivers.into_iter().map(|(amount, reason)| {
        view! { <tr><th scope="row">{reason}</th><td class="num">{amount}</td></tr> }
    });
    let (parts, drivers): (Vec<_>, Vec<_>) = (parts.collect(), drivers.collect());
    let (has_parts, has_drivers) = (!parts.is_empty(), !drivers.is_empty());
    view! {
        <section class="card changed">
            <header><h2>"What changed"</h2><span class="mute">{changed.against}</span></header>
            <p>{changed.sentence}</p>
            {has_parts.then(|| view! {
                <table>
                    <thead><tr><th scope="col">"Part"</th><th scope="col" class="num">"Change"</th></tr></thead>
                    <tbody>{parts}</tbody>
                </table>
            })}
            {has_drivers.then(|| view! {
                <details class="twin">
                    <summary>"Every reason"</summary>
                    <table>
                        <thead><tr><th scope="col">"Reason"</th><th scope="col" class="num">"Change"</th></tr></thead>
                        <tbody>{drivers}</tbody>
                    </table>
                </details>
            })}
            {(!changed.note.is_empty()).then(|| view! { <p class="mute">{changed.note}</p> })}
        </section>
    }
    .into_any()
}

pub(super) fn unusual(days: Vec<UnusualDay>) -> AnyView {
    if days.is_empty() {
        return view! {
            <section class="card">
                <header><h2>"Unusual days"</h2></header>
                <p class="mute">"None: every day was within what the weeks before led to expect. It takes three weeks of data to say so."</p>
            </section>
        }
        .into_any();
    }
    let rows = days.into_iter().map(|day| {
        let because = (!day.because.is_empty()).then(|| view! { <small>{day.because}</small> });
        view! {
            <tr>
                <th scope="row">{day.date}{because}</th>
                <td class="num">{day.cost}</td>
                <td class="num mute">{day.usual}</td>
            </tr>
        }
    });
    view! {
        <section class="card">
            <header><h2>"Unusual days"</h2></header>
            <table>
                <thead><tr><th scope="col">"Day"</th><th scope="col" class="num">"Spend"</th><th scope="col" class="num">"Usually"</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </section>
    }
    .into_any()
}
