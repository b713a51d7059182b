//! What is being typed into each form of the settings, and what keeps it: other people's changes are told, not taken
//! over, and who leaves is asked.

use leptos::prelude::*;

use super::{SaveSettings, SectionData};
use crate::components::{Toast, UseToast};
use crate::error::AppError;
use crate::model::settings::{Form, Section};

/// What is being typed into a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Draft {
    /// What there was when typing began, and its name.
    pub base: Form,
    pub version: String,
    pub now: Form,
    /// The version the page showed when this was saved: what comes later is newer than the draft.
    pub over: String,
}

impl Draft {
    pub(super) fn is_dirty(&self) -> bool {
        self.now != self.base
    }

    /// Whether it is to be shown instead of what the page brought.
    fn holds(&self, version: &str) -> bool {
        self.is_dirty() || self.over == version
    }
}

/// The state of one form, which outlives the form.
#[derive(Clone, Copy)]
pub(super) struct State {
    draft: RwSignal<Option<Draft>>,
    sent: StoredValue<Option<Draft>>,
    pub action: ServerAction<SaveSettings>,
    /// Whether its mistakes are shown: from the first time it was to be saved.
    pub judged: RwSignal<bool>,
}

impl State {
    fn new(toast: UseToast, refetch: impl Fn() + Copy + Send + Sync + 'static) -> State {
        let state = State {
            draft: RwSignal::new(None),
            sent: StoredValue::new(None),
            action: ServerAction::new(),
            judged: RwSignal::new(false),
        };
        Effect::new(move |_| match state.action.value().get() {
            Some(Ok(saved)) => {
                state.judged.set(false);
                state.draft.update(|draft| {
                    let (Some(draft), Some(sent)) = (draft, state.sent.get_value()) else { return };
                    // Whatever was typed while it was on its way stays.
                    if draft.now == sent.now {
                        draft.now = saved.form.clone();
                    }
                    (draft.base, draft.version, draft.over) = (saved.form, saved.version, sent.over);
                });
                toast.show(Toast::Done { title: "Saved".to_owned(), detail: saved.section.title().to_owned() });
                refetch();
            }
            Some(Err(error @ AppError::Conflict(_))) => {
                toast.show(Toast::Failed { title: "Not saved".to_owned(), detail: error.to_string() });
                refetch();
            }
            Some(Err(_)) | None => {}
        });
        state
    }

    /// What the form shows.
    pub(super) fn now(self, data: &SectionData) -> Form {
        self.draft.with(|draft| match draft.as_ref().filter(|draft| draft.holds(&data.version)) {
            Some(draft) => draft.now.clone(),
            None => data.returned.as_ref().unwrap_or(&data.form).clone(),
        })
    }

    pub(super) fn is_dirty(self, data: &SectionData) -> bool {
        self.draft.with(|draft| draft.as_ref().map_or(data.returned.is_some(), Draft::is_dirty))
    }

    /// Changes what is typed.
    pub(super) fn edit(self, data: &SectionData, change: impl FnOnce(&mut Form)) {
        let mut now = untrack(|| self.now(data));
        change(&mut now);
        self.action.clear();
        self.draft.update(|draft| {
            if let Some(draft) = draft.as_mut().filter(|draft| draft.holds(&data.version)) {
                draft.now = now;
                return;
            }
            let (base, version) = (data.form.clone(), data.version.clone());
            *draft = Some(Draft { base, version, now, over: String::new() });
        });
    }

    /// What was read before somebody else wrote, when that is something else than what there is now.
    pub(super) fn overtaken(self, data: &SectionData) -> Option<Form> {
        self.draft.with(|draft| {
            let draft = draft.as_ref().filter(|draft| draft.is_dirty())?;
            (draft.version != data.version && draft.base != data.form && draft.over != data.version)
                .then(|| draft.base.clone())
        })
    }

    /// Takes what is typed for a change of what there is now.
    pub(super) fn keep_mine(self, data: &SectionData) {
        self.action.clear();
        self.draft.update(|draft| {
            if let Some(draft) = draft {
                (draft.base, draft.version) = (data.form.clone(), data.version.clone());
            }
        });
    }

    /// Forgets what is typed.
    pub(super) fn take_theirs(self) {
        self.action.clear();
        self.judged.set(false);
        self.draft.set(None);
    }

    pub(super) fn send(self, data: &SectionData) {
        let draft = self.draft.get_untracked().filter(|draft| draft.holds(&data.version));
        let draft = draft.unwrap_or_else(|| Draft {
            base: data.form.clone(),
            version: data.version.clone(),
            now: untrack(|| self.now(data)),
            over: String::new(),
        });
        let sent = Draft { over: data.version.clone(), ..draft };
        self.action.dispatch(SaveSettings {
            section: data.section,
            version: sent.version.clone(),
            base: serde_json::to_string(&sent.base).unwrap_or_default(),
            op: String::new(),
            fields: sent.now.clone(),
        });
        self.draft.set(Some(Draft { over: String::new(), ..sent.clone() }));
        self.sent.set_value(Some(sent));
    }
}

/// The states of all forms.
#[derive(Clone, Copy)]
pub(super) struct Drafts([State; Section::ALL.len()]);

impl Drafts {
    pub(super) fn new(toast: UseToast, refetch: impl Fn() + Copy + Send + Sync + 'static) -> Drafts {
        Drafts(Section::ALL.map(|_| State::new(toast, refetch)))
    }

    pub(super) fn of(self, section: Section) -> State {
        let at = Section::ALL.iter().position(|each| *each == section).unwrap_or(0);
        self.0[at]
    }

    /// Whether something is typed that is not saved.
    pub(super) fn is_dirty(self) -> bool {
        self.0.iter().any(|state| state.draft.with_untracked(|draft| draft.as_ref().is_some_and(Draft::is_dirty)))
    }
}

/// Asks before the page is left while something would be lost, be it by a link, by Back, or with the tab.
pub(super) fn guard(is_dirty: impl Fn() -> bool + Copy + Send + Sync + 'static) {
    #[cfg(feature = "hydrate")]
    {
        let leaving = window_event_listener(leptos::ev::beforeunload, move |event| {
            if is_dirty() {
                event.prevent_default();
            }
        });
        let location = leptos_router::hooks::use_location();
        let address = move || {
            let (path, query) = (location.pathname.get_untracked(), location.search.get_untracked());
            let query = if query.is_empty() { query } else { format!("?{query}") };
            format!("{path}{query}{}", location.hash.get_untracked())
        };
        let following = crate::client::guard_page("/settings", address, move || {
            !is_dirty() || window().confirm_with_message("Leave without saving what you typed?").unwrap_or(true)
        });
        on_cleanup(move || {
            leaving.remove();
            following.remove();
        });
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = is_dirty;
}
