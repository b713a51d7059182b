//! Contacts, one line each, in the columns an import reads.

use super::Cell;
use crate::model::Contact;

/// The columns of the table of contacts.
pub const CONTACTS: &[&str] = &["name", "email", "phone"];

/// A contact as a line.
#[must_use]
pub fn contact_row(contact: &Contact) -> Vec<Cell<'_>> {
    vec![contact.name.as_str().into(), contact.email.as_str().into(), contact.phone.as_str().into()]
}
