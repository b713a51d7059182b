//! What is known of a project's code: every number with the file it is from, the day it was made, and its age.

#[cfg(feature = "ssr")]
pub(super) mod build;
#[cfg(feature = "ssr")]
mod values;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::components::{ChartCard, Empty};
use crate::model::Chart;

/// Everything the tab draws, finished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quality {
    /// The day of the entry; empty when there is none.
    pub date: String,
    pub measures: Vec<MeasureLine>,
    /// `medium`, and why.
    pub debt: (String, String),
    /// `None` when neither coverage nor Lighthouse has data in these days.
    pub chart: Option<Chart>,
    /// What could not be read, or only in part.
    pub notes: Vec<String>,
    /// Whether there is nothing at all: then it says what is looked for.
    pub empty: bool,
    /// Whether there is a folder to look in.
    pub has_folder: bool,
    /// A measure, and the files it is looked for in.
    pub sought: Vec<(String, String)>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasureLine {
    pub name: String,
    /// `76.92 %`, or `no data`.
    pub value: String,
    /// What the value is made of; for one without data what it is looked for in.
    pub detail: String,
    pub files: Vec<FileLine>,
    /// Further ones, shown on request.
    pub more: Vec<FileLine>,
}

/// A file a number is from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileLine {
    pub file: String,
    /// `4 of them, 2026-11-20, 1 day old`
    pub made: String,
    /// Too old to speak for the code of today.
    pub stale: bool,
}

pub(super) fn quality(page: Quality) -> AnyView {
    let notes = notes(page.notes);
    if page.empty {
        return view! { {nothing_yet(page.sought, page.has_folder)}{notes} }.into_any();
    }
    let chart = page.chart.map(|chart| {
        view! { <ChartCard title="Coverage and Lighthouse, 30 days" chart=chart>""</ChartCard> }
    });
    let no_chart = chart.is_none().then(|| {
        view! {
            <Empty title="Coverage and Lighthouse, 30 days">
                <p>"No report of either was found in these days, so that there is no line to draw."</p>
            </Empty>
        }
    });
    let (debt, reason) = page.debt;
    view! {
        <section class="card">
            <header><h2>"What is known"</h2><span class="mute">{format!("as of {}", page.date)}</span></header>
            <table class="measures">
                <thead>
                    <tr><th scope="col">"Measure"</th><th scope="col">"Value"</th><th scope="col">"From"</th></tr>
                </thead>
                <tbody>
                    {page.measures.into_iter().map(measure).collect_view()}
                    <tr>
                        <th scope="row">"Tech debt"</th>
                        <td class="value">{debt}</td>
                        <td class="mute">{reason}</td>
                    </tr>
                </tbody>
            </table>
        </section>
        {chart}
        {no_chart}
        {notes}
    }
    .into_any()
}

fn measure(line: MeasureLine) -> AnyView {
    let known = !line.files.is_empty();
    let more = (!line.more.is_empty()).then(|| {
        let count = line.more.len();
        view! {
            <details class="twin">
                <summary>{format!("{count} more")}</summary>
                <ul>{line.more.into_iter().map(file).collect_view()}</ul>
            </details>
        }
    });
    let files = known.then(|| view! { <ul>{line.files.into_iter().map(file).collect_view()}</ul> });
    let (beside, instead) = if known { (Some(line.detail), None) } else { (None, Some(line.detail)) };
    let beside = beside.filter(|text| !text.is_empty()).map(|text| view! { <small>{text}</small> });
    view! {
        <tr>
            <th scope="row">{line.name}</th>
            <td class="value" class:mute=!known>{line.value}{beside}</td>
            <td class="mute">{files}{more}{instead}</td>
        </tr>
    }
    .into_any()
}

fn file(line: FileLine) -> AnyView {
    let stale = line.stale.then(|| view! { " "<b class="stale">"stale"</b> });
    let name = (!line.file.is_empty()).then(|| view! { <code>{line.file}</code>" " });
    view! { <li>{name}<span class="mute">{line.made}</span>{stale}</li> }.into_any()
}

fn notes(notes: Vec<String>) -> AnyView {
    let some = !notes.is_empty();
    let notes = notes.into_iter().map(|note| view! { <li>{note}</li> });
    some.then(|| {
        view! {
            <section class="card">
                <header><h2>"Not read, or only in part"</h2></header>
                <ul class="notes">{notes.collect_view()}</ul>
            </section>
        }
    })
    .into_any()
}

fn nothing_yet(sought: Vec<(String, String)>, has_folder: bool) -> AnyView {
    let rows = sought.into_iter().map(|(name, files)| view! { <div><dt>{name}</dt><dd>{files}</dd></div> });
    let next = if has_folder {
        "The next sync reads these:"
    } else {
        "This project has no folder on this machine; once it has, these are read:"
    };
    view! {
        <section class="card">
            <header><h2>"Nothing is known of the code yet"</h2></header>
            <p class="mute">"Allclear reads the reports your tools leave in the project's folder, and runs none. "{next}</p>
            <dl class="offers">{rows.collect_view()}</dl>
        </section>
    }
    .into_any()
}
