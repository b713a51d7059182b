use proptest::prelude::*;

use super::*;
use crate::model::{Basis, Reading, TokenKind};

const SOURCE: &str = "telemetry_metrics";
const MINUTE_NS: i64 = 60_000_000_000;

async fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).await.expect("opens");
    (folder, store)
}

fn fact(session: &str, quarter: i64) -> UsageEvent {
    UsageEvent {
        key: format!("{session}@{quarter}").into(),
        at_ms: quarter * 900_000,
        day: i32::try_from(quarter / 96).expect("fits"),
        session: session.into(),
        project: "".into(),
        model: "m".into(),
        tokens: Tokens::default(),
        web_searches: 0,
        modifiers: "sum".into(),
        cost: None,
        basis: Basis::Unpriced,
    }
}

/// One request out of readings, each with its own fact: (series, minute, cumulative, value).
fn request(readings: &[(i64, i64, bool, u64)]) -> Readings {
    let mut request = Readings::default();
    for (series, minute, cumulative, value) in readings {
        let fact = fact(&format!("s{}", series % 2), minute / 15);
        let at = request.facts.iter().position(|known| known.key == fact.key).unwrap_or_else(|| {
            request.facts.push(fact);
            request.facts.len() - 1
        });
        let kind = if series % 3 == 0 { TokenKind::Input } else { TokenKind::Output };
        let start_ns = if *cumulative { 1 } else { (minute - 1) * MINUTE_NS };
        let time_ns = minute * MINUTE_NS;
        let (series, cumulative, value) = (*series, *cumulative, *value);
        request.readings.push(Reading { series, start_ns, time_ns, cumulative, kind, value, fact: at });
    }
    request
}

async fn total(store: &Store) -> Tokens {
    let rows = store.rollup(None).await.expect("reads");
    rows.iter().fold(Tokens::default(), |sum, row| sum + row.spend.tokens)
}

async fn take(store: &Store, readings: &[(i64, i64, bool, u64)]) -> Accumulated {
    store.accumulate(SOURCE, &request(readings), &[], &|_| {}).await.expect("stores")
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(work)
}

#[tokio::test]
async fn what_is_sent_again_is_known_and_what_is_new_beside_it_counts() {
    let (_folder, store) = store().await;
    let first = [(1, 1, false, 10), (2, 1, false, 5)];
    assert_eq!(take(&store, &first).await, Accumulated { counted: 2, repeated: 0 });
    assert_eq!(take(&store, &first).await, Accumulated { counted: 0, repeated: 2 });
    assert_eq!(take(&store, &[first[0], (1, 2, false, 7)]).await, Accumulated { counted: 1, repeated: 1 });
    assert_eq!(total(&store).await.total(), 22);
    let rows = store.rollup(None).await.expect("reads");
    assert_eq!(
        rows.iter().map(|row| row.spend.messages).sum::<u64>(),
        2,
        "a quarter of an hour of a session is one fact"
    );
}

#[tokio::test]
async fn readings_that_were_let_go_of_are_those_before_an_instant() {
    let (_folder, store) = store().await;
    take(&store, &[(1, 1, false, 10), (1, 100, false, 10)]).await;
    store.forget_received(50 * MINUTE_NS, 0).await.expect("forgets");
    assert_eq!(take(&store, &[(1, 100, false, 10)]).await.counted, 0);
    assert_eq!(take(&store, &[(1, 1, false, 10)]).await.counted, 1, "who takes readings refuses such old ones");
}

/// Growing counters: what each series adds in each minute.
fn any_growth() -> impl Strategy<Value = Vec<(i64, i64, u64)>> {
    prop::collection::btree_map((0..4_i64, 1..40_i64), 0..1000_u64, 1..40)
        .prop_map(|map| map.into_iter().map(|((series, minute), value)| (series, minute, value)).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_split_any_order_and_any_repetition_of_deltas_is_once(
        growth in any_growth(),
        order in any::<prop::sample::Index>(),
        size in 1..9_usize,
        again in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        let readings: Vec<_> = growth.iter().map(|(series, minute, value)| (*series, *minute, false, *value)).collect();
        block_on(async {
            let (_whole_folder, whole) = store().await;
            take(&whole, &readings).await;
            let (_folder, pieces) = store().await;
            let mut shuffled = readings.clone();
            shuffled.rotate_left(order.index(readings.len()));
            shuffled.extend(again.iter().map(|at| readings[at.index(readings.len())]));
            if size % 2 == 0 {
                shuffled.reverse();
            }
            for some in shuffled.chunks(size) {
                take(&pieces, some).await;
            }
            let sorted = |mut rows: Vec<crate::model::RollupRow>| {
                rows.sort_by(|a, b| (a.date, &a.session).cmp(&(b.date, &b.session)));
                rows
            };
            let rows = async |store: &Store| sorted(store.rollup(None).await.expect("reads"));
            assert_eq!(rows(&pieces).await, rows(&whole).await);
            let sum: u64 = readings.iter().map(|reading| reading.3).sum();
            assert_eq!(total(&pieces).await.total(), sum);
            pieces.rebuild(SOURCE, &|_| {}).await.expect("rebuilds");
            assert_eq!(rows(&pieces).await, rows(&whole).await, "the roll-up is the sum of the facts");
        });
    }

    #[test]
    fn a_running_total_counts_what_its_deltas_would(growth in any_growth(), size in 1..9_usize, late in any::<bool>()) {
        block_on(async {
            let (_deltas_folder, deltas) = store().await;
            let (_totals_folder, totals) = store().await;
            let readings: Vec<_> = growth.iter().map(|(series, minute, value)| (*series, *minute, false, *value)).collect();
            take(&deltas, &readings).await;
            let mut sums = std::collections::BTreeMap::<i64, u64>::new();
            let mut running: Vec<_> = growth
                .iter()
                .map(|(series, minute, value)| {
                    let sum = sums.entry(*series).or_default();
                    *sum += value;
                    (*series, *minute, true, *sum)
                })
                .collect();
            if late {
                running.reverse();
            }
            for some in running.chunks(size).chain(running.chunks(size)) {
                take(&totals, some).await;
            }
            assert_eq!(total(&totals).await, total(&deltas).await);
        });
    }
}
