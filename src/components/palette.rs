//! The palette: Ctrl or Cmd and K, a few letters, Enter, and one is on that page or project.
//!
//! A shortcut beside the navigation, never the only way: without JavaScript it is not there.

use leptos::ev::{self, KeyboardEvent};
use leptos::html::{Dialog, Input};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::{Icon, closes_beside, load_project_options, project_address, sidebar, use_signed};
use crate::model::Role;

/// Lines at a time; a letter more shortens the list.
const SHOWN: usize = 9;
const LIST: &str = "palette-list";

/// Where one can go.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    name: String,
    kind: &'static str,
    href: String,
}

impl Place {
    /// Whether its name holds every word that was typed.
    fn fits(&self, typed: &str) -> bool {
        let name = self.name.to_lowercase();
        typed.to_lowercase().split_whitespace().all(|word| name.contains(word))
    }
}

/// The dialog, and the button that opens it.
#[component]
pub fn Palette() -> impl IntoView {
    let signed = use_signed();
    let pages: Vec<Place> = sidebar::all_pages(&signed)
        .into_iter()
        .map(|(href, name)| Place { name: name.to_owned(), kind: "Page", href: href.to_owned() })
        .collect();
    let knows_projects = signed.may(Role::Viewer);
    let (dialog, input) = (NodeRef::<Dialog>::new(), NodeRef::<Input>::new());
    let (typed, chosen, is_open) = (RwSignal::new(String::new()), RwSignal::new(0_usize), RwSignal::new(false));
    let projects = RwSignal::new(Vec::<Place>::new());
    let found = Memo::new(move |_| {
        let typed = typed.get();
        let all = pages.iter().cloned().chain(projects.get());
        if is_open.get() { all.filter(|place| place.fits(&typed)).take(SHOWN).collect() } else { Vec::new() }
    });
    let open = move || {
        let Some(dialog) = dialog.get_untracked() else { return };
        typed.set(String::new());
        chosen.set(0);
        is_open.set(true);
        if !dialog.open() {
            // It fails when the page is being left; then there is nothing to show.
            let _ = dialog.show_modal();
        }
        if let Some(input) = input.get_untracked() {
            let _ = input.focus();
        }
        if knows_projects {
            leptos::task::spawn_local(async move {
                // Without them there are the pages.
                if let Ok(options) = load_project_options().await {
                    let place = |option: super::ProjectOption| Place {
                        href: project_address(&option.id),
                        name: option.name,
                        kind: "Project",
                    };
                    projects.try_set(options.into_iter().map(place).collect());
                }
            });
        }
    };
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    Effect::new(move |_| {
        let heard = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
            if (event.ctrl_key() || event.meta_key()) && !event.shift_key() && event.key().eq_ignore_ascii_case("k") {
                event.prevent_default();
                open();
            }
        });
        on_cleanup(move || heard.remove());
    });
    let navigate = StoredValue::new(use_navigate());
    let go = move |place: &Place| {
        close();
        navigate.get_value()(&place.href, NavigateOptions::default());
    };
    let keydown = move |event: KeyboardEvent| {
        let count = found.with_untracked(Vec::len);
        match event.key().as_str() {
            "ArrowDown" if count > 0 => chosen.update(|chosen| *chosen = (*chosen + 1) % count),
            "ArrowUp" if count > 0 => chosen.update(|chosen| *chosen = (*chosen + count - 1) % count),
            "Enter" => {
                if let Some(place) = found.with_untracked(|found| found.get(chosen.get_untracked()).cloned()) {
                    go(&place);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let lines = move || {
        let line = |(number, place): (usize, Place)| {
            let (name, kind, is_chosen) = (place.name.clone(), place.kind, move || chosen.get() == number);
            view! {
                <li id=format!("palette-{number}") role="option" aria-selected=move || is_chosen().to_string() on:click=move |_| go(&place)>
                    <span>{name}</span><small>{kind}</small>
                </li>
            }
        };
        found.get().into_iter().enumerate().map(line).collect_view()
    };
    let nothing = move || (is_open.get() && found.with(Vec::is_empty)).then_some("Nothing is called so.");
    let active = move || found.with(|found| (!found.is_empty()).then(|| format!("palette-{}", chosen.get())));
    view! {
        <button type="button" class="btn find" aria-label="Go to a page or project" title="Ctrl + K" on:click=move |_| open()>
            {Icon::Find.view()}
        </button>
        <dialog node_ref=dialog class="palette" aria-label="Go to" on:close=move |_| is_open.set(false) on:click=closes_beside(dialog)>
            <div>
                <input node_ref=input type="text" role="combobox" aria-expanded="true" aria-controls=LIST aria-activedescendant=active
                    aria-autocomplete="list" aria-label="Go to a page or project" placeholder="Go to a page or project" autocomplete="off"
                    spellcheck="false" prop:value=typed on:keydown=keydown
                    on:input:target=move |event| { chosen.set(0); typed.set(event.target().value()); } />
                <ul id=LIST role="listbox" aria-label="Pages and projects">{lines}</ul>
                <p class="mute" role="status">{nothing}</p>
                <p class="keys mute"><kbd>"↑"</kbd><kbd>"↓"</kbd>" choose "<kbd>"Enter"</kbd>" opens "<kbd>"Esc"</kbd>" closes"</p>
            </div>
        </dialog>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_that_is_typed_has_to_be_in_the_name() {
        let place = Place { name: "Sync log".to_owned(), kind: "Page", href: "/sync".to_owned() };
        for (typed, fits) in [("", true), ("LOG", true), ("log sy", true), ("log x", false), ("synclog", false)] {
            assert_eq!(place.fits(typed), fits, "{typed}");
        }
    }
}
