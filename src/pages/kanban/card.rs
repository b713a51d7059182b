//! One card: what it says, and the keys and buttons that move it.

use leptos::ev::{DragEvent, KeyboardEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;

use super::Card;
use super::board::Board;
use crate::components::{HealthBadge, encoded};
use crate::model::ProjectStatus;

const SHORTCUTS: &str = "Alt+ArrowLeft Alt+ArrowRight Control+ArrowLeft Control+ArrowRight";

/// The card of a project that stands at `status`.
pub(super) fn item(card: Card, status: ProjectStatus, board: Board) -> AnyView {
    let moved = card.clone();
    let keydown = move |event: KeyboardEvent| {
        if let Some(step) = step_of(&event).filter(|_| board.may_move) {
            // Else the browser would go back a page.
            event.prevent_default();
            if let Some(to) = beside(status, step) {
                board.carry_focused(&moved.id, &moved.name, to);
            }
        }
    };
    let lifted = card.clone();
    let dragstart = move |event: DragEvent| {
        if let Some(data) = event.data_transfer() {
            // Without any data Firefox drags nothing.
            let _ = data.set_data("text/plain", &lifted.name);
            data.set_effect_allowed("move");
        }
        board.lift(&lifted, status);
    };
    let form = board.may_move.then(|| form(&card, status, board));
    let (shortcuts, described) = if board.may_move { (Some(SHORTCUTS), Some("keys")) } else { (None, None) };
    let held = card.id.clone();
    let progress = match card.progress {
        Some(percent) => view! { <progress max="100" value=percent.to_string() aria-hidden="true"></progress>{format!("{percent} % done")} }.into_any(),
        None => "progress not set".into_any(),
    };
    let deadline =
        (!card.deadline.is_empty()).then(|| view! { <span class:bad=card.overdue>{card.deadline.clone()}</span> });
    let next = (!card.next.is_empty())
        .then(|| view! { <p class="next"><span class="mute">"Next: "</span>{card.next.clone()}</p> });
    view! {
        <li id=element_id(&card.id) class="item" draggable=board.may_move.to_string() on:focusin=move |_| board.hold(&held) on:keydown=keydown on:dragstart=dragstart on:dragend=move |_| board.let_go()>
            <h3><a href=card.href draggable="false" aria-keyshortcuts=shortcuts aria-describedby=described>{card.name}</a></h3>
            <p class="facts"><span class="mute">{card.client}</span><HealthBadge mark=card.health /></p>
            <p class="facts mute"><span>{progress}</span>{deadline}</p>
            {next}
            {form}
        </li>
    }
    .into_any()
}

/// The buttons, as a form of their own: they work before the page is alive, and without JavaScript.
fn form(card: &Card, status: ProjectStatus, board: Board) -> AnyView {
    let buttons = ProjectStatus::ALL.into_iter().filter(|to| *to != status).map(|to| {
        let (id, name) = (card.id.clone(), card.name.clone());
        let press = move |event: leptos::ev::MouseEvent| {
            event.prevent_default();
            board.carry_focused(&id, &name, to);
        };
        view! {
            <button class="move" name="status" value=to.as_str() on:click=press
                aria-label=format!("Move to {}: {}", to.label(), card.name)>{format!("Move to {}", to.label())}</button>
        }
    });
    view! {
        <form method="post" action="/rpc/move_project">
            <input type="hidden" name="id" value=card.id.clone() />
            {buttons.collect_view()}
        </form>
    }
    .into_any()
}

/// -1 or 1 when the keys mean the column before or after.
fn step_of(event: &KeyboardEvent) -> Option<isize> {
    let meant = (event.alt_key() != event.ctrl_key()) && !event.shift_key() && !event.meta_key();
    match event.key().as_str() {
        "ArrowLeft" if meant => Some(-1),
        "ArrowRight" if meant => Some(1),
        _ => None,
    }
}

/// The column a step away; `None` past either end.
fn beside(status: ProjectStatus, step: isize) -> Option<ProjectStatus> {
    let at = ProjectStatus::ALL.iter().position(|of| *of == status)?;
    ProjectStatus::ALL.get(at.checked_add_signed(step)?).copied()
}

/// The element of a card; the same in the address after a plain form.
pub(super) fn element_id(id: &str) -> String {
    format!("card-{}", encoded(id))
}

/// Whether nothing has the focus, as after the element that had it was taken away.
pub(super) fn focus_lost() -> bool {
    document().active_element().is_none_or(|element| element.tag_name().eq_ignore_ascii_case("body"))
}

/// Whether the focus is on a card or inside.
pub(super) fn has_focus(id: &str) -> bool {
    let card = document().get_element_by_id(&element_id(id));
    card.is_some_and(|card| document().active_element().is_some_and(|active| card.contains(Some(active.as_ref()))))
}

/// Gives a card the focus, which is on its name.
pub(super) fn focus(id: &str) {
    let card = document().get_element_by_id(&element_id(id));
    let name = card.and_then(|card| card.query_selector("a").ok().flatten());
    if let Some(name) = name.and_then(|name| name.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = name.focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_lead_to_the_column_beside_and_end_at_the_last() {
        use ProjectStatus::{Active, Completed, Paused};
        for (from, step, to) in [
            (Active, 1, Some(Paused)),
            (Paused, 1, Some(Completed)),
            (Completed, 1, None),
            (Completed, -1, Some(Paused)),
            (Active, -1, None),
        ] {
            assert_eq!(beside(from, step), to, "{from:?} {step}");
        }
    }

    #[test]
    fn every_card_has_an_element_of_its_own() {
        assert_eq!(element_id("my shop/ä"), "card-my%20shop%2F%C3%A4");
    }
}
