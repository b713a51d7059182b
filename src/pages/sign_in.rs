//! `/sign-in`: name and password, then a code when there is a second factor. Plain forms that work without JavaScript;
//! whoever comes in gets a new document. No message travels in an address, only which one it is.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};
use serde::{Deserialize, Serialize};

use crate::components::Load;
#[cfg(feature = "ssr")]
use crate::components::{encoded, local_path};
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::server::{Entered, Refused, Via};

/// Everything the page draws, finished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInPage {
    /// The password was right, and a code is asked for.
    pub asks_code: bool,
    /// Nobody can sign in yet.
    pub is_new: bool,
    /// Nor has to: the dashboard is open on its own machine.
    pub is_open: bool,
    /// An identity provider's name, and the link to it.
    pub provider: Option<(String, String)>,
    pub next: String,
    /// What went wrong; else empty.
    pub problem: String,
    /// What went well; else empty.
    pub note: String,
}

/// `problem` says which message; `next` where to go then.
#[server(prefix = "/rpc", endpoint = "load_sign_in", input = leptos::server_fn::codec::Json)]
pub async fn load_sign_in(problem: String, next: String) -> Result<SignInPage, AppError> {
    let (visit, app) = (crate::server::visit()?, crate::server::app()?);
    let config = app.engine.config.current();
    let next = local_path(&next).unwrap_or_default().to_owned();
    let provider = config.sign_in.oidc.as_ref();
    let provider = provider.map(|oidc| (oidc.name.clone(), crate::server::provider_link(&next)));
    let is_new = !visit.sign_in.has_users().await? && provider.is_none();
    let asks_code = problem != "late" && visit.sign_in.is_half_in(&visit).await;
    let note = if problem == "changed" { "The new password is set. Sign in with it." } else { "" };
    let is_open = visit.via == Via::OpenMachine;
    Ok(SignInPage { asks_code, is_new, is_open, provider, next, problem: sentence(&problem), note: note.to_owned() })
}

/// Signs in; a plain form's answer is a redirect.
#[server(prefix = "/rpc", endpoint = "sign_in")]
pub async fn sign_in(
    #[server(default)] name: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<(), AppError> {
    let visit = crate::server::visit()?;
    let entered = visit.sign_in.enter(&visit, &name, password).await;
    let asks_code = entered == Ok(Entered::NeedsCode);
    answer(entered.map(|_| ()), &next, asks_code)
}

/// Takes the code of who has given the right password.
#[server(prefix = "/rpc", endpoint = "sign_in_code")]
pub async fn sign_in_code(#[server(default)] code: String, #[server(default)] next: String) -> Result<(), AppError> {
    let visit = crate::server::visit()?;
    let entered = visit.sign_in.enter_code(&visit, &code).await;
    answer(entered, &next, false)
}

#[cfg(feature = "ssr")]
fn answer(entered: Result<(), Refused>, next: &str, asks_code: bool) -> Result<(), AppError> {
    let next = local_path(next);
    let again = |code: &str| {
        let next = next.map(|next| format!("&next={}", encoded(next))).unwrap_or_default();
        format!("/sign-in?problem={code}{next}")
    };
    let (page, outcome) = match entered {
        Ok(()) if asks_code => (again(""), Ok(())),
        Ok(()) => (next.unwrap_or("/").to_owned(), Ok(())),
        Err(Refused::Failed(error)) => return Err(error.answer()),
        Err(refused) => (again(&code_of(&refused)), Err(told(&refused))),
    };
    if crate::server::is_plain_form() {
        leptos_axum::redirect(&page);
        return Ok(());
    }
    outcome.map_err(AppError::answer)
}

/// Names a refusal, for an address.
#[cfg(feature = "ssr")]
fn code_of(refused: &Refused) -> String {
    match refused {
        Refused::Wrong => "wrong".to_owned(),
        Refused::Code => "code".to_owned(),
        Refused::Wait(seconds) => format!("wait-{seconds}"),
        Refused::Late | Refused::Link | Refused::Bad(_) | Refused::Failed(_) => "late".to_owned(),
    }
}

/// The same for a script.
#[cfg(feature = "ssr")]
fn told(refused: &Refused) -> AppError {
    let text = sentence(&code_of(refused));
    if matches!(refused, Refused::Wait(_)) { AppError::TooMany(text) } else { AppError::BadRequest(text) }
}

#[cfg(feature = "ssr")]
fn sentence(code: &str) -> String {
    if let Some(seconds) = code.strip_prefix("wait-").and_then(|seconds| seconds.parse::<u64>().ok()) {
        let wait =
            if seconds < 120 { format!("{seconds} seconds") } else { format!("{} minutes", seconds.div_ceil(60)) };
        return format!("Too many tries. Wait {wait}, then try again.");
    }
    let sentence = match code {
        "wrong" => "Name or password is wrong.",
        "code" => "That code does not count: it is wrong, or was used before. Wait for the next one.",
        "late" => "That took too long. Sign in again.",
        "provider" => "The provider did not sign you in. An admin finds the reason in the audit log.",
        _ => "",
    };
    sentence.to_owned()
}

/// The page's code, which the browser loads when it is first visited.
pub struct SignInRoute;

#[lazy_route]
impl LazyRoute for SignInRoute {
    fn data() -> Self {
        SignInRoute
    }

    fn view(this: Self) -> AnyView {
        let SignInRoute = this;
        view! { <SignInView /> }.into_any()
    }
}

#[component]
fn SignInView() -> impl IntoView {
    let query = use_query_map();
    let asked =
        query.with_untracked(|query| (query.get("problem").unwrap_or_default(), query.get("next").unwrap_or_default()));
    let page = Resource::new(move || asked.clone(), |(problem, next)| load_sign_in(problem, next));
    view! {
        <Title text="Sign in" />
        <Load data=page view=|page: SignInPage| draw(page) />
    }
}

fn draw(page: SignInPage) -> AnyView {
    let problem =
        (!page.problem.is_empty()).then(|| view! { <p class="banner wrong" role="alert">{page.problem.clone()}</p> });
    let note = (!page.note.is_empty()).then(|| view! { <p class="banner good" role="status">{page.note.clone()}</p> });
    let (title, body) = if page.is_new {
        ("Nobody can sign in yet", if page.is_open { open_dashboard() } else { new_dashboard() })
    } else if page.asks_code {
        ("One more step", code_form(page.next))
    } else {
        ("Sign in", password_form(page))
    };
    view! {
        <section class="card entry">
            <p class="brand"><i></i>"Allclear"</p>
            <h1>{title}</h1>
            {problem}
            {note}
            {body}
        </section>
    }
    .into_any()
}

fn new_dashboard() -> AnyView {
    view! {
        <p>"Open the link that the program printed when it started; it makes the first user, and works for 30 minutes."</p>
        <p class="mute">"Or run, where it runs: "<code>"allclear users add NAME --role admin"</code></p>
    }
    .into_any()
}

fn open_dashboard() -> AnyView {
    view! {
        <p>"Nor does anybody have to: this dashboard is open to whoever uses this machine. "<a href="/users">"Make the first user"</a>" to close it."</p>
    }
    .into_any()
}

fn password_form(page: SignInPage) -> AnyView {
    let provider = page.provider.map(|(name, href)| {
        view! { <p class="or"><a class="btn" href=href rel="external">{format!("Sign in with {name}")}</a></p> }
    });
    view! {
        <form method="post" action=SignIn::PATH>
            <input type="hidden" name="next" value=page.next />
            <label><span>"Name"</span><input type="text" name="name" autocomplete="username" autocapitalize="none" spellcheck="false" required /></label>
            <label><span>"Password"</span><input type="password" name="password" autocomplete="current-password" required /></label>
            <button class="btn strong">"Sign in"</button>
        </form>
        {provider}
    }
    .into_any()
}

fn code_form(next: String) -> AnyView {
    view! {
        <p class="mute">"Type the code your authenticator app shows now, or one of your recovery codes."</p>
        <form method="post" action=SignInCode::PATH>
            <input type="hidden" name="next" value=next />
            <label><span>"Code"</span><input type="text" name="code" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" required /></label>
            <button class="btn strong">"Go on"</button>
        </form>
        <p class="mute"><a href="/sign-in?problem=late" rel="external">"Begin again"</a></p>
    }
    .into_any()
}
