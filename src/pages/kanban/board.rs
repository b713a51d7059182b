//! The three columns, and what moves a card from one to another.

use leptos::ev::DragEvent;
use leptos::prelude::*;
use leptos::tachys::view::keyed::keyed;
use leptos::task::spawn_local;

use super::card::{focus, focus_lost, has_focus, item};
use super::moves::Moves;
use super::{Card, KanbanPage, move_project};
use crate::components::{Toast, UseToast, may, use_toast};
use crate::error::AppError;
use crate::model::{ProjectStatus, Role};

/// What happens on the board, for as long as the page is shown.
#[derive(Clone, Copy)]
pub(super) struct Board {
    moves: RwSignal<Moves>,
    /// The card under the mouse, its name, and the column it is from.
    dragged: RwSignal<Option<(String, String, ProjectStatus)>>,
    /// The column it would be dropped into.
    over: RwSignal<Option<ProjectStatus>>,
    /// The card that was moved last, or has the focus: it keeps it, wherever it is drawn.
    held: RwSignal<Option<String>>,
    toast: UseToast,
    /// Whether who looks at it may move a card.
    pub(super) may_move: bool,
}

impl Board {
    pub(super) fn new() -> Board {
        Board {
            moves: RwSignal::new(Moves::default()),
            dragged: RwSignal::new(None),
            over: RwSignal::new(None),
            held: RwSignal::new(None),
            toast: use_toast(),
            may_move: may(Role::Operator),
        }
    }

    /// Moves a card at once, and asks the server.
    pub(super) fn carry(self, id: &str, name: &str, to: ProjectStatus) {
        let mut ask = false;
        self.moves.update(|moves| ask = moves.begin(id, to));
        if ask {
            spawn_local(self.ask(id.to_owned(), name.to_owned()));
        }
    }

    /// Like [`Board::carry`], for a card that has the focus.
    pub(super) fn carry_focused(self, id: &str, name: &str, to: ProjectStatus) {
        self.held.set(Some(id.to_owned()));
        self.carry(id, name, to);
    }

    /// Asks until the card is where it is wanted: it may be moved on while the server is asked. Whoever leaves the page
    /// has been heard all the same.
    async fn ask(self, id: String, name: String) {
        while let Some(to) = self.moves.try_with_untracked(|moves| moves.wanted(&id)).flatten() {
            match move_project(id.clone(), to.as_str().to_owned()).await {
                Ok(moved) => {
                    if self.moves.try_update(|moves| moves.arrived(&moved)).unwrap_or(true) {
                        self.toast.show(arrived(&name, to));
                    }
                }
                Err(error) => {
                    self.moves.try_update(|moves| moves.refused(&id));
                    self.toast.show(refused(&name, &error));
                }
            }
        }
    }

    pub(super) fn lift(self, card: &Card, from: ProjectStatus) {
        self.dragged.set(Some((card.id.clone(), card.name.clone(), from)));
    }

    pub(super) fn let_go(self) {
        self.dragged.set(None);
        self.over.set(None);
    }

    fn hover(self, event: &DragEvent, column: ProjectStatus) {
        if self.dragged.with_untracked(Option::is_some) {
            // Says that a card may be dropped here.
            event.prevent_default();
            if self.over.get_untracked() != Some(column) {
                self.over.set(Some(column));
            }
        }
    }

    /// The card one is on: it keeps the focus, whatever is drawn anew.
    pub(super) fn hold(self, id: &str) {
        if self.held.with_untracked(|held| held.as_deref() != Some(id)) {
            self.held.set(Some(id.to_owned()));
        }
    }

    fn drop(self, event: &DragEvent, column: ProjectStatus) {
        if let Some((id, name, from)) = self.dragged.get_untracked() {
            event.prevent_default();
            self.let_go();
            if from != column {
                self.carry(&id, &name, column);
            }
        }
    }

    /// A card that was moved is another element in another column, and the focus went with the one it was.
    fn keep_focus(self) {
        let Some(id) = self.held.try_get_untracked().flatten() else { return };
        if focus_lost() {
            focus(&id);
        } else if !has_focus(&id) {
            self.held.set(None);
        }
    }

    pub(super) fn view(self, page: KanbanPage) -> AnyView {
        // Whenever the board is drawn; the frame after that is the first that has the cards.
        Effect::new(move |_| request_animation_frame(move || self.keep_focus()));
        let mut columns = ProjectStatus::ALL.map(|status| (status, Vec::new()));
        self.moves.with(|moves| {
            for (status, card) in page.cards {
                let place = moves.place(&card.id, status, page.snapshot);
                columns.iter_mut().filter(|(of, _)| *of == place).for_each(|(_, cards)| cards.push(card.clone()));
            }
        });
        let narrowed = page.narrowed;
        let columns = columns.map(|(status, cards)| self.column(status, cards, narrowed));
        let keys = self.may_move.then(|| {
            view! {
                <p class="keys mute" id="keys">
                    "Drag a card to another column, or press one of its buttons. On a card with the focus, "
                    <kbd>"Alt"</kbd>" or "<kbd>"Ctrl"</kbd>" with "<kbd>"←"</kbd>" or "<kbd>"→"</kbd>" does it too."
                </p>
            }
        });
        view! {
            {keys}
            <div class="board">{columns.into_view()}</div>
        }
        .into_any()
    }

    fn column(self, status: ProjectStatus, cards: Vec<Card>, narrowed: bool) -> AnyView {
        let count = cards.len().to_string();
        // Of a board that shows one project nothing is said of the others.
        let none = if narrowed { String::new() } else { format!("No project is {}.", status.as_str()) };
        let here = self.may_move.then(|| view! { <span class="keys">" Drop a card here."</span> });
        let hint = cards.is_empty().then(|| view! { <p class="drop mute">{none}{here}</p> });
        // Keyed, so that a card that stays keeps its element, and with it the focus.
        let items = keyed(cards, |card| card.clone(), move |_, card| (|_: usize| {}, item(card, status, self)));
        view! {
            <section class="card column" class:over=move || self.over.get() == Some(status)
                on:dragover=move |event| self.hover(&event, status) on:drop=move |event| self.drop(&event, status)>
                <header><h2>{status.label()}</h2><span class="mute">{count}</span></header>
                <ul>{items}</ul>
                {hint}
            </section>
        }
        .into_any()
    }
}

fn arrived(name: &str, to: ProjectStatus) -> Toast {
    Toast::Done { title: format!("{name} moved to {}", to.label()), detail: String::new() }
}

fn refused(name: &str, error: &AppError) -> Toast {
    let detail = match error {
        AppError::NotFound => "There is no such project any more.".to_owned(),
        error => error.to_string(),
    };
    Toast::Failed { title: format!("{name} was not moved"), detail }
}
