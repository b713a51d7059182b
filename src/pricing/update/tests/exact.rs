//! Whatever a list says: what it lists is charged to the pico-dollar, and no past day costs anything else than before.

use proptest::prelude::*;

use super::*;

/// Rates no list could be refused for: (input, 5-minute write, 1-hour write, read, output) in pico-USD per token.
fn any_rates() -> impl Strategy<Value = [u64; 5]> {
    (1..1_000_000_000_u64, 0..=100_u64, 0..400_000_000_u64, 0..400_000_000_u64, 1..1_500_000_000_u64)
        .prop_map(|(input, read, write, more, output)| [input, write, write + more, input / 100 * read, output])
}

/// `1234` pico-USD per token as US dollars per token (12 places) or per million (6).
fn decimal(pico: u64, places: u32) -> String {
    let unit = 10_u64.pow(places);
    format!("{}.{:0width$}", pico / unit, pico % unit, width = places as usize)
}

fn one_of_each(cost: impl Fn(&Tokens) -> i128) -> [i128; 5] {
    let none = Tokens::default();
    [
        Tokens { input: 1, ..none },
        Tokens { cache_write_5m: 1, ..none },
        Tokens { cache_write_1h: 1, ..none },
        Tokens { cache_read: 1, ..none },
        Tokens { output: 1, ..none },
    ]
    .map(|tokens| cost(&tokens))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_listed_price_is_charged_exactly(models in prop::collection::vec(any_rates(), 1..6)) {
        let (mut litellm, mut providers) = (Vec::new(), Vec::new());
        for (number, [input, write, hour, read, output]) in models.iter().enumerate() {
            let token = |pico| decimal(pico, 12);
            litellm.push(format!(
                r#""made-up-{number}": {{"litellm_provider": "x", "input_cost_per_token": {}, "output_cost_per_token": {},
                "cache_creation_input_token_cost": {}, "cache_creation_input_token_cost_above_1hr": {},
                "cache_read_input_token_cost": {}}}"#,
                token(*input), token(*output), token(*write), token(*hour), token(*read)
            ));
            let million = |pico| decimal(pico, 6);
            providers.push(format!(
                r#""made-up-{number}": {{"cost": {{"input": {}, "output": {}, "cache_write": {}, "cache_read": {}}}}}"#,
                million(*input), million(*output), million(*write), million(*read)
            ));
        }
        let into = |list: &str, more: &str| list.replacen('{', &format!("{{{more},"), 1);
        let litellm = into(LITELLM, &litellm.join(","));
        let models_dev = into(MODELS_DEV, &format!(r#""minimax": {{"models": {{{}}}}}"#, providers.join(",")));
        for (list, hour_listed) in [(litellm, true), (models_dev, false)] {
            let table = table(&taken(&list, TODAY, None).document);
            for (number, listed) in models.iter().enumerate() {
                let row = table.find(&format!("made-up-{number}"), day(TODAY)).expect("a price");
                let mut charged = one_of_each(|tokens| row.cost(tokens, 0, Modifiers::default()).cost.pico());
                if !hour_listed {
                    charged[2] = i128::from(listed[2]);
                }
                prop_assert_eq!(charged, listed.map(i128::from));
            }
        }
    }

    #[test]
    fn no_list_changes_what_a_past_day_costs(percent in 11..900_u64, days in 1..400_u64) {
        let builtin = PriceTable::builtin().expect("the built-in table");
        let names: Vec<String> = builtin.rows.iter().flat_map(|row| std::iter::once(&row.model).chain(&row.aliases)).cloned().collect();
        let mut entries = Vec::new();
        for name in &names {
            // Every model and alias, at some other price than the one in force.
            let Some(row) = builtin.find(name, day(TODAY)) else { continue };
            let anchor = ANCHORS.contains(&name.as_str());
            let rate = |index: usize| {
                let femto = row.standard.base.0[index].femto;
                let pico = u64::try_from(femto / 1_000).expect("fits");
                decimal(if anchor { pico } else { pico * percent / 100 }, 12)
            };
            entries.push(format!(
                r#""{name}": {{"litellm_provider": "x", "input_cost_per_token": {}, "output_cost_per_token": {}}}"#, rate(0), rate(4)
            ));
        }
        let list = format!("{{{}}}", entries.join(","));
        let updated = table(&taken(&list, TODAY, None).document);
        let past = day(TODAY).checked_sub_days(chrono::Days::new(days)).expect("a date").to_string();
        for name in &names {
            for spelled in [name.clone(), format!("anthropic/{name}"), format!("{name}-20251101"), format!("{name}-fast")] {
                prop_assert_eq!(rates(&updated, &spelled, &past), rates(&builtin, &spelled, &past), "{} on {}", spelled, past);
            }
        }
    }
}
