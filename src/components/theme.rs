//! Light, dark, or as the system has it. Kept in a cookie, so that the server draws the right one at once.

use leptos::prelude::*;

use super::{cookie, keep_cookie};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Theme; 3] = [Theme::System, Theme::Light, Theme::Dark];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Theme> {
        Theme::ALL.into_iter().find(|theme| theme.as_str() == name)
    }

    /// Has this browser remember it. On the server with the answer that is on its way.
    pub fn keep(self) {
        keep_cookie("theme", (self != Theme::System).then(|| self.as_str()));
    }

    fn next(self) -> Theme {
        match self {
            Theme::System => Theme::Light,
            Theme::Light => Theme::Dark,
            Theme::Dark => Theme::System,
        }
    }

    fn show(self) {
        let Some(root) = document().document_element() else { return };
        // Setting an attribute of our own document cannot fail in a way a reader could act on.
        let _ = match self {
            Theme::System => root.remove_attribute("data-theme"),
            other => root.set_attribute("data-theme", other.as_str()),
        };
    }
}

/// The theme of the page; one for all who show or change it.
#[derive(Clone, Copy)]
pub struct UseTheme(RwSignal<Theme>);

impl UseTheme {
    #[must_use]
    pub fn get(self) -> Theme {
        self.0.get()
    }

    /// Shows a theme and has the browser remember it.
    pub fn choose(self, theme: Theme) {
        theme.show();
        theme.keep();
        self.0.set(theme);
    }

    pub fn choose_next(self) {
        self.choose(self.0.get_untracked().next());
    }
}

/// Makes the theme available to the page.
pub fn provide_theme() {
    // Both sides read the cookie: what the browser takes over must be what the server drew.
    let chosen = cookie("theme").and_then(|name| Theme::parse(&name)).unwrap_or_default();
    provide_context(UseTheme(RwSignal::new(chosen)));
}

#[must_use]
pub fn use_theme() -> UseTheme {
    expect_context::<UseTheme>()
}
