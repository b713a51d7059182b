//! A restaurant's settings: what it is called, its clock, its money.

use serde::Deserialize;

use crate::sources::provider::{FeedError, Name, read};

pub const PATH: &str = "/restaurants/v1/restaurants";
const FEED: &str = "Toast restaurant";

/// What is taken from a restaurant's settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restaurant {
    pub name: String,
    /// An IANA zone; empty when it is not said.
    pub time_zone: String,
    /// `USD`.
    pub currency: String,
}

/// Reads the settings.
///
/// # Errors
/// When it is not the documented answer.
pub fn parse(bytes: &[u8]) -> Result<Restaurant, FeedError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct General<'a> {
        #[serde(borrow, default)]
        name: Option<Name<'a>>,
        #[serde(borrow, default)]
        location_name: Option<Name<'a>>,
        #[serde(borrow, default)]
        time_zone: Option<Name<'a>>,
        #[serde(borrow, default)]
        currency_code: Option<Name<'a>>,
    }
    #[derive(Deserialize)]
    struct Answer<'a> {
        #[serde(borrow)]
        general: General<'a>,
    }
    let Answer { general } = read(FEED, bytes)?;
    let text = |name: &Option<Name<'_>>| name.as_deref().unwrap_or_default().trim().to_owned();
    let (name, location) = (text(&general.name), text(&general.location_name));
    let name = if location.is_empty() || location == name { name } else { format!("{name}, {location}") };
    let time_zone = text(&general.time_zone);
    let currency = text(&general.currency_code);
    let is_code = currency.len() == 3 && currency.bytes().all(|byte| byte.is_ascii_uppercase());
    Ok(Restaurant {
        name: name.chars().filter(|letter| !letter.is_control()).take(200).collect(),
        time_zone: if time_zone.parse::<chrono_tz::Tz>().is_ok() { time_zone } else { String::new() },
        currency: if is_code { currency } else { "USD".to_owned() },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_is_not_invented() {
        let full = br#"{"guid":"x","general":{"name":"Bistro","locationName":"North","timeZone":"America/New_York","currencyCode":"CAD"}}"#;
        let restaurant = parse(full).expect("reads");
        assert_eq!(restaurant.name, "Bistro, North");
        assert_eq!((restaurant.time_zone.as_str(), restaurant.currency.as_str()), ("America/New_York", "CAD"));
        let bare = parse(br#"{"general":{"name":null,"timeZone":"Mars/Olympus","currencyCode":"$"}}"#).expect("reads");
        assert_eq!(bare, Restaurant { currency: "USD".to_owned(), ..Restaurant::default() });
        assert!(parse(b"{}").is_err());
    }
}
