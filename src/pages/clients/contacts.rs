//! A client's contacts: how many there are, taking them away as a file, and bringing a list in. A list is looked at first;
//! what it would do is said, and nothing is stored before somebody says so. Plain forms: they need no script.

use leptos::html::Textarea;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use serde::{Deserialize, Serialize};

use crate::components::encoded;
use crate::error::AppError;

/// What a form of this dashboard may hold, less what sending it adds.
const LETTERS_MAX: usize = 150_000;

/// Everything the card draws, finished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactsCard {
    pub client: String,
    pub name: String,
    /// `12 contacts`
    pub count: String,
    /// What must be known before a list is brought in; may be empty.
    pub warning: String,
    pub list: Option<ListLooked>,
}

/// A list that was looked at, or brought in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListLooked {
    pub good: bool,
    /// What it would do, or has done.
    pub said: String,
    /// Which column was taken for what.
    pub columns: Vec<String>,
    /// What is wrong with rows of it.
    pub problems: Vec<String>,
    /// What names it, while it can be brought in; else empty.
    pub key: String,
}

#[server(prefix = "/rpc", endpoint = "load_contacts", input = leptos::server_fn::codec::Json)]
pub async fn load_contacts(client: String, list: String) -> Result<ContactsCard, AppError> {
    crate::server::require(crate::model::Role::Admin)?;
    let engine = crate::server::app()?.engine;
    super::build::contacts::card(&engine, &client, &list).await
}

/// Looks what a list would do, and stores nothing; the page that follows says it.
#[server(prefix = "/rpc", endpoint = "look_at_contacts")]
pub async fn look_at_contacts(client: String, #[server(default)] text: String) -> Result<(), AppError> {
    crate::server::require(crate::model::Role::Admin)?;
    let engine = crate::server::app()?.engine;
    let back = super::build::contacts::look(&engine, &client, &text).await?;
    leptos_axum::redirect(&back);
    Ok(())
}

/// Brings a list in that was looked at.
#[server(prefix = "/rpc", endpoint = "import_contacts")]
pub async fn import_contacts(client: String, list: String) -> Result<(), AppError> {
    crate::server::require(crate::model::Role::Admin)?;
    let engine = crate::server::app()?.engine;
    let back = super::build::contacts::import(&engine, &client, &list).await?;
    crate::server::note("contacts imported", &client).await;
    leptos_axum::redirect(&back);
    Ok(())
}

pub(super) fn contacts(card: ContactsCard) -> AnyView {
    let export = format!("/api/export/contacts.csv?client={}", encoded(&card.client));
    let warning = (!card.warning.is_empty()).then(|| view! { <p class="mute">{card.warning}</p> });
    let list = card.list.map(|list| looked(list, &card.client));
    let client = card.client;
    view! {
        <section class="card settings" id="contacts">
            <header><h2>{format!("Contacts of {}", card.name)}</h2><span class="mute">{card.count}</span><a href="/clients" data-noscroll="">"Close"</a></header>
            {list}
            <p class="mute">
                "A list is CSV text with the headings name, email and phone; more columns do no harm. It is looked at first: "
                "nothing is stored before you say so. Whoever is known is completed and never replaced, and orders that are "
                "nobody's are matched. What was decided by hand stays."
            </p>
            {warning}
            <form method="post" action=LookAtContacts::PATH class="list-in">
                <input type="hidden" name="client" value=client />
                <ListText />
                <p class="save">
                    <button class="btn strong">"Look at the list"</button>
                    <a class="btn" href=export download="">"Download the contacts as CSV"</a>
                </p>
            </form>
        </section>
    }
    .into_any()
}

fn looked(list: ListLooked, client: &str) -> AnyView {
    let class = if list.good { "banner good" } else { "banner wrong" };
    let columns = (!list.columns.is_empty()).then(|| {
        let columns = list.columns.into_iter().map(|column| view! { <li>{column}</li> }).collect_view();
        view! { <ul class="notes">{columns}</ul> }
    });
    let problems = (!list.problems.is_empty()).then(|| {
        let problems = list.problems.into_iter().map(|problem| view! { <li>{problem}</li> }).collect_view();
        view! { <p class="mute">"What to look at:"</p><ul class="notes">{problems}</ul> }
    });
    let import = (!list.key.is_empty()).then(|| {
        view! {
            <form method="post" action=ImportContacts::PATH>
                <input type="hidden" name="client" value=client.to_owned() />
                <input type="hidden" name="list" value=list.key />
                <p class="save"><button class="btn strong">"Bring these contacts in"</button></p>
            </form>
        }
    });
    view! { <p class=class role="status">{list.said}</p>{columns}{problems}{import} }.into_any()
}

/// The text of a list; with JavaScript a file can be chosen, which fills it in.
#[component]
fn ListText() -> impl IntoView {
    let alive = RwSignal::new(false);
    // Nothing is bound to what is typed: what stood there before the page was alive stays.
    let text = NodeRef::<Textarea>::new();
    let said = RwSignal::new(String::new());
    Effect::new(move |_| alive.set(true));
    let chosen = move |event: leptos::ev::Event| choose(&event, text, said);
    let file = move || {
        alive.get().then(|| {
            view! {
                <label><span>"A file"</span><input type="file" accept=".csv,.txt,.tsv,text/csv" on:change=chosen /></label>
            }
        })
    };
    let input = move |event| {
        let is_long = event_target_value(&event).len() > LETTERS_MAX;
        said.set(if is_long { too_long() } else { String::new() });
    };
    view! {
        {file}
        <label>
            <span>"The list"</span>
            <textarea node_ref=text name="text" rows="6" required=true spellcheck="false" autocomplete="off" placeholder="name,email,phone"
                on:input=input></textarea>
        </label>
        <p class="bad" role="alert">{said}</p>
    }
    .into_any()
}

fn too_long() -> String {
    format!(
        "This page takes lists of up to {} KB. Bring a longer one in with: allclear clients contacts import CLIENT FILE",
        LETTERS_MAX / 1000
    )
}

#[cfg(feature = "hydrate")]
fn choose(event: &leptos::ev::Event, text: NodeRef<Textarea>, said: RwSignal<String>) {
    let read = crate::client::text_of_file(event);
    leptos::task::spawn_local(async move {
        let (filled, words) = match read.await {
            Some(read) if read.len() > LETTERS_MAX => (String::new(), too_long()),
            Some(read) => (read, String::new()),
            None => (String::new(), "The file cannot be read here: open it, and paste its text.".to_owned()),
        };
        // The page may be gone by then.
        if let Some(text) = text.try_get_untracked().flatten() {
            text.set_value(&filled);
        }
        said.try_set(words);
    });
}

#[cfg(not(feature = "hydrate"))]
fn choose(_: &leptos::ev::Event, _: NodeRef<Textarea>, _: RwSignal<String>) {}
