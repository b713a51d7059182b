//! What only this browser is about: the theme, and notifications.

use leptos::prelude::*;

use super::push;
use crate::components::{Icon, Permission, Theme, Toast, use_theme, use_toast};
use crate::error::AppError;

/// Keeps the theme in this browser, for who has no JavaScript.
#[server(prefix = "/rpc", endpoint = "choose_theme")]
pub async fn choose_theme(theme: String) -> Result<(), AppError> {
    crate::server::require(crate::model::Role::Client)?;
    let known = Theme::parse(&theme);
    let refused = || AppError::BadRequest("There is no such theme; choose system, light or dark.".to_owned());
    known.ok_or_else(|| refused().answer())?.keep();
    Ok(())
}

#[component]
pub(super) fn Browser() -> impl IntoView {
    view! { <ThemeChoice /><Notifications /> }
}

#[component]
fn ThemeChoice() -> impl IntoView {
    let theme = use_theme();
    let action = ServerAction::<ChooseTheme>::new();
    let choices = Theme::ALL.map(|choice| {
        let label = match choice {
            Theme::System => "System",
            Theme::Light => "Light",
            Theme::Dark => "Dark",
        };
        let choose = move |event: leptos::ev::MouseEvent| {
            event.prevent_default();
            theme.choose(choice);
        };
        view! {
            <button class="btn" name="theme" value=choice.as_str() on:click=choose
                aria-pressed=move || (theme.get() == choice).to_string()>{label}</button>
        }
    });
    view! {
        <section class="card settings" id="theme">
            <header><h2>"Theme"</h2></header>
            <p class="mute">"Of this browser; the button in the sidebar changes it too."</p>
            <ActionForm action=action attr:class="save">{choices.into_view()}</ActionForm>
        </section>
    }
}

#[component]
fn Notifications() -> impl IntoView {
    let toast = use_toast();
    // The server cannot know; the browser says it once the page is alive.
    let permission = RwSignal::new(None::<Permission>);
    Effect::new(move |_| permission.set(Some(Permission::current())));
    let words = move || match permission.get() {
        None => ("dot", "Notifications need JavaScript."),
        Some(Permission::Granted) => {
            ("dot ok", "Granted: this browser shows a notification for every new alert, once.")
        }
        Some(Permission::Denied) => {
            ("dot bad", "Denied: allow notifications for this address in the browser's settings.")
        }
        Some(Permission::Default) => ("dot", "Not asked yet: this browser shows no notifications."),
        Some(Permission::Unsupported) => ("dot", "This browser has no notifications at this address; most want HTTPS."),
    };
    let ask = move |_| {
        Permission::ask(move |answer| {
            // The page may be gone by the time somebody answers.
            permission.try_set(Some(answer));
            if answer == Permission::Granted {
                let detail = "New alerts are shown from now on.".to_owned();
                toast.show(Toast::Done { title: "Notifications are on".to_owned(), detail });
            }
        });
    };
    let button = move || {
        (permission.get() == Some(Permission::Default)).then(|| {
            view! { <button class="btn" on:click=ask>{Icon::Bell.view()}<span>"Enable notifications"</span></button> }
        })
    };
    view! {
        <section class="card settings" id="notifications">
            <header><h2>"Browser notifications"</h2></header>
            <div class="switch">
                <p role="status"><i class=move || words().0></i>{move || words().1}</p>
                {button}
            </div>
            <push::Push permission />
        </section>
    }
}
