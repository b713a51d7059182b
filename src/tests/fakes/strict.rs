//! The fakes refuse what the documents say is refused: else they would hide mistakes in what is asked.

use super::super::harness::http;
use super::*;

const TODAY: i32 = 20_777;

/// Asks a fake; returns the status, the head and the body.
async fn ask(fake: &Fake, path: &str, headers: &[(&str, &str)]) -> (u16, String, String) {
    let addr = fake.upstream.base().trim_start_matches("http://").parse().expect("an address");
    http(addr, "GET", path, headers, "").await
}

#[tokio::test]
async fn anthropic_refuses_other_keys_missing_versions_and_impossible_queries() {
    let fake = anthropic::start(TODAY).await;
    let usage = "/v1/organizations/usage_report/messages";
    let span = "starting_at=2026-11-01T00:00:00Z&ending_at=2026-11-03T00:00:00Z";
    let (key, version) = (("x-api-key", anthropic::KEY), ("anthropic-version", "2023-06-01"));
    let (status, head, body) = ask(&fake, &format!("{usage}?{span}&limit=1"), &[key, version]).await;
    assert_eq!((status, head.contains("request-id: req_fake")), (200, true));
    let page: Value = serde_json::from_str(&body).expect("is JSON");
    assert_eq!((&page["data"][0]["results"], &page["has_more"]), (&serde_json::json!([]), &true.into()));
    let normal = ("x-api-key", "sk-ant-api03-x");
    let cost = "/v1/organizations/cost_report";
    let people = "/v1/organizations/usage_report/claude_code";
    for (path, headers, status, kind) in [
        (format!("{usage}?{span}"), [normal, version], 401, "authentication_error"),
        (format!("{usage}?{span}"), [key, ("x", "y")], 400, "invalid_request_error"),
        (format!("{usage}?{span}&limit=32"), [key, version], 400, "invalid_request_error"),
        (format!("{usage}?{span}&group_by[]=mood"), [key, version], 400, "invalid_request_error"),
        (usage.to_owned(), [key, version], 400, "invalid_request_error"),
        (format!("{cost}?{span}&bucket_width=1h"), [key, version], 400, "invalid_request_error"),
        (format!("{people}?starting_at=2026-11-01T00:00:00Z"), [key, version], 400, "invalid_request_error"),
    ] {
        let (answered, _, body) = ask(&fake, &path, &headers).await;
        assert!(answered == status && body.contains(kind), "{path}: {answered} {body}");
    }
}

#[tokio::test]
async fn the_others_refuse_other_keys_and_impossible_queries() {
    let (openai, openrouter) = (openai::start(TODAY).await, openrouter::start(TODAY).await);
    let litellm = litellm::start(TODAY).await;
    let admin = format!("Bearer {}", openai::KEY);
    let management = format!("Bearer {}", openrouter::KEY);
    let proxy = litellm::KEY;
    let (usage, costs) = ("/v1/organization/usage/completions", "/v1/organization/costs");
    let days = "/user/daily/activity?start_date=2026-11-01&end_date=2026-11-02";
    let authorization = "authorization";
    for (fake, path, header, status) in [
        (
            &openai,
            format!("{usage}?start_time=1793491200&end_time=1793577600&group_by=model"),
            (authorization, &*admin),
            200,
        ),
        (&openai, format!("{usage}?start_time=1793491200"), (authorization, "Bearer sk-proj-x"), 403),
        (&openai, usage.to_owned(), (authorization, &admin), 400),
        (&openai, format!("{usage}?start_time=soon"), (authorization, &admin), 400),
        (&openai, format!("{usage}?start_time=1793491200&limit=32"), (authorization, &admin), 400),
        (&openai, format!("{costs}?start_time=1793491200&end_time=1793577600&limit=180"), (authorization, &admin), 200),
        (&openai, format!("{costs}?start_time=1793491200&limit=181"), (authorization, &admin), 400),
        (&openrouter, "/api/v1/activity".to_owned(), (authorization, &management), 200),
        (&openrouter, "/api/v1/activity".to_owned(), (authorization, "Bearer sk-or-v1-0e6"), 403),
        (&openrouter, "/api/v1/activity?date=2026-11-20".to_owned(), (authorization, &management), 400),
        (&litellm, days.to_owned(), (authorization, "Bearer sk-x"), 200),
        (&litellm, days.to_owned(), ("x-litellm-api-key", proxy), 200),
        (&litellm, days.to_owned(), ("x-api-key", proxy), 401),
        (&litellm, format!("{days}&page_size=1001"), (authorization, "Bearer sk-x"), 422),
    ] {
        let (answered, _, body) = ask(fake, &path, &[header]).await;
        assert_eq!(answered, status, "{path}: {body}");
    }
}
