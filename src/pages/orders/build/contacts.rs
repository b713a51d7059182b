//! Whose order it is: from what is stored to words, and back from what somebody pressed.

use super::detail::find;
use crate::error::AppError;
use crate::model::{Client, Contact, ContactScore, Order, Who};
use crate::pages::orders::contacts::{ContactLine, MatchPanel};
use crate::sync::Engine;

/// Contacts proposed, and found by a search.
const PROPOSED: u32 = 5;
const FOUND: u32 = 20;

/// The contact of an order.
pub(super) async fn link(engine: &Engine, client: &Client, order: &Order) -> anyhow::Result<Option<ContactLine>> {
    let link = engine.store.contact_link(&client.id, &order.guid).await?;
    Ok(link.map(|link| ContactLine {
        id: link.contact,
        name: link.name,
        reach: String::new(),
        why: if link.manual { "Matched by hand: no sync changes it." } else { "Matched by email or telephone." }
            .to_owned(),
    }))
}

/// Contacts that may be the one.
pub(super) async fn panel(engine: &Engine, client: &Client, order: &Order, search: &str) -> anyhow::Result<MatchPanel> {
    let store = &engine.store;
    let scores = store.similar_contacts(&client.id, &order.guid, PROPOSED).await?;
    let search = search.trim();
    let found = if search.is_empty() { Vec::new() } else { store.contacts(&client.id, search, FOUND).await? };
    let none = match (scores.is_empty(), &order.customer, client.keeps_personal) {
        (false, ..) => "",
        (_, Some(_), _) => "No similar leads found: search all contacts below.",
        (_, None, true) => "No similar leads found: the order does not say who placed it.",
        (_, None, false) => {
            "No similar leads found: who ordered is not kept for this client. An admin can have it kept, on the page of clients."
        }
    };
    Ok(MatchPanel {
        proposals: scores.iter().map(proposal).collect(),
        none: none.to_owned(),
        search: search.to_owned(),
        found: found.iter().map(|contact| line(contact, String::new())).collect(),
    })
}

fn proposal(score: &ContactScore) -> ContactLine {
    line(&score.contact, format!("{} likelihood, {} points", score.confidence(), score.score))
}

fn line(contact: &Contact, why: String) -> ContactLine {
    let reach = [contact.email.as_str(), contact.phone.as_str()];
    let reach: Vec<&str> = reach.into_iter().filter(|text| !text.is_empty()).collect();
    ContactLine { id: contact.id.clone(), name: contact.name.clone(), reach: reach.join(" · "), why }
}

/// Matches an order to a contact, or to nobody.
pub(in crate::pages::orders) async fn set_contact(
    engine: &Engine,
    who: &Who,
    order: &str,
    contact: Option<&str>,
) -> Result<String, AppError> {
    let (client, order) = find(engine, who, order).await?;
    let now_ms = engine.clock.now().timestamp_millis();
    let done = engine.store.link_order(&client.id, &order.guid, contact, now_ms).await?;
    match (done, contact) {
        (true, Some(_)) => Ok("Matched!".to_owned()),
        (true, None) => Ok("Unmatched: no sync matches it again.".to_owned()),
        (false, _) => Err(AppError::BadRequest("There is no such contact any more: search again.".to_owned())),
    }
}

/// Makes a contact and matches the order to it.
pub(in crate::pages::orders) async fn add_contact(
    engine: &Engine,
    who: &Who,
    order: &str,
    [name, email, phone]: [String; 3],
) -> Result<String, AppError> {
    let (client, order) = find(engine, who, order).await?;
    let contact = Contact::typed(&client.id, &name, &email, &phone).map_err(AppError::BadRequest)?;
    let now_ms = engine.clock.now().timestamp_millis();
    engine.store.save_contact(&contact, now_ms).await?;
    engine.store.link_order(&client.id, &order.guid, Some(&contact.id), now_ms).await?;
    Ok(format!("{} was added. Matched!", contact.name))
}
