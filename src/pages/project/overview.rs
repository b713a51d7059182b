//! How a project stands: in a paragraph, what to do next, its health with every reason, and what its folder says.

#[cfg(feature = "ssr")]
pub(super) mod build;
#[cfg(feature = "ssr")]
mod facts;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::edit::{Editing, FormData, edit};
use crate::components::may;
use crate::model::Role;

/// Everything the tab draws, finished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// Said once after a form without JavaScript was taken; else empty.
    pub saved: String,
    pub narrative: String,
    pub sentence: String,
    pub description: String,
    pub actions: Vec<ActionLine>,
    /// `58 of 100`, or why there is no score.
    pub score: String,
    /// Points with their sign, and why.
    pub reasons: Vec<(String, String)>,
    pub missing: Vec<String>,
    pub facts: Vec<Fact>,
    pub languages: Vec<LanguageLine>,
    /// What could not be read.
    pub notes: Vec<String>,
    pub form: FormData,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionLine {
    pub priority: String,
    /// The colour of its dot.
    pub dot: String,
    pub title: String,
    pub description: String,
}

/// One thing the folder says, and where it says so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    pub name: String,
    pub value: String,
    /// The file, relative to the folder; empty when it is no file.
    pub from: String,
    /// Points of an 88 by 24 line; empty: none is drawn.
    pub spark: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LanguageLine {
    pub name: String,
    /// `12.3 k lines in 80 files`
    pub size: String,
    pub percent: u32,
    /// `64 %`, `under 1 %`
    pub share: String,
}

pub(super) fn overview(page: Overview, editing: Editing) -> AnyView {
    let saved = (!page.saved.is_empty()).then(|| view! { <p class="banner good" role="status">{page.saved}</p> });
    let text = (!page.description.is_empty()).then(|| view! { <p class="mute">{page.description}</p> });
    let notes = (!page.notes.is_empty()).then(|| {
        let notes = page.notes.into_iter().map(|note| view! { <li>{note}</li> });
        view! {
            <section class="card">
                <header><h2>"Not read, or only in part"</h2></header>
                <ul class="notes">{notes.collect_view()}</ul>
            </section>
        }
    });
    view! {
        {saved}
        <section class="card stands">
            <header><h2>"How it stands"</h2></header>
            <p>{page.narrative}</p>
            {text}
            <p class="sub">{page.sentence}</p>
        </section>
        {may(Role::Operator).then(|| edit(page.form, editing))}
        <div class="two">{actions(page.actions)}{health(page.score, page.reasons, page.missing)}</div>
        {facts(page.facts)}
        {languages(page.languages)}
        {notes}
    }
    .into_any()
}

fn actions(actions: Vec<ActionLine>) -> AnyView {
    let none = actions.is_empty().then(|| view! { <p class="mute">"Nothing presses."</p> });
    let lines = actions.into_iter().map(|action| {
        view! {
            <li>
                <i class=format!("dot {}", action.dot)></i>
                <div><b>{action.title}</b>" "<span class="mute">{action.priority}</span><p>{action.description}</p></div>
            </li>
        }
    });
    let list = none.is_none().then(|| view! { <ol class="actions">{lines.collect_view()}</ol> });
    view! { <section class="card"><header><h2>"Next actions"</h2></header>{none}{list}</section> }.into_any()
}

fn health(score: String, reasons: Vec<(String, String)>, missing: Vec<String>) -> AnyView {
    let some = !reasons.is_empty();
    let rows = reasons
        .into_iter()
        .map(|(points, words)| view! { <tr><th scope="row">{words}</th><td class="num">{points}</td></tr> });
    let reasons = some.then(|| {
        view! {
            <table>
                <thead><tr><th scope="col">"Reason"</th><th scope="col" class="num">"Points"</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        }
    });
    let some = !missing.is_empty();
    let missing = missing.into_iter().map(|words| view! { <li>{words}</li> });
    let missing = some.then(|| {
        view! { <p class="mute">"Not known, so nothing is deducted for it:"</p><ul class="notes">{missing.collect_view()}</ul> }
    });
    view! {
        <section class="card">
            <header><h2>"Health"</h2><span class="mute">{score}</span></header>
            {reasons}
            {missing}
        </section>
    }
    .into_any()
}

fn facts(facts: Vec<Fact>) -> AnyView {
    let rows = facts.into_iter().map(|fact| {
        let from = (!fact.from.is_empty()).then(|| view! { <small>"from "<code>{fact.from}</code></small> });
        let spark = (!fact.spark.is_empty()).then(|| {
            view! { <svg class="weeks" viewBox="0 0 88 24" aria-hidden="true"><polyline points=fact.spark /></svg> }
        });
        view! { <div><dt>{fact.name}</dt><dd>{spark}{fact.value}{from}</dd></div> }
    });
    view! {
        <section class="card">
            <header><h2>"What the folder says"</h2></header>
            <dl class="offers known">{rows.collect_view()}</dl>
        </section>
    }
    .into_any()
}

fn languages(languages: Vec<LanguageLine>) -> AnyView {
    let some = !languages.is_empty();
    let rows = languages.into_iter().map(|language| {
        view! {
            <tr>
                <th scope="row">{language.name}</th>
                <td class="num">{language.size}</td>
                <td class="share"><meter min="0" max="100" value=language.percent.to_string() aria-hidden="true"></meter>{language.share}</td>
            </tr>
        }
    });
    some.then(|| {
        view! {
            <section class="card">
                <header><h2>"Languages"</h2><span class="mute">"lines of code, without blank lines and comments"</span></header>
                <table>
                    <thead>
                        <tr><th scope="col">"Language"</th><th scope="col" class="num">"Size"</th><th scope="col">"Share"</th></tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </section>
        }
    })
    .into_any()
}
