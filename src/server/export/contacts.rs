//! `GET /api/export/contacts.csv?client=ID`: a client's contacts, in the columns an import reads.

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;

use super::{Asked, file, refused, whole};
use crate::error::AppError;
use crate::export::{CONTACTS, Format, Sheet, contact_row};
use crate::model::Role;
use crate::server::{App, require};

pub(in crate::server) async fn csv(State(app): State<App>, query: Asked) -> Result<Response, AppError> {
    require(Role::Admin)?;
    let asked = query.ok().and_then(|query| query.0.into_iter().find(|(name, _)| name == "client"));
    let Some((_, id)) = asked else { return Ok(refused(vec!["say whose: client=ID".to_owned()])) };
    let store = &app.engine.store;
    // Of a removed client too: its orders are kept, and so are its contacts.
    let Some(client) = store.clients().await?.into_iter().find(|client| client.id == id) else {
        let id: String = id.chars().filter(|letter| !letter.is_control()).take(60).collect();
        return Ok(refused(vec![format!("no client has the id {id}")]));
    };
    let contacts = store.contacts_of(&client.id).await?;
    let mut out = Vec::new();
    whole(&mut out, Sheet::new(Format::Csv, CONTACTS), &[], contacts.iter().map(contact_row))
        .map_err(anyhow::Error::from)?;
    let name: String = client.id.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect();
    Ok(file(&format!("contacts-{name}"), Format::Csv, Body::from(out)))
}
