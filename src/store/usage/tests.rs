use super::*;
use crate::model::{Basis, Tokens};

const SOURCE: &str = "codex";

fn event(key: &str, at_ms: i64, input: u64) -> UsageEvent {
    UsageEvent {
        key: key.into(),
        at_ms,
        day: 20_000,
        session: "s".into(),
        project: "p".into(),
        model: "gpt-6.1-sol".into(),
        tokens: Tokens { input, ..Tokens::default() },
        web_searches: 0,
        modifiers: "".into(),
        cost: None,
        basis: Basis::Unpriced,
    }
}

/// A session that was begun when Codex told counters only, and went on with records.
fn session() -> Vec<UsageEvent> {
    vec![
        event("s:~#10.1000", 1_000, 100),
        event("s:~#20.60000", 60_000, 200),
        // From here on the counters tell the same again, a moment before or after the record.
        event("s:~#30.99000", 99_000, 300),
        event("s:resp_1", 100_000, 300),
        event("s:resp_2", 200_000, 400),
        event("s:~#50.200100", 200_100, 400),
        event("other:~#10.5", 5, 7),
    ]
}

async fn stored(store: &Store) -> Vec<(String, u64)> {
    let mut connection = store.reader.acquire().await.expect("a connection");
    let events = all_events(&mut connection, SOURCE).await.expect("reads");
    let mut events: Vec<_> = events.into_values().map(|event| (event.key.to_string(), event.tokens.input)).collect();
    events.sort();
    events
}

#[tokio::test]
async fn what_only_counters_told_stays_when_records_come_in_whatever_pieces() {
    let expected =
        [("other:~#10.5", 7), ("s:resp_1", 300), ("s:resp_2", 400), ("s:~#10.1000", 100), ("s:~#20.60000", 200)];
    let expected = expected.map(|(key, input)| (key.to_owned(), input));
    let backwards = session().into_iter().rev().map(|event| vec![event]);
    let one_by_one = session().into_iter().map(|event| vec![event]);
    let pieces: [Vec<Vec<UsageEvent>>; 3] = [vec![session()], one_by_one.collect(), backwards.collect()];
    for batches in pieces {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).await.expect("opens");
        for events in batches {
            let batch = Batch { source: SOURCE, events, ..Batch::default() };
            store.apply(batch, 0).await.expect("writes");
        }
        assert_eq!(stored(&store).await, expected);
        let rollup: u64 = store.rollup(None).await.expect("reads").iter().map(|row| row.spend.tokens.input).sum();
        assert_eq!(rollup, 1_007);
    }
}
