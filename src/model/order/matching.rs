//! How much a contact resembles who ordered.

use super::{Contact, Customer};

/// The same mail address.
const EMAIL: u32 = 100;
/// The same number; one within the other, as with and without the country's code.
const PHONE: u32 = 80;
const PHONE_PART: u32 = 40;
/// The same name; a word of it.
const NAME: u32 = 60;
const NAME_PART: u32 = 30;
/// Shorter numbers and words are within too many others.
const PHONE_MIN: usize = 7;
const WORD_MIN: usize = 3;

impl Customer {
    /// Returns how much a contact resembles this customer: sums of what agrees, 0 for nothing.
    #[must_use]
    pub fn resembles(&self, contact: &Contact) -> u32 {
        let mail = if !self.email.is_empty() && self.email == contact.email { EMAIL } else { 0 };
        mail + phones(&self.phone, &contact.phone) + names(&self.name, &contact.name)
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.name.is_empty() && self.email.is_empty() && self.phone.is_empty()
    }
}

fn phones(one: &str, other: &str) -> u32 {
    if one.is_empty() || other.is_empty() {
        0
    } else if one == other {
        PHONE
    } else if one.len().min(other.len()) >= PHONE_MIN && (one.ends_with(other) || other.ends_with(one)) {
        PHONE_PART
    } else {
        0
    }
}

fn names(one: &str, other: &str) -> u32 {
    let (one, other) = (one.trim().to_lowercase(), other.trim().to_lowercase());
    if one.is_empty() || other.is_empty() {
        0
    } else if one == other {
        NAME
    } else if one
        .split_whitespace()
        .any(|word| word.chars().count() >= WORD_MIN && other.split_whitespace().any(|its| its == word))
    {
        NAME_PART
    } else {
        0
    }
}

/// A mail address as it is compared.
#[must_use]
pub fn plain_email(text: &str) -> String {
    text.trim().to_lowercase()
}

/// A telephone number as it is compared: its digits.
#[must_use]
pub fn plain_phone(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_agrees_adds_up() {
        let customer = |name: &str, email: &str, phone: &str| Customer {
            name: name.into(),
            email: plain_email(email),
            phone: plain_phone(phone),
        };
        let contact = Contact {
            name: "Ada Lovelace".into(),
            email: "ada@example.com".into(),
            phone: "5551234567".into(),
            ..Contact::default()
        };
        for (name, email, phone, score) in [
            ("", "", "", 0),
            ("ada lovelace", " ADA@example.com ", "(555) 123-4567", 240),
            ("Ada King", "", "+1 555 123 4567", 70),
            ("Al", "", "4567", 0),
            ("Lovelace", "", "", 30),
            ("", "bob@example.com", "555 123 4568", 0),
        ] {
            assert_eq!(customer(name, email, phone).resembles(&contact), score, "{name} {email} {phone}");
        }
        assert_eq!(Customer::default().resembles(&Contact::default()), 0, "nothing is like nothing");
    }
}
