//! One choice that narrows pages: the one the address names, else the one this browser chose last.
//!
//! Kept in a cookie, so that the server draws the right numbers at once. It may be the id of nothing: what that means is
//! for who asks.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{cookie, keep_cookie};

/// The choice under one name, in the address and in the cookie.
#[derive(Clone, Copy)]
pub(super) struct Choice {
    key: &'static str,
    pub chosen: Memo<Option<String>>,
    remembered: RwSignal<Option<String>>,
}

impl Choice {
    /// Reads it; needs the router.
    pub(super) fn new(key: &'static str) -> Choice {
        let query = use_query_map();
        let asked = Memo::new(move |_| query.with(|query| query.get(key)));
        let remembered = RwSignal::new(cookie(key).and_then(real));
        let chosen = Memo::new(move |_| asked.get().map_or_else(|| remembered.get(), real));
        // Without JavaScript the server has the browser remember.
        #[cfg(feature = "ssr")]
        asked.with_untracked(|asked| asked.iter().for_each(|id| keep_cookie(key, real(id.clone()).as_deref())));
        let choice = Choice { key, chosen, remembered };
        Effect::new(move |_| {
            if let Some(id) = asked.get() {
                choice.remember(id);
            }
        });
        choice
    }

    /// Keeps what was chosen; nothing for everything.
    pub(super) fn remember(self, id: String) {
        let id = real(id);
        keep_cookie(self.key, id.as_deref());
        if self.remembered.get_untracked() != id {
            self.remembered.set(id);
        }
    }
}

fn real(id: String) -> Option<String> {
    (!id.is_empty()).then_some(id)
}
