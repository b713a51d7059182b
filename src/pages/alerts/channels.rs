//! The lower half of the page: the channels, each with a button to try it, and what became of the last messages. Never
//! shows an address: many of them are keys.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::TestChannel;
use crate::components::{Ago, may};
use crate::model::{DeliveryState, Moment, Role};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelLine {
    pub name: String,
    /// What it is called here: its name, or `Browser Ab12Cd`.
    pub label: String,
    /// `Slack`
    pub kind: String,
    /// `Everything`, `Critical only`, `Switched off`
    pub gets: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryLine {
    pub alert_key: String,
    pub channel: String,
    pub queued: Moment,
    pub state: DeliveryState,
    /// When it was sent or given up, else when it is tried next.
    pub at: Option<Moment>,
    pub attempts: u32,
    pub error: Option<String>,
}

/// What a test came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestResult {
    pub sent: bool,
    pub said: String,
}

pub(super) fn channels(lines: Vec<ChannelLine>, test: ServerAction<TestChannel>) -> AnyView {
    let list = if lines.is_empty() {
        view! {
            <p class="sub">"Alerts are shown here only. "<code>"data/config/channels.json"</code>" can send them on: to Slack, Discord, Teams, Telegram, ntfy, Gotify, PagerDuty, by e-mail, to a webhook, to this machine's desktop or to a program. A browser subscribes on the page of settings."</p>
        }
        .into_any()
    } else {
        let may_try = may(Role::Admin);
        let rows = lines.into_iter().map(|line| {
            let label = format!("Send a test to {}", line.label);
            let try_it = may_try.then(|| {
                view! {
                    <td>
                        <ActionForm action=test>
                            <input type="hidden" name="channel" value=line.name />
                            <button class="move" aria-label=label>"Send a test"</button>
                        </ActionForm>
                    </td>
                }
            });
            view! {
                <tr>
                    <th scope="row">{line.label}</th>
                    <td>{line.kind}</td>
                    <td>{line.gets}</td>
                    {try_it}
                </tr>
            }
        });
        view! {
            <table class="tight past">
                <thead><tr><th scope="col">"Channel"</th><th scope="col">"Kind"</th><th scope="col">"Gets"</th>{may_try.then(|| view! { <th scope="col">"Try it"</th> })}</tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <section class="card">
            <header><h2>"Channels"</h2></header>
            {list}
        </section>
    }
    .into_any()
}

pub(super) fn deliveries(lines: Vec<DeliveryLine>) -> AnyView {
    if lines.is_empty() {
        return ().into_any();
    }
    let rows = lines.into_iter().map(|line| {
        let (dot, state) = match line.state {
            DeliveryState::Queued => ("", "waits"),
            DeliveryState::Sent => ("ok", "sent"),
            DeliveryState::Failed => ("warn", "tried again"),
            DeliveryState::Dead => ("bad", "given up"),
        };
        let attempts = (line.attempts > 1).then(|| format!(", {} attempts", line.attempts));
        let error = line.error.map(|error| view! { <p class="sub why">{error}</p> });
        let at = line.at.map(|moment| view! { " "<Ago moment /> });
        view! {
            <tr>
                <th scope="row"><i class=format!("dot {dot}")></i>{line.alert_key}</th>
                <td>{line.channel}</td>
                <td><Ago moment=line.queued /></td>
                <td>{state}{at}{attempts}{error}</td>
            </tr>
        }
    });
    view! {
        <section class="card">
            <header><h2>"Deliveries"</h2></header>
            <table class="tight past">
                <thead><tr><th scope="col">"Alert"</th><th scope="col">"Channel"</th><th scope="col">"Queued"</th><th scope="col">"Now"</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </section>
    }
    .into_any()
}
