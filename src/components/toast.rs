//! One toast, updated in place. Own code, because the kept toast libraries for Leptos 0.8 style themselves with inline
//! attributes, which the content security policy refuses, and none is a live region by default.

use std::time::Duration;

use leptos::prelude::*;

use super::Icon;

/// Good news leaves by itself; bad news stays until it is read.
const SHOWN_FOR: Duration = Duration::from_secs(6);

/// What the toast says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Toast {
    Working(String),
    Done { title: String, detail: String },
    Failed { title: String, detail: String },
}

/// The toast of the page.
#[derive(Clone, Copy)]
pub struct UseToast(RwSignal<Option<Toast>>);

impl UseToast {
    pub fn show(self, toast: Toast) {
        self.0.set(Some(toast));
    }

    /// Says whether work is still being announced.
    #[must_use]
    pub fn is_working(self) -> bool {
        self.0.with_untracked(|toast| matches!(toast, Some(Toast::Working(_))))
    }
}

#[must_use]
pub fn use_toast() -> UseToast {
    use_context::<UseToast>().unwrap_or_else(|| {
        let toast = UseToast(RwSignal::new(None));
        provide_context(toast);
        toast
    })
}

/// Where the toast appears. Always in the document, so that screen readers hear what changes in it.
#[component]
pub fn Toaster() -> impl IntoView {
    let UseToast(toast) = use_toast();
    Effect::new(move |timer: Option<Option<TimeoutHandle>>| {
        if let Some(Some(timer)) = timer {
            timer.clear();
        }
        let leaves = toast.with(|toast| matches!(toast, Some(Toast::Done { .. })));
        leaves.then(|| set_timeout_with_handle(move || toast.set(None), SHOWN_FOR).ok()).flatten()
    });
    let close = move |_| toast.set(None);
    view! {
        <div class="toaster" role="status" aria-live="polite">
            {move || {
                toast.get().map(|toast| {
                    let (dot, title, detail) = match toast {
                        Toast::Working(title) => ("dot busy", title, String::new()),
                        Toast::Done { title, detail } => ("dot ok", title, detail),
                        Toast::Failed { title, detail } => ("dot bad", title, detail),
                    };
                    view! {
                        <div class="toast">
                            <i class=dot></i>
                            <span><b>{title}</b>" "<span class="mute">{detail}</span></span>
                            <button class="quiet" aria-label="Dismiss" on:click=close>{Icon::Close.view()}</button>
                        </div>
                    }
                })
            }}
        </div>
    }
}
