use super::deeds::diagnosis;
use super::*;
use crate::model::{Cents, DiagnosedDay};

fn typed(name: &str, id: &str) -> Typed {
    Typed { edit: NEW.into(), id: id.into(), name: name.into(), enabled: tick(true), ..Typed::default() }
}

#[test]
fn an_id_is_made_of_the_name_and_no_secret_is_ever_in_an_address() {
    assert_eq!(draft(&typed("  Café & Bar 9 ", "")).id, "café-bar-9");
    assert_eq!(draft(&typed("Bistro", " b-1 ")).id, "b-1");
    let refused = Err(AppError::BadRequest("no".to_owned()));
    let address = page_after(&Typed { restaurant: "r d".into(), ..typed("B", "") }, &refused);
    assert!(address.starts_with("/clients?edit=new&again=yes&name=B&restaurant=r%20d&enabled=on#edit"), "{address}");
    assert_eq!(page_after(&typed("B", ""), &Ok(String::new())), "/clients");
}

#[test]
fn a_client_says_how_it_stands() {
    let of = |phase, has_secret, removed| {
        let mut client = Client { has_secret, removed, ..Client::default() };
        client.standing.phase = phase;
        client.standing.error = Some("The key was revoked: enter another.".to_owned());
        card(&client, Zone::parse("UTC").expect("a zone"))
    };
    for (phase, has_secret, removed, standing, is_problem) in [
        (ClientPhase::Idle, true, false, "Not synced yet", false),
        (ClientPhase::Error, true, false, "Sync failed", true),
        (ClientPhase::Error, true, true, "Removed: its orders are kept", false),
        (ClientPhase::Success, false, false, "Has no API client secret", false),
        (ClientPhase::RateLimited, true, false, "Waits for Toast, which limits its callers", false),
    ] {
        let card = of(phase, has_secret, removed);
        assert_eq!((card.standing.as_str(), !card.problem.is_empty()), (standing, is_problem), "{phase:?}");
    }
}

#[test]
fn a_diagnosis_names_the_days_that_differ_latest_first() {
    let day = |day: &str, here| DiagnosedDay {
        day: day.parse().expect("a date"),
        upstream_orders: 2,
        upstream_net: Cents(500),
        stored_orders: here,
        stored_net: Cents(500),
        not_counted: 1,
    };
    let found = diagnosis("x".into(), &Client::default(), &[day("2026-11-20", 2), day("2026-11-21", 1)]);
    assert!(!found.good && found.said.starts_with("One day differs"));
    assert_eq!((found.days[0].day.as_str(), found.days[0].agrees), ("Sat, 21 Nov 2026", false));
    assert!(diagnosis("x".into(), &Client::default(), &[day("2026-11-20", 2)]).good);
}
