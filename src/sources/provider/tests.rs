//! What must hold for every report: nothing makes a parser panic, pages can be cut anywhere, sums are exact.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::testing::{cost_line, event_line};
use super::*;
use crate::model::{Origin, Tokens, from_epoch_day};
use crate::pricing::Modifiers;
use crate::sources::{anthropic, litellm, openai, openrouter};

type Parser = fn(&[u8]) -> Result<(), FeedError>;

const PARSERS: [(&str, Parser); 11] = [
    (include_str!("../anthropic/fixtures/usage.json"), |bytes| anthropic::usage::parse(bytes).map(drop)),
    (include_str!("../anthropic/fixtures/cost.json"), |bytes| anthropic::cost::parse(bytes).map(drop)),
    (include_str!("../anthropic/fixtures/claude_code.json"), |bytes| anthropic::claude_code::parse(bytes).map(drop)),
    (include_str!("../anthropic/fixtures/workspaces.json"), |bytes| {
        parse_names(anthropic::names::FEED_WORKSPACES, bytes).map(drop)
    }),
    (include_str!("../openai/fixtures/completions.json"), |bytes| {
        openai::usage::parse(openai::usage::Report::Completions, bytes).map(drop)
    }),
    (include_str!("../openai/fixtures/embeddings.json"), |bytes| {
        openai::usage::parse(openai::usage::Report::Embeddings, bytes).map(drop)
    }),
    (include_str!("../openai/fixtures/costs.json"), |bytes| openai::costs::parse(bytes).map(drop)),
    (include_str!("../openai/fixtures/projects.json"), |bytes| {
        parse_names(openai::names::FEED_PROJECTS, bytes).map(drop)
    }),
    (include_str!("../openrouter/fixtures/activity.json"), |bytes| openrouter::parse(bytes).map(drop)),
    (include_str!("../litellm/fixtures/activity.json"), |bytes| litellm::parse(bytes).map(drop)),
    (include_str!("../litellm/fixtures/activity.json"), |bytes| litellm::parse_names(bytes).map(drop)),
];

/// Replaces a few bytes, cuts, or swaps a value for a hostile one.
fn mutated(fixture: &str, at: f64, what: usize, length: usize) -> Vec<u8> {
    const PIECES: [&str; 12] =
        ["", "null", "-1", "1e999", "{}", "[", "\"", "\\u0000", "18446744073709551616", "\u{feff}", "true", "\\ud800"];
    let from = ((fixture.len() as f64) * at) as usize;
    let to = (from + length).min(fixture.len());
    [&fixture.as_bytes()[..from], PIECES[what % PIECES.len()].as_bytes(), &fixture.as_bytes()[to..]].concat()
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for (_, parse) in PARSERS {
            prop_assert!(parse(&bytes).is_err());
        }
    }

    #[test]
    fn a_damaged_answer_never_panics(at in 0.0..1.0, what in 0_usize..12, length in 0_usize..40, of in 0..PARSERS.len()) {
        let (fixture, parse) = PARSERS[of];
        prop_assert!(parse(fixture.as_bytes()).is_ok());
        let _ = parse(&mutated(fixture, at, what, length));
    }

    #[test]
    fn pages_can_be_cut_between_any_days(days in days(), cuts in proptest::collection::vec(1_usize..5, 0..12)) {
        let lines = |usage: bool, pages: Vec<&[Rows]>| -> Vec<(i32, Vec<String>)> {
            let mut first = 20_000;
            let answers = pages.iter().enumerate().map(|(at, days)| {
                let answer = anthropic_page(days, first, at + 1 < pages.len(), usage);
                first += i32::try_from(days.len()).expect("few days");
                answer
            });
            if usage {
                gathered(answers, anthropic::usage::parse, event_line)
            } else {
                gathered(answers, anthropic::cost::parse, cost_line)
            }
        };
        for usage in [true, false] {
            let whole = lines(usage, vec![&days]);
            prop_assert_eq!(whole.len(), days.len(), "empty days are there too");
            prop_assert_eq!(lines(usage, cut(&days, &cuts)), whole);
        }
    }

    #[test]
    fn amounts_add_up_to_what_was_written(days in days()) {
        let page = anthropic::cost::parse(anthropic_page(&days, 20_000, false, false).as_bytes()).expect("parses");
        let sum: Usd = page.buckets.iter().flat_map(|bucket| &bucket.facts).map(|cost| cost.amount).sum();
        let written: i128 = days.iter().flatten().map(|row| i128::from(row.2)).sum();
        prop_assert_eq!(sum.pico(), written, "an amount is written in millionths of a millionth of a dollar");
    }

    #[test]
    fn a_proxys_rows_can_be_cut_anywhere(
        rows in proptest::collection::vec((20_758_i32..20_761, 0_u8..3, 0_u8..3, 1_u64..1_000_000), 1..12),
        cuts in proptest::collection::vec(1_usize..5, 0..12),
    ) {
        let lines = |pages: Vec<&[ProxyRow]>| {
            let answers = pages.iter().enumerate().map(|(at, rows)| litellm_page(rows, at + 1, pages.len()));
            let mut all = Pages::of_split_days(litellm::FEED);
            for answer in answers {
                all.take(litellm::parse(answer.as_bytes()).expect("parses")).expect("fits");
            }
            let line = |bucket: Bucket<UsageEvent>| (bucket.day, bucket.facts.iter().map(event_line).collect::<Vec<_>>());
            all.into_buckets().into_iter().map(line).collect::<Vec<_>>()
        };
        prop_assert_eq!(lines(cut(&rows, &cuts)), lines(vec![&rows]));
    }
}

/// (workspace, model, number) of each row of a day.
type Rows = Vec<(u8, u8, u32)>;
type ProxyRow = (i32, u8, u8, u64);

fn days() -> impl Strategy<Value = Vec<Rows>> {
    proptest::collection::vec(proptest::collection::vec((0_u8..3, 0_u8..3, 0_u32..1_000_000), 0..5), 1..12)
}

/// Cuts at the given lengths; what is left is the last piece.
fn cut<'a, T>(mut rest: &'a [T], lengths: &[usize]) -> Vec<&'a [T]> {
    let mut pieces = Vec::new();
    for length in lengths {
        if rest.len() > *length {
            let (piece, after) = rest.split_at(*length);
            pieces.push(piece);
            rest = after;
        }
    }
    pieces.push(rest);
    pieces
}

/// A page of either report, from the day `first` on.
fn anthropic_page(days: &[Rows], first: i32, has_more: bool, usage: bool) -> String {
    let row = |(workspace, model, number): &(u8, u8, u32)| {
        let dimensions = format!(r#""workspace_id":"w{workspace}","model":"m{model}""#);
        if usage {
            let classes = r#""cache_creation":{"ephemeral_1h_input_tokens":1,"ephemeral_5m_input_tokens":2}"#;
            format!(
                r#"{{{dimensions},{classes},"uncached_input_tokens":{number},"cache_read_input_tokens":0,"output_tokens":1}}"#
            )
        } else {
            format!(r#"{{{dimensions},"currency":"USD","amount":"{number}e-10","cost_type":"tokens"}}"#)
        }
    };
    let day = |(day, rows): (i32, &Rows)| {
        let rows: Vec<String> = rows.iter().map(row).collect();
        format!(r#"{{"starting_at":"{}T00:00:00Z","results":[{}]}}"#, from_epoch_day(day), rows.join(","))
    };
    let days: Vec<String> = (first..).zip(days).map(day).collect();
    let next = if has_more { format!("\"page_{first}\"") } else { "null".to_owned() };
    format!(r#"{{"data":[{}],"has_more":{has_more},"next_page":{next}}}"#, days.join(","))
}

fn gathered<T: Fact>(
    answers: impl Iterator<Item = String>,
    parse: fn(&[u8]) -> Result<Page<T>, FeedError>,
    line: fn(&T) -> String,
) -> Vec<(i32, Vec<String>)> {
    let mut pages = Pages::of_whole_days("report");
    for answer in answers {
        pages.take(parse(answer.as_bytes()).expect("parses")).expect("fits");
    }
    pages.into_buckets().iter().map(|bucket| (bucket.day, bucket.facts.iter().map(line).collect())).collect()
}

/// A page as the proxy makes it: of its own rows only, summed by day, model and key.
fn litellm_page(rows: &[ProxyRow], page: usize, pages: usize) -> String {
    let metrics = |rows: &[&ProxyRow]| {
        let tokens: u64 = rows.iter().map(|row| row.3).sum();
        format!(r#"{{"spend":{tokens}e-6,"prompt_tokens":{tokens}}}"#)
    };
    let grouped = |rows: &[&ProxyRow], by: fn(&ProxyRow) -> String, inner: &dyn Fn(&[&ProxyRow]) -> String| {
        let mut groups: BTreeMap<String, Vec<&ProxyRow>> = BTreeMap::new();
        for row in rows {
            groups.entry(by(row)).or_default().push(row);
        }
        let groups: Vec<String> = groups
            .iter()
            .map(|(name, rows)| format!(r#""{name}":{{"metrics":{}{}}}"#, metrics(rows), inner(rows)))
            .collect();
        groups.join(",")
    };
    let mut days: BTreeMap<i32, Vec<&ProxyRow>> = BTreeMap::new();
    for row in rows {
        days.entry(row.0).or_default().push(row);
    }
    let keys = |rows: &[&ProxyRow]| {
        // A key without a name is left out of the breakdown.
        let named: Vec<&ProxyRow> = rows.iter().copied().filter(|row| row.2 > 0).collect();
        format!(r#","api_key_breakdown":{{{}}}"#, grouped(&named, |row| format!("k{}", row.2), &|_| String::new()))
    };
    let results: Vec<String> = days
        .iter()
        .map(|(day, rows)| {
            let models = grouped(rows, |row| format!("m{}", row.1), &keys);
            let date = from_epoch_day(*day);
            format!(r#"{{"date":"{date}","metrics":{},"breakdown":{{"models":{{{models}}}}}}}"#, metrics(rows))
        })
        .collect();
    format!(r#"{{"results":[{}],"metadata":{{"page":{page},"total_pages":{pages}}}}}"#, results.join(","))
}

#[test]
fn a_provider_that_goes_in_circles_is_stopped() {
    let mut paging = Paging::new("report", 4);
    let cursor = |text: &str| Some(text.to_owned());
    assert_eq!(paging.follow(cursor("a")), Ok(cursor("a")));
    assert_eq!(paging.follow(cursor("b")), Ok(cursor("b")));
    let error = paging.follow(cursor("a")).expect_err("is refused").to_string();
    assert!(error.starts_with("report: the provider repeats page a: stopped"), "{error}");
    assert_eq!(paging.follow(cursor("c")), Ok(cursor("c")), "the fourth page");
    let error = paging.follow(cursor("d")).expect_err("is refused").to_string();
    assert!(error.contains("more than 4 pages"), "{error}");
    assert_eq!(paging.follow(None), Ok(None));
}

#[test]
fn a_day_that_comes_twice_means_the_report_changed() {
    let page = || Page::<UsageEvent> { buckets: vec![Bucket::new(20_758, Vec::new())], next: None };
    let mut pages = Pages::of_whole_days("report");
    pages.take(page()).expect("fits");
    let error = pages.take(page()).expect_err("is refused").to_string();
    assert!(error.contains("the day 2026-11-01 comes twice"), "{error}");
}

#[test]
fn a_cost_known_in_part_is_unknown() {
    let event = |cost| {
        let origin = Origin::new(crate::model::Provider::LiteLlm, "", "");
        let tokens = Tokens { input: 1, ..Tokens::default() };
        let modifiers = Arc::from("");
        Usage { day: 1, origin, model: "m", apart: &[], tokens, web_searches: 1, modifiers, cost }.event()
    };
    let one = Some(Usd::from_pico(1));
    for (costs, sum) in [([one, one], Some(Usd::from_pico(2))), ([one, None], None), ([None, one], None)] {
        let bucket = Bucket::new(1, costs.map(event).to_vec());
        let [fact] = &bucket.facts[..] else { panic!("one fact: {bucket:?}") };
        assert_eq!((fact.cost, fact.tokens.input, fact.web_searches), (sum, 2, 2));
        assert_eq!(fact.basis == Basis::Unpriced, sum.is_none());
    }
}

#[test]
fn hostile_ids_never_share_a_key() {
    let key = |group: &str, key: &str| {
        let origin = Origin::new(crate::model::Provider::OpenAi, group, key);
        let (tokens, modifiers) = (Tokens::default(), Arc::from(""));
        Usage { day: 1, origin, model: "m:~", apart: &["x"], tokens, web_searches: 0, modifiers, cost: None }
            .event()
            .key
    };
    assert_ne!(key("a;b", "c"), key("a", "b;c"));
    assert_eq!(&*key("a;b", "c"), "1970-01-02;a%3bb;c;m%3a%7e;x");
    assert!(!crate::model::is_shadow(&key("~", "~")));
}

#[test]
fn tiers_are_said_in_the_words_of_prices() {
    let words = |tier, batch, us_only, long| Served { tier, batch, us_only, long }.modifiers();
    for (tier, said) in [
        ("", "sum"),
        ("standard", "sum"),
        ("default", "sum"),
        ("batch", "batch+sum"),
        ("flex_discount", "flex+sum"),
        ("priority_on_demand", "priority+sum"),
        ("fast", "fast+sum"),
        ("scale", "sum+scale"),
        ("us+fast", "sum+us%fast"),
    ] {
        assert_eq!(&*words(tier, false, false, false), said);
    }
    assert_eq!(&*words("flex", true, true, true), "batch+flex+us+sum+long");
    for tier in ["", "fast", "batch", "flex", "priority"] {
        for (batch, us_only, long) in [(false, false, false), (true, false, true), (true, true, true)] {
            let said = words(tier, batch, us_only, long);
            assert_eq!(Modifiers::parse(&said).as_str(), *said, "prices read exactly what is said");
        }
    }
}
