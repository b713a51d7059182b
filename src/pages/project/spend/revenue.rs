//! What a project cost beside what came in at the client it is for.

use super::Beside;
use crate::analytics::ProjectReport;
use crate::analytics::margin::Margin;
use crate::model::{OrderFilter, Whose, Window};
use crate::pages::margins::{ROUNDING, in_words, shared};
use crate::sync::{Engine, Snapshot};

/// `None` for a project that is for nobody whose orders are read.
pub(in crate::pages::project) async fn beside(
    engine: &Engine,
    snapshot: &Snapshot,
    report: &ProjectReport,
    window: Window,
) -> anyhow::Result<Option<Beside>> {
    let clients = engine.store.clients().await?;
    let Some(client) = clients.into_iter().find(|client| client.is_called(&report.choices.client)) else {
        return Ok(None);
    };
    let range = window.range(snapshot.today);
    let sums = engine.store.order_sums(&OrderFilter::of(Whose::client(&client.id), range)).await?;
    let stats = snapshot.window_of(window, None);
    let all = Margin::by_project(&client, &stats.by_project, &snapshot.facts.clients, sums.net, sums.orders);
    let own = all.iter().find(|(project, _)| *project == report.id).map(|(_, margin)| *margin);
    let own = own.unwrap_or_else(|| Margin::of(&client, std::iter::empty(), sums.net, sums.orders));
    let words = in_words(&own, &client.currency);
    let for_client = snapshot.projects.iter().filter(|project| client.is_called(&project.choices.client)).count();
    let shared = shared(for_client, &client.name).map(|shared| format!("{shared} "));
    Ok(Some(Beside {
        client: client.name.clone(),
        figures: [
            ("AI spend", words.spend),
            ("Revenue of the client", words.revenue),
            ("Orders", sums.orders.to_string()),
            ("Of revenue", words.share),
            ("AI per order", words.per_order),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into(),
        note: format!("{}{ROUNDING}", shared.unwrap_or_default()),
    }))
}
