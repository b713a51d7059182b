//! What an admin has done with a client, and what is looked up for it; each for the one client that is named.

use std::sync::Arc;

use crate::error::AppError;
use crate::model::{Client, DiagnosedDay, StepStatus};
use crate::pages::clients::looked_up::{DiagnosedLine, LookedUp};
use crate::sync::{ClientOutcome, Engine, RESYNC_DAYS, TestBy, TestedClient};

/// The client of an address or a form, when it is one that is synced.
async fn synced(engine: &Engine, id: &str) -> Result<Client, AppError> {
    let gone = || AppError::BadRequest(format!("There is no client “{}” any more.", short(id)));
    engine.store.client(id).await?.ok_or_else(gone)
}

/// A text from outside, as much of it as belongs into a message.
pub(super) fn short(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(60).collect()
}

pub(in crate::pages::clients) async fn resync(engine: &Arc<Engine>, id: &str, days: &str) -> Result<String, AppError> {
    let client = synced(engine, id).await?;
    let wanted = days.trim().parse().ok().filter(|days| RESYNC_DAYS.contains(days));
    let refusal =
        || format!("“{}” is no number of days from {} to {}.", short(days), RESYNC_DAYS.start(), RESYNC_DAYS.end());
    let days = wanted.ok_or_else(|| AppError::BadRequest(refusal()))?;
    engine.start_resync(&client.id, days).await?;
    Ok(format!("The orders of {} of the last {days} days are read again", client.name))
}

pub(in crate::pages::clients) async fn remove(engine: &Engine, id: &str) -> Result<String, AppError> {
    let client = synced(engine, id).await?;
    engine.remove_client(&client.id).await?;
    Ok(format!("{} was removed; its orders are kept", client.name))
}

pub(in crate::pages::clients) async fn sync(engine: &Arc<Engine>, id: &str) -> Result<String, AppError> {
    let client = synced(engine, id).await?;
    let synced = match engine.sync_orders(&client.id).await? {
        ClientOutcome::Finished(synced) => synced,
        ClientOutcome::Busy => {
            return Err(AppError::Conflict(format!("{} is being synced at this moment.", client.name)));
        }
    };
    match synced.status {
        StepStatus::Success => Ok(format!("{}: {}", client.name, synced.message)),
        _ => Err(AppError::Conflict(synced.message)),
    }
}

/// Tries a client's keys.
pub(in crate::pages::clients) async fn test(engine: &Engine, id: &str) -> Result<LookedUp, AppError> {
    let client = synced(engine, id).await?;
    let title = format!("Connection of {}", client.name);
    Ok(match engine.test_client(&client.draft(), None, TestBy::KeptLogin).await {
        Ok(tested) if tested.used_kept => {
            let said = format!(
                "{} The login that is kept from before was used, so nothing is said of the keys themselves.",
                works(&tested)
            );
            LookedUp { title, good: true, said, keys_of: client.id, ..LookedUp::default() }
        }
        Ok(tested) => LookedUp { title, good: true, said: works(&tested), ..LookedUp::default() },
        Err(error) => LookedUp { title, said: format!("{error:#}."), ..LookedUp::default() },
    })
}

/// Tries the keys of a client themselves, which uses one of its logins up.
pub(in crate::pages::clients) async fn test_keys(engine: &Engine, id: &str) -> Result<String, AppError> {
    let client = synced(engine, id).await?;
    match engine.test_client(&client.draft(), None, TestBy::Keys).await {
        Ok(tested) => Ok(format!("The keys of {} are good. {}", client.name, works(&tested))),
        Err(error) => Err(AppError::Conflict(format!("{error:#}."))),
    }
}

fn works(tested: &TestedClient) -> String {
    let found = &tested.restaurant;
    if found.name.is_empty() {
        return "It works. The keys may not read the restaurant's settings (scope restaurants:read).".to_owned();
    }
    format!("It works. Toast calls it {}; zone {}, {}.", found.name, found.time_zone, found.currency)
}

/// Compares the last week at Toast with what is stored.
pub(in crate::pages::clients) async fn diagnose(engine: &Engine, id: &str) -> Result<LookedUp, AppError> {
    let client = synced(engine, id).await?;
    let title = format!("Last 7 days of {}", client.name);
    Ok(match engine.diagnose_orders(&client.id).await {
        Ok(days) => diagnosis(title, &client, &days),
        Err(error) => LookedUp { title, said: format!("{error:#}."), ..LookedUp::default() },
    })
}

pub(super) fn diagnosis(title: String, client: &Client, days: &[DiagnosedDay]) -> LookedUp {
    let differ = days.iter().filter(|day| !day.agrees()).count();
    let said = match differ {
        0 => "What is stored agrees with Toast on every day. Nothing was written.".to_owned(),
        1 => "One day differs. Sync now, and if it still differs, do a full resync of 7 days.".to_owned(),
        many => format!("{many} days differ. Sync now, and if they still differ, do a full resync."),
    };
    let line = |day: &DiagnosedDay| DiagnosedLine {
        day: day.day.format("%a, %-d %b %Y").to_string(),
        at_toast: (day.upstream_orders.to_string(), day.upstream_net.shown(&client.currency)),
        here: (day.stored_orders.to_string(), day.stored_net.shown(&client.currency)),
        not_counted: day.not_counted.to_string(),
        agrees: day.agrees(),
    };
    let mut days: Vec<&DiagnosedDay> = days.iter().collect();
    days.sort_by_key(|day| std::cmp::Reverse(day.day));
    LookedUp { title, good: differ == 0, said, days: days.into_iter().map(line).collect(), ..LookedUp::default() }
}
