//! The icons, as paths of a 24-unit square.

use leptos::prelude::*;

/// An icon; decoration, so hidden from screen readers: the words beside it say what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    Overview,
    Projects,
    Kanban,
    Tokens,
    Analytics,
    Quality,
    Orders,
    Clients,
    Sources,
    Prices,
    Sync,
    Check,
    Attention,
    Bell,
    Find,
    Settings,
    Theme,
    More,
    Close,
    Users,
    Account,
    Leave,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Icon::Overview => "M3 11 12 4l9 7v9H3z",
            Icon::Projects => "M3 7a2 2 0 0 1 2-2h4l2 2.500h8a2 2 0 0 1 2 2V17a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2z",
            Icon::Kanban => "M4 4h4.500v16H4zM9.800 4h4.500v10H9.800zM15.600 4h4.500v13h-4.500z",
            Icon::Quality => {
                "M12 3l7.500 3v5.500c0 4.500-3 7.800-7.500 9.500-4.500-1.700-7.500-5-7.500-9.500V6zM8.500 12l2.500 2.500 4.500-5"
            }
            Icon::Tokens => {
                "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM15 9.200c-.6-.8-1.700-1.200-3-1.200-1.700 0-3 .8-3 2s1.300 1.700 3 2 3 .8 3 2-1.300 2-3 2c-1.300 0-2.400-.4-3-1.200M12 6.500v11"
            }
            Icon::Analytics => "M4 4v16h16M8 15l3.500-4 3 2.500L20 7",
            Icon::Sources => {
                "M4 6.500c0-1.700 3.600-3 8-3s8 1.300 8 3-3.600 3-8 3-8-1.300-8-3zM4 6.500v11c0 1.700 3.600 3 8 3s8-1.300 8-3v-11M4 12c0 1.700 3.600 3 8 3s8-1.300 8-3"
            }
            Icon::Orders => "M6 3.500h12V21l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6",
            Icon::Clients => {
                "M4 10.500 5.500 4h13L20 10.500M5.500 11v9h13v-9M4 10.500a2.700 2.700 0 0 0 5.300 0 2.700 2.700 0 0 0 5.400 0 2.700 2.700 0 0 0 5.300 0M10 20v-5h4v5"
            }
            Icon::Prices => "M4 4h8l8.500 8.500-8 8L4 12zM8.300 8.300v.010",
            Icon::Sync => "M4 12a8 8 0 0 1 14-5l2 2M20 12a8 8 0 0 1-14 5l-2-2M20 4v5h-5M4 20v-5h5",
            Icon::Check => "M6 12.500l4 4 8-9",
            Icon::Attention => "M12 6v8m0 4v.010",
            Icon::Find => "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l5 5",
            Icon::Bell => "M6 16.500V11a6 6 0 0 1 12 0v5.500l1.500 2h-15zM10 21h4",
            Icon::Settings => "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.500v5M9 14.500v5",
            Icon::Theme => "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 3v18M12 7a5 5 0 0 1 0 10",
            Icon::More => "M5 12v.010M12 12v.010M19 12v.010",
            Icon::Close => "M6 6l12 12M18 6 6 18",
            Icon::Users => {
                "M9 11.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 20c.5-3.500 3-5.500 6.500-5.500s6 2 6.500 5.500M15.500 4.700a3.500 3.500 0 0 1 0 6.600M18 14.800c2 .8 3.200 2.600 3.500 5.200"
            }
            Icon::Account => "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.500 20.500c.6-4 3.500-6 7.500-6s6.900 2 7.500 6",
            Icon::Leave => "M14 4h5v16h-5M4 12h11M11 8l4 4-4 4",
        }
    }

    #[must_use]
    pub fn view(self) -> impl IntoView {
        view! { <svg viewBox="0 0 24 24" aria-hidden="true"><path d=self.path() /></svg> }
    }
}
