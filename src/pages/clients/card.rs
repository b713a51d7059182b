//! One client: how it stands, and its buttons.

use leptos::prelude::*;

use super::{Actions, ClientCard};
use crate::components::{Ago, Icon, encoded, use_live};
use crate::model::ClientPhase;

pub(super) fn card(client: ClientCard, actions: Actions) -> AnyView {
    let at = client.at.clone().map(|moment| view! { " "<Ago moment /> });
    let problem = (!client.problem.is_empty()).then(|| view! { <p class="todo">{client.problem.clone()}</p> });
    let facts = client.facts.clone().into_iter().map(|(name, value)| {
        // The name of a zone breaks after its slash.
        let parts = value.split_inclusive('/').map(|part| view! { {part.to_owned()}<wbr /> }).collect_view();
        view! { <div><dt>{name}</dt><dd>{parts}</dd></div> }
    });
    let orders = format!("/orders?client={}", encoded(&client.id));
    let buttons = if client.removed { revive(&client) } else { buttons(&client, actions) };
    let label = client.name.clone();
    let class = if client.removed { "card source gone" } else { "card source" };
    view! {
        <section class=class aria-label=label>
            <header>
                <i class=client.dot.clone()></i>
                <h2>{client.name.clone()}</h2>
                <span class="mute">{client.standing.clone()}{at}</span>
                <a href=orders>"Its orders"</a>
            </header>
            {problem}
            <dl class="kinds">{facts.collect_view()}</dl>
            {progress(client.id.clone())}
            {buttons}
        </section>
    }
    .into_any()
}

/// How far a long read is, as the stream tells it.
fn progress(id: String) -> AnyView {
    let live = use_live();
    let far = Memo::new(move |_| {
        let client = live.clients()?.into_iter().find(|client| client.id == id)?;
        (client.phase == ClientPhase::Syncing || client.phase == ClientPhase::RateLimited).then_some(client.progress)?
    });
    let view = move || {
        far.get().map(|far| {
            view! {
                <p class="progress reading">
                    <progress max=far.total.max(1).to_string() value=far.done.to_string() aria-label="Read so far"></progress>
                    " "{far.words}
                </p>
            }
        })
    };
    view.into_any()
}

fn revive(client: &ClientCard) -> AnyView {
    let href = format!("/clients?edit={}", encoded(&client.id));
    view! { <p class="deeds"><a class="btn" href=href data-noscroll="">"Bring it back"</a></p> }.into_any()
}

fn buttons(client: &ClientCard, actions: Actions) -> AnyView {
    let Actions { sync, resync, remove } = actions;
    let (id, name) = (client.id.clone(), client.name.clone());
    let busy = {
        let id = id.clone();
        move || sync.input().get().is_some_and(|input| input.client == id && sync.pending().get()).to_string()
    };
    let link = |what: &str, words: &'static str| {
        let href = format!("/clients?{what}={}", encoded(&id));
        let label = format!("{words}: {name}");
        view! { <a class="btn" href=href data-noscroll="" aria-label=label>{words}</a> }
    };
    let links = (
        link("test", "Test connection"),
        link("diagnose", "Diagnose"),
        link("contacts", "Contacts"),
        link("edit", "Edit"),
    );
    let days = format!("days-{id}");
    let (of_sync, of_resync, of_remove) = (id.clone(), id.clone(), id.clone());
    let label = format!("Sync {name} now");
    let sync_button = view! {
        <ActionForm action=sync>
            <button class="btn" name="client" value=of_sync.clone() aria-busy=busy.clone() aria-label=label.clone()>
                {Icon::Sync.view()}<span>"Sync now"</span>
            </button>
        </ActionForm>
    };
    let label = format!("Read all orders of {name} again");
    let resync_form = view! {
        <ActionForm action=resync attr:class="deeds">
            <input type="hidden" name="client" value=of_resync.clone() />
            <label for=days.clone()>"Days back, 7 to 365"</label>
            <input id=days.clone() type="number" name="days" min="7" max="365" value="30" required=true />
            <button class="btn" aria-label=label.clone()>"Read again"</button>
        </ActionForm>
    };
    let label = format!("Remove {name}");
    let remove_form = view! {
        <ActionForm action=remove attr:class="deeds">
            <button class="btn" name="client" value=of_remove.clone()>{label.clone()}</button>
        </ActionForm>
    };
    view! {
        <div class="deeds">
            {sync_button}
            {links}
            <details class="edit">
                <summary>"Full resync"</summary>
                {resync_form}
                <p class="mute">"Reads every order of these days again. It goes on where it was after a restart, and keeps what was matched by hand."</p>
            </details>
            <details class="edit">
                <summary>"Remove"</summary>
                {remove_form}
                <p class="mute">"Its keys are deleted and it is synced no more. Its orders are kept."</p>
            </details>
        </div>
    }
    .into_any()
}
