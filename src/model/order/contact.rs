//! Contacts as they are typed in or come in a list: judged, and told apart.

use std::collections::HashMap;

use super::{Contact, plain_email, plain_phone};
use crate::model::fingerprint;

/// Longer names are something else that was pasted.
const NAME_MAX: usize = 120;
const EMAIL_MAX: usize = 254;
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 5..=20;

impl Contact {
    /// Judges what was typed of a contact. Who is typed twice is one contact: the id is made of what was typed.
    ///
    /// # Errors
    /// When a field cannot be meant, with the remedy.
    pub fn typed(client: &str, name: &str, email: &str, phone: &str) -> Result<Contact, String> {
        let (name, email, phone) = (name.trim(), plain_email(email), plain_phone(phone));
        if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
            return Err(format!("The name must be 1 to {NAME_MAX} characters on one line."));
        }
        let is_address = email.contains('@') && email.len() <= EMAIL_MAX && !email.contains(char::is_whitespace);
        if !(email.is_empty() || is_address) {
            let shown: String = email.chars().filter(|letter| !letter.is_control()).take(60).collect();
            return Err(format!("“{shown}” is no email address such as ana@example.com; it may also be left out."));
        }
        if !phone.is_empty() && !PHONE_DIGITS.contains(&phone.len()) {
            return Err("A telephone number has 5 to 20 digits; it may also be left out.".to_owned());
        }
        let known = format!("{}\n{email}\n{phone}", name.to_lowercase());
        let id = format!("{:016x}", fingerprint(known.as_bytes()));
        Ok(Contact { id, client: client.to_owned(), name: name.to_owned(), email, phone })
    }
}

/// What became of a contact that was put into a [`ContactBook`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    Added,
    /// The one that was there lacked something which is known now.
    Completed,
    Known,
}

/// Contacts of one client, each person once: by the mail address, or by the telephone when one of the two has no
/// address. Two addresses with one telephone are two people. What is there is never replaced, only completed.
#[derive(Clone, Debug, Default)]
pub struct ContactBook {
    contacts: Vec<Contact>,
    by_email: HashMap<String, usize>,
    by_phone: HashMap<String, usize>,
}

impl ContactBook {
    /// Takes contacts over as they are.
    #[must_use]
    pub fn of(contacts: Vec<Contact>) -> ContactBook {
        let mut book = ContactBook::default();
        for contact in contacts {
            book.contacts.push(contact);
            book.note(book.contacts.len() - 1);
        }
        book
    }

    #[must_use]
    pub fn contacts(&self) -> &[Contact] {
        &self.contacts
    }

    /// Puts a contact in; returns its place and what became of it.
    pub fn take(&mut self, contact: &Contact) -> (usize, Taken) {
        let Some(at) = self.same(contact) else {
            self.contacts.push(contact.clone());
            let at = self.contacts.len() - 1;
            self.note(at);
            return (at, Taken::Added);
        };
        let Some(known) = self.contacts.get_mut(at) else { return (at, Taken::Known) };
        let mut completed = false;
        for (there, new) in [(&mut known.email, &contact.email), (&mut known.phone, &contact.phone)] {
            if there.is_empty() && !new.is_empty() {
                there.clone_from(new);
                completed = true;
            }
        }
        self.note(at);
        (at, if completed { Taken::Completed } else { Taken::Known })
    }

    /// Whose an order is, as a sync decides it: by the mail address, else by the telephone.
    #[must_use]
    pub fn whose(&self, email: &str, phone: &str) -> Option<&Contact> {
        let of = |by: &HashMap<String, usize>, text: &str| by.get(text).copied().filter(|_| !text.is_empty());
        let at = of(&self.by_email, email).or_else(|| of(&self.by_phone, phone))?;
        self.contacts.get(at)
    }

    fn same(&self, contact: &Contact) -> Option<usize> {
        let by_email = self.by_email.get(&contact.email).copied().filter(|_| !contact.email.is_empty());
        by_email.or_else(|| {
            let at = self.by_phone.get(&contact.phone).copied().filter(|_| !contact.phone.is_empty())?;
            let known = self.contacts.get(at)?;
            (known.email.is_empty() || contact.email.is_empty()).then_some(at)
        })
    }

    fn note(&mut self, at: usize) {
        let Some(contact) = self.contacts.get(at) else { return };
        for (by, text) in [(&mut self.by_email, &contact.email), (&mut self.by_phone, &contact.phone)] {
            if !text.is_empty() {
                by.entry(text.clone()).or_insert(at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(name: &str, email: &str, phone: &str) -> Contact {
        Contact::typed("bistro", name, email, phone).expect("is fine")
    }

    #[test]
    fn a_contact_needs_a_name_and_what_is_typed_of_it_must_be_meant() {
        let ana = contact(" Ana López ", "ANA@example.com", "+1 (555) 010-4477");
        assert_eq!((ana.name.as_str(), ana.email.as_str()), ("Ana López", "ana@example.com"));
        let again = contact("ana lópez", "ana@example.com", "+1 555 010 4477");
        assert_eq!(ana.id, again.id, "who is typed twice is one contact");
        assert!(Contact::typed("bistro", "Ana", "", "").is_ok());
        for (name, email, phone, said) in [
            (" ", "", "", "The name"),
            ("a\nb", "", "", "The name"),
            ("Ana", "ana at example", "", "no email address"),
            ("Ana", "", "123", "5 to 20 digits"),
        ] {
            let problem = Contact::typed("bistro", name, email, phone).expect_err("is refused");
            assert!(problem.contains(said), "{problem}");
        }
    }

    #[test]
    fn a_person_is_in_the_book_once_and_two_addresses_are_two_people() {
        let mut book = ContactBook::default();
        for (name, email, phone, taken) in [
            ("Ana", "ana@example.com", "", Taken::Added),
            ("ANA", "Ana@Example.com", "555 010 4477", Taken::Completed),
            ("Ana again", "ana@example.com", "555 010 0000", Taken::Known),
            ("Ana at home", "", "(555) 010-4477", Taken::Known),
            ("Ben, her husband", "ben@example.com", "5550104477", Taken::Added),
            ("Cleo", "", "555 999 9999", Taken::Added),
            ("Cleo", "cleo@example.com", "555 999 9999", Taken::Completed),
        ] {
            assert_eq!(book.take(&contact(name, email, phone)).1, taken, "{name}");
        }
        let names: Vec<&str> = book.contacts().iter().map(|contact| contact.name.as_str()).collect();
        assert_eq!(names, ["Ana", "Ben, her husband", "Cleo"]);
        let whose = |email: &str, phone: &str| book.whose(email, phone).map(|contact| contact.name.as_str());
        assert_eq!(whose("ben@example.com", "5550104477"), Some("Ben, her husband"));
        assert_eq!(whose("", "5550104477"), Some("Ana"));
        assert_eq!(whose("cleo@example.com", ""), Some("Cleo"));
        assert_eq!((whose("", ""), whose("nobody@example.com", "1")), (None, None));
    }
}
