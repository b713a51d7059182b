//! `/setup` and `/reset`: what a link that works once leads to: the first user, or a new password.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};
use serde::{Deserialize, Serialize};

use crate::components::Load;
#[cfg(feature = "ssr")]
use crate::components::encoded;
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::server::Refused;

/// Everything the pages draw, finished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkPage {
    /// Whether the link works.
    pub works: bool,
    /// Whose password it sets; empty for the first user.
    pub name: String,
    pub key: String,
    pub problem: String,
}

/// `key` is in the link that the program printed.
#[server(prefix = "/rpc", endpoint = "load_set_up", input = leptos::server_fn::codec::Json)]
pub async fn load_set_up(key: String, problem: String) -> Result<LinkPage, AppError> {
    link_page(key, &problem, true).await
}

/// `key` is in the link that an admin gave.
#[server(prefix = "/rpc", endpoint = "load_reset", input = leptos::server_fn::codec::Json)]
pub async fn load_reset(key: String, problem: String) -> Result<LinkPage, AppError> {
    link_page(key, &problem, false).await
}

#[cfg(feature = "ssr")]
async fn link_page(key: String, problem: &str, first: bool) -> Result<LinkPage, AppError> {
    let visit = crate::server::visit()?;
    let name = visit.sign_in.link_for(&key).await?;
    let works = name.as_ref().is_some_and(|name| name.is_empty() == first);
    let problem = match problem {
        "" => String::new(),
        wait if wait.starts_with("wait") => "Too many tries. Wait a minute, then try again.".to_owned(),
        "name" => "A name has 1 to 64 letters, digits, dots, dashes, underscores, + or @.".to_owned(),
        "twice" => "The two passwords differ.".to_owned(),
        _ => {
            "A password has 12 to 1024 characters, is not your name, and none of those that are tried first.".to_owned()
        }
    };
    Ok(LinkPage { works, name: name.unwrap_or_default(), key, problem })
}

/// Makes the first user, who is signed in by that.
#[server(prefix = "/rpc", endpoint = "set_up")]
pub async fn set_up(
    #[server(default)] key: String,
    #[server(default)] name: String,
    #[server(default)] password: String,
    #[server(default)] again: String,
) -> Result<(), AppError> {
    let visit = crate::server::visit()?;
    let outcome = if password == again {
        visit.sign_in.set_up(&visit, &key, &name, password).await
    } else {
        Err(Refused::Bad("The two passwords differ.".to_owned()))
    };
    answer(outcome, "/setup", &key, "/")
}

/// Sets a new password.
#[server(prefix = "/rpc", endpoint = "reset_password")]
pub async fn reset_password(
    #[server(default)] key: String,
    #[server(default)] password: String,
    #[server(default)] again: String,
) -> Result<(), AppError> {
    let visit = crate::server::visit()?;
    let outcome = if password == again {
        visit.sign_in.reset_password(&visit, &key, password).await
    } else {
        Err(Refused::Bad("The two passwords differ.".to_owned()))
    };
    answer(outcome, "/reset", &key, "/sign-in?problem=changed")
}

#[cfg(feature = "ssr")]
fn answer(outcome: Result<(), Refused>, page: &str, key: &str, then: &str) -> Result<(), AppError> {
    let again = |problem: &str| format!("{page}?key={}&problem={problem}", encoded(key));
    let (to, outcome) = match outcome {
        Ok(()) => (then.to_owned(), Ok(())),
        Err(Refused::Failed(error)) => return Err(error.answer()),
        Err(Refused::Wait(seconds)) => {
            (again("wait"), Err(AppError::TooMany(format!("Too many tries. Wait {seconds} seconds."))))
        }
        Err(Refused::Bad(said)) => {
            let problem = match &said {
                said if said.starts_with("The two") => "twice",
                said if said.starts_with("A name") => "name",
                _ => "password",
            };
            (again(problem), Err(AppError::BadRequest(said)))
        }
        Err(_) => (again(""), Err(AppError::BadRequest("The link works no longer.".to_owned()))),
    };
    if crate::server::is_plain_form() {
        leptos_axum::redirect(&to);
        return Ok(());
    }
    outcome.map_err(AppError::answer)
}

/// The page's code, which the browser loads when it is first visited.
pub struct SetupRoute;

#[lazy_route]
impl LazyRoute for SetupRoute {
    fn data() -> Self {
        SetupRoute
    }

    fn view(this: Self) -> AnyView {
        let SetupRoute = this;
        let page = Resource::new(asked(), |(key, problem)| load_set_up(key, problem));
        view! { <Title text="Set up" /><Load data=page view=|page: LinkPage| draw(page, true) /> }.into_any()
    }
}

/// The page's code, which the browser loads when it is first visited.
pub struct ResetRoute;

#[lazy_route]
impl LazyRoute for ResetRoute {
    fn data() -> Self {
        ResetRoute
    }

    fn view(this: Self) -> AnyView {
        let ResetRoute = this;
        let page = Resource::new(asked(), |(key, problem)| load_reset(key, problem));
        view! { <Title text="New password" /><Load data=page view=|page: LinkPage| draw(page, false) /> }.into_any()
    }
}

fn asked() -> impl Fn() -> (String, String) + Send + Sync + 'static {
    let query = use_query_map();
    let asked =
        query.with_untracked(|query| (query.get("key").unwrap_or_default(), query.get("problem").unwrap_or_default()));
    move || asked.clone()
}

fn draw(page: LinkPage, first: bool) -> AnyView {
    let title = if first { "Make the first user" } else { "Choose a new password" };
    let problem =
        (!page.problem.is_empty()).then(|| view! { <p class="banner wrong" role="alert">{page.problem.clone()}</p> });
    let body = if page.works { form(page, first) } else { over(first) };
    view! {
        <section class="card entry">
            <p class="brand"><i></i>"Allclear"</p>
            <h1>{title}</h1>
            {problem}
            {body}
        </section>
    }
    .into_any()
}

fn over(first: bool) -> AnyView {
    let remedy = if first {
        "Start the program again: it prints a new one, as long as there is no user."
    } else {
        "Ask an admin for a new one."
    };
    view! {
        <p>"This link works no longer: it was used, or is older than 30 minutes. "{remedy}</p>
        <p><a href="/sign-in" rel="external">"Sign in"</a></p>
    }
    .into_any()
}

fn form(page: LinkPage, first: bool) -> AnyView {
    let name = if first {
        view! {
            <label><span>"Name"</span><input type="text" name="name" autocomplete="username" autocapitalize="none" spellcheck="false" required /></label>
        }
        .into_any()
    } else {
        view! { <label><span>"Name"</span><input type="text" autocomplete="username" value=page.name readonly /></label> }
            .into_any()
    };
    let note = if first {
        "This user is an admin: it may change everything, and add others."
    } else {
        "Whatever is signed in under the old one is signed out."
    };
    view! {
        <p class="mute">{note}</p>
        <form method="post" action={if first { SetUp::PATH } else { ResetPassword::PATH }}>
            <input type="hidden" name="key" value=page.key />
            {name}
            <label><span>"Password"</span><input type="password" name="password" autocomplete="new-password" minlength="12" required /><small>"12 characters or more; a sentence is a good one."</small></label>
            <label><span>"The same again"</span><input type="password" name="again" autocomplete="new-password" minlength="12" required /></label>
            <button class="btn strong">{if first { "Make the user" } else { "Set the password" }}</button>
        </form>
    }
    .into_any()
}
