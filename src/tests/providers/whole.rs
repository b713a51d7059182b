//! A sync in which everything goes well, and one after it.

use super::*;
use crate::model::Usd;

#[tokio::test]
async fn every_provider_is_a_step_and_counts_to_the_token_and_the_pico_dollar() {
    let world = World::new().await;
    let run = world.app.sync().await;
    assert_eq!((run.status, &run.error), (RunStatus::Success, &None));
    let steps: Vec<_> = run.steps.iter().map(|step| step.source.as_deref().unwrap_or(&step.name)).collect();
    assert_eq!(
        steps,
        ["claude_code", "anthropic", "openai", "openrouter", "litellm", "quality", "projects", "analytics", "alerts"]
    );
    others_succeeded(&run, "");
    let report = world.app.report(ReportBy::Source).await;
    let found: Vec<_> = report
        .rows
        .iter()
        .map(|row| (row.key.as_str(), row.totals.tokens_in, row.totals.tokens_out, row.totals.cost.map(Usd::pico)))
        .collect();
    let dollars = |micro: i128| Some(micro * 1_000_000);
    let expected = [
        // Eight days, two workspaces; and one message of the log.
        ("anthropic", 16 * 44_700, 16 * 900, Some(16 * OPUS_PICO)),
        ("claude_code", 44_700, 900, Some(OPUS_PICO)),
        ("litellm", 16 * 140, 16 * 20, dollars(16 * 250_000)),
        ("openai", 8 * 1000, 8 * 100, Some(8 * MINI_PICO)),
        // Three of the days are completed and within the last thirty.
        ("openrouter", 3 * 50, 3 * 125, dollars(3 * 15_000)),
    ];
    assert_eq!(found, expected);
    let reported = report.rows.iter().map(|row| row.totals.cost_basis.reported).fold(Usd::ZERO, |sum, cost| sum + cost);
    assert_eq!(dollars(16 * 250_000 + 3 * 15_000), Some(reported.pico()));
    let billed = world.app.engine.store.billed(None).await.expect("reads");
    let sum = billed.iter().fold(Usd::ZERO, |sum, bill| sum + bill.amount);
    assert_eq!((billed.len(), Some(sum.pico())), (8 * 4, dollars(8 * (139_600 + 1000))), "13.96 cents and 0.1");
    let names = world.app.engine.store.names().await.expect("reads");
    for (id, name) in
        [("wrkspc_2", "CI"), ("apikey_1", "ci"), ("proj_1", "Shop"), ("key_1", "batch"), ("88dc28", "agents")]
    {
        assert_eq!(names.get(id).map(String::as_str), Some(name));
    }
    let people = world.database().await.into_iter().filter(|line| line.starts_with("person_day")).count();
    assert_eq!(people, 3 * 2, "two people on the three days of the last week");
    assert!(!is_key(&world.told(&run).await));
}

#[tokio::test]
async fn a_second_sync_changes_nothing_and_asks_for_the_look_back_days_only() {
    let world = World::new().await;
    world.app.sync().await;
    let before = world.database().await;
    let asked = world.providers().map(|(_, fake)| fake.upstream.count());
    let run = world.app.sync().await;
    assert_eq!((run.rows(), run.status), (0, RunStatus::Success), "{:?}", run.steps);
    assert_eq!(world.database().await, before);
    assert_eq!(step(&run, "anthropic").message, "Nothing new in 3 days");
    let [from_anthropic, from_openai, from_openrouter, from_litellm] = asked;
    for report in ["/messages", "/cost_report"] {
        assert_eq!(world.anthropic.asked(report, "starting_at", from_anthropic), ["2026-11-18T00:00:00Z"], "{report}");
        assert_eq!(world.anthropic.asked(report, "ending_at", from_anthropic), ["2026-11-21T00:00:00Z"], "{report}");
    }
    let days_of_people = world.anthropic.asked("/claude_code", "starting_at", from_anthropic);
    assert_eq!(days_of_people, ["2026-11-19", "2026-11-19", "2026-11-20", "2026-11-20"], "two people, two pages");
    let since = (i64::from(TODAY - 2) * 86_400).to_string();
    for report in ["/completions", "/embeddings", "/moderations", "/costs"] {
        assert_eq!(world.openai.asked(report, "start_time", from_openai), [since.as_str()], "{report}");
    }
    assert_eq!(world.litellm.asked("/activity", "start_date", from_litellm), ["2026-11-18"]);
    // It knows no days to begin at: one request, as ever, and two for the credit.
    assert_eq!(world.openrouter.upstream.count() - from_openrouter, 3);
    // OpenAI: three reports of tokens, the bill, two lists of names, and seven reports of what is beside tokens.
    let of_openai = 3 * 3 + 1 + 2 + 7 * 3;
    assert_eq!((from_anthropic, from_openai, from_openrouter, from_litellm), (3 + 3 + 2 + 10, of_openai, 3, 13));
    assert_eq!(world.openai.upstream.count() - from_openai, 4, "what is beside tokens is read once a day");
    assert_eq!(world.anthropic.upstream.count() - from_anthropic, 2 + 4, "names are read once a day");
}

#[tokio::test]
async fn the_next_day_is_read_with_the_days_before_it_and_the_old_ones_stay() {
    let world = World::new().await;
    world.app.sync().await;
    world.turn_to(TODAY + 3);
    let today = |used: &str| Used::new("wrkspc_1", "apikey_1", used, [1, 2, 3, 4, 5], "");
    world.anthropic.uses(TODAY + 3, [today("claude-opus-5-5")]);
    // The day of the last reading was not over then.
    world.anthropic.uses(TODAY, [today("claude-opus-5-5"), today("claude-haiku-5-5")]);
    let asked = world.anthropic.upstream.count();
    let run = world.app.sync().await;
    assert_eq!(step(&run, "anthropic").rows, 4, "one changed, one is gone, one came; and today's");
    assert_eq!(world.anthropic.asked("/messages", "starting_at", asked), ["2026-11-18T00:00:00Z"]);
    let report = world.app.report(ReportBy::Source).await;
    assert_eq!(report.rows[0].totals.tokens_out, 14 * 900 + 3 * 5);
    let openrouter = report.rows.iter().find(|row| row.key == "openrouter").expect("is there");
    assert_eq!(openrouter.totals.tokens_out, 4 * 125, "yesterday's today is completed, and what left the report stays");
}

#[tokio::test]
async fn a_key_that_is_not_set_skips_its_source_and_nothing_else() {
    let app = TestApp::with_access(Clock::system(), &[("LITELLM_API_KEY", litellm::KEY)]).await;
    app.write_log("-p/s.jsonl", plain("msg_1"));
    let run = app.sync().await;
    assert_eq!((run.status, &run.error), (RunStatus::Success, &None));
    for (source, message) in [
        ("anthropic", "ANTHROPIC_ADMIN_KEY not set — skipping token sync"),
        ("openai", "OPENAI_ADMIN_KEY not set — skipping token sync"),
        ("openrouter", "OPENROUTER_MANAGEMENT_KEY not set — skipping token sync"),
        ("litellm", "ALLCLEAR_LITELLM_BASE_URL not set — skipping token sync"),
    ] {
        assert_eq!((step(&run, source).status, step(&run, source).message.as_str()), (StepStatus::Skipped, message));
    }
    assert_eq!(step(&run, "claude_code").status, StepStatus::Success);
    let shown: Vec<_> = app.engine.snapshot().analytics.freshness.iter().map(|fresh| fresh.source.clone()).collect();
    assert_eq!(shown, ["claude_code"], "nobody misses what nobody set up");
}

#[tokio::test]
async fn an_address_may_be_given_with_its_version_and_a_slash() {
    let world = World::new().await;
    let base = format!("{}/v1/", world.openai.upstream.base());
    let settings = [("OPENAI_ADMIN_KEY", openai::KEY), ("ALLCLEAR_OPENAI_BASE_URL", base.as_str())];
    let app = TestApp::with_access(world.app.engine.clock.clone(), &settings).await;
    let run = app.sync().await;
    assert_eq!(step(&run, "openai").status, StepStatus::Success, "{:?}", run.error);
    assert!(world.openai.upstream.seen().iter().all(|seen| seen.path.starts_with("/v1/organization/")));
}
