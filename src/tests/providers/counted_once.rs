//! The same usage seen by a log, a provider's report and its bill is one usage.

use super::*;
use crate::model::{Usd, WindowStats};

/// The day of the harness' log line.
const LOGGED: i32 = TODAY - 2;

async fn world() -> World {
    let world = World::empty().await;
    world.app.write_log("-home-dev-dashboard/s.jsonl", plain("msg_1"));
    let opus = |key: &str| Used::new("wrkspc_1", key, "claude-opus-5-5", OPUS, "");
    world.anthropic.uses(LOGGED, [opus("agent"), opus("ci")]);
    world
}

fn window(world: &World) -> WindowStats {
    world.app.engine.snapshot().analytics.windows["30d"].clone()
}

fn pays_by_the_month(world: &World, sources: &[&str]) {
    let log = world.app.log("x");
    let root = log.parent().and_then(|projects| projects.parent()).expect("is in a folder");
    let mut file = json!({"claude_code": {"roots": [root]}});
    for source in sources {
        file[*source]["billing"] = json!("subscription");
    }
    write(&world.app.data("config/sources.json"), file.to_string());
}

fn cents(window: &WindowStats) -> Option<i128> {
    window.total_cost.map(|cost| cost.pico() / 10_000_000_000)
}

#[tokio::test]
async fn usage_in_the_log_and_in_the_report_counts_once() {
    let world = world().await;
    world.app.sync().await;
    let once = window(&world);
    assert_eq!((once.tokens_in, once.tokens_out), (2 * 44_700, 2 * 900));
    assert_eq!(once.total_cost, Some(Usd::from_pico(2 * OPUS_PICO)));
    let of = |source: &str| once.by_source.get(source).map(|of| of.tokens_in);
    assert_eq!((of("claude_code"), of("anthropic")), (Some(44_700), Some(44_700)), "the log knows the project");
    let engine = &world.app.engine;
    let config = engine.config.current();
    let rows = crate::cli::report::rows(&config, &engine.store, config.zone, None).await.expect("reads");
    let told: u64 = rows.iter().map(|row| row.spend.tokens.tokens_in()).sum();
    assert_eq!(told, once.tokens_in, "`allclear report` tells what the pages tell");
    let raw = world.app.report(ReportBy::Source).await;
    assert_eq!(raw.totals.tokens_in, 3 * 44_700, "and what each of them said stays stored");
}

#[tokio::test]
async fn usage_that_a_subscription_pays_for_is_in_no_report_and_counts_beside_it() {
    let world = world().await;
    pays_by_the_month(&world, &["claude_code"]);
    world.app.sync().await;
    let both = window(&world);
    assert_eq!((both.tokens_in, both.total_cost), (3 * 44_700, Some(Usd::from_pico(3 * OPUS_PICO))));
    pays_by_the_month(&world, &[]);
    world.app.sync().await;
    assert_eq!(window(&world).tokens_in, 2 * 44_700, "from the next sync on");
}

#[tokio::test]
async fn the_bill_of_a_finished_day_is_what_it_cost_and_today_is_not_billed_yet() {
    let world = world().await;
    let line = |amount| Bill::new("wrkspc_1", "claude-opus-5-5", "output_tokens", amount);
    world.anthropic.bills(LOGGED, [line("20.0"), Bill::new("", "", "web_search", "3")]);
    world.anthropic.uses(TODAY, [Used::new("", "ci", "claude-opus-5-5", OPUS, "")]);
    world.anthropic.bills(TODAY, [line("0.01")]);
    world.openai.uses(LOGGED, [Used::new("proj_1", "", "gpt-5.4-mini", MINI, "")]);
    world.openai.bills(LOGGED, [Bill::new("proj_1", "gpt-5.4-mini", "input", "0.5")]);
    world.app.sync().await;
    let seen = window(&world);
    assert_eq!(seen.cost_basis.billed, Usd::from_f64(0.73).expect("money"));
    assert_eq!(seen.cost_basis.estimated, Usd::from_pico(OPUS_PICO), "today");
    assert_eq!(seen.total_cost, Some(Usd::from_pico(730_000_000_000 + OPUS_PICO)));
    // The log's message is one of two alike: half of the 20 cents.
    assert_eq!(seen.by_source["claude_code"].cost, Usd::from_f64(0.1));
    world.turn_to(TODAY + 1);
    world.app.sync().await;
    let later = window(&world);
    assert_eq!((later.cost_basis.estimated, cents(&later)), (Usd::ZERO, Some(73)));
}

#[tokio::test]
async fn a_model_without_a_price_is_not_missed_once_it_was_billed() {
    let world = World::empty().await;
    world.anthropic.uses(LOGGED, [Used::new("", "ci", "nova-next", OPUS, "")]);
    world.app.sync().await;
    let unpriced = world.app.engine.snapshot().unpriced.clone();
    assert_eq!(
        unpriced.iter().map(|model| (&*model.model, model.tokens_in)).collect::<Vec<_>>(),
        [("nova-next", 44_700)]
    );
    world.anthropic.bills(LOGGED, [Bill::new("", "nova-next", "output_tokens", "6")]);
    world.app.sync().await;
    assert_eq!(world.app.engine.snapshot().unpriced, []);
}

#[tokio::test]
async fn a_bill_replaces_the_estimate_however_the_logs_are_paid_for() {
    for by_the_month in [&[][..], &["litellm"], &["claude_code", "litellm"]] {
        let world = World::empty().await;
        pays_by_the_month(&world, by_the_month);
        world.anthropic.uses(LOGGED, [Used::new("", "ci", "claude-opus-5-5", OPUS, "")]);
        world.anthropic.bills(LOGGED, [Bill::new("", "claude-opus-5-5", "output_tokens", "6")]);
        world.openai.uses(LOGGED, [Used::new("proj_1", "", "gpt-5.4-mini", MINI, "")]);
        world.openai.bills(LOGGED, [Bill::new("proj_1", "gpt-5.4-mini", "input", "0.02")]);
        world.app.sync().await;
        let seen = window(&world);
        assert_eq!((cents(&seen), seen.cost_basis.estimated), (Some(8), Usd::ZERO), "{by_the_month:?}");
    }
}

#[tokio::test]
async fn what_a_proxy_forwarded_is_not_counted_again_for_the_provider() {
    let world = World::empty().await;
    world.anthropic.uses(LOGGED, [Used::new("", "proxy", "claude-opus-5-5", OPUS, "")]);
    let forwarded = [OPUS[0], OPUS[1] + OPUS[2], 0, OPUS[3], OPUS[4]];
    world.litellm.uses(LOGGED, [Used::new("", "88dc28", "anthropic/claude-opus-5-5", forwarded, "0.05")]);
    world.app.sync().await;
    let seen = window(&world);
    // The proxy does not tell the two kinds of cache writes apart: what it calls short-lived, the provider calls long.
    assert_eq!((seen.tokens_in, seen.tokens_out), (44_700 + 500, 900));
}
