mod encodings;

use serde_json::{Value, json};

use super::*;
use crate::model::{Basis, Tokens, Usd};

/// 2026-11-18T09:15:00Z
const NOW_MS: i64 = 1_794_993_300_000;

fn attributes(pairs: &[(&str, Value)]) -> Value {
    let attribute = |(key, value): &(&str, Value)| {
        let value = match value {
            Value::String(text) => json!({"stringValue": text}),
            Value::Number(number) if number.is_i64() => json!({"intValue": number.to_string()}),
            other => json!({"doubleValue": other}),
        };
        json!({"key": key, "value": value})
    };
    pairs.iter().map(attribute).collect()
}

fn point(kind: &str, value: Value, second: i64) -> Value {
    let time = (NOW_MS / 1000 + second) * 1_000_000_000;
    let mut point = json!({
        "startTimeUnixNano": (time - 60_000_000_000).to_string(), "timeUnixNano": time.to_string(),
        "attributes": attributes(&[("type", json!(kind)), ("model", json!("claude-opus-5-5")), ("session.id", json!("s1")),
            ("user.email", json!("ann@example.com"))]),
    });
    for (name, value) in value.as_object().expect("a value") {
        point[name] = value.clone();
    }
    point
}

fn metric(name: &str, data: Value) -> Value {
    let mut metric = json!({"name": name, "unit": "tokens"});
    for (name, value) in data.as_object().expect("data") {
        metric[name] = value.clone();
    }
    metric
}

fn request(metrics: &[Value]) -> Vec<u8> {
    let resource = attributes(&[("service.name", json!("claude-code")), ("host.name", json!("desk"))]);
    json!({"resourceMetrics": [{"resource": {"attributes": resource},
        "scopeMetrics": [{"scope": {"name": "com.anthropic.claude_code", "version": "2.1.77"}, "metrics": metrics}]}]})
    .to_string()
    .into_bytes()
}

fn sum(points: &[Value]) -> Value {
    json!({"sum": {"aggregationTemporality": 1, "isMonotonic": true, "dataPoints": points}})
}

fn read(metrics: &[Value]) -> Metrics {
    super::metrics(&request(metrics), Encoding::Json, NOW_MS).expect("is read")
}

/// The same request as protobuf.
fn as_protobuf(json: &[u8]) -> Vec<u8> {
    use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
    use prost::Message;
    let request: ExportMetricsServiceRequest = serde_json::from_slice(json).expect("is JSON");
    request.encode_to_vec()
}

#[test]
fn claude_codes_tokens_are_read_by_session_model_and_kind() {
    let points = [
        point("input", json!({"asDouble": 1200.0}), 0),
        point("output", json!({"asInt": "900"}), 0),
        point("cacheRead", json!({"asInt": 40000}), 0),
        point("cacheCreation", json!({"asDouble": 3500}), 0),
    ];
    let read = read(&[metric("claude_code.token.usage", sum(&points))]);
    assert_eq!(read.notes.rejected.count, 0, "{:?}", read.notes.rejected);
    let [fact] = &read.readings.facts[..] else { panic!("one fact") };
    assert_eq!((&*fact.session, &*fact.model, &*fact.project), ("s1", "claude-opus-5-5", ""));
    assert_eq!(fact.at_ms % 900_000, 0, "a quarter of an hour");
    assert_eq!(&*fact.modifiers, "sum");
    let total =
        read.readings.readings.iter().fold(Tokens::default(), |sum, reading| sum + reading.kind.of(reading.value));
    assert_eq!(total, Tokens { input: 1200, output: 900, cache_read: 40_000, cache_write_5m: 3500, cache_write_1h: 0 });
    let [tag] = &read.notes.tags[..] else { panic!("one session") };
    assert_eq!((tag.host.as_str(), tag.person.as_str()), ("desk", "ann@example.com"));
}

#[test]
fn json_and_protobuf_are_the_same_request() {
    let points = [point("input", json!({"asDouble": 7}), 0), point("output", json!({"asInt": "9"}), 30)];
    let body = request(&[metric("claude_code.token.usage", sum(&points))]);
    let json = super::metrics(&body, Encoding::Json, NOW_MS).expect("is read");
    let protobuf = super::metrics(&as_protobuf(&body), Encoding::Protobuf, NOW_MS).expect("is read");
    assert_eq!(json.readings.readings, protobuf.readings.readings);
    assert_eq!(json.readings.facts, protobuf.readings.facts);
}

#[test]
fn a_histogram_of_any_program_counts_by_its_sum() {
    let time = NOW_MS * 1_000_000;
    let point = |kind: &str, sum: f64| {
        json!({"startTimeUnixNano": "0", "timeUnixNano": time.to_string(), "count": "3", "sum": sum,
            "attributes": attributes(&[("gen_ai.token.type", json!(kind)), ("gen_ai.request.model", json!("gpt-6.1-sol")),
                ("gen_ai.response.model", json!("gpt-6.1-sol-2026")), ("gen_ai.provider.name", json!("openai"))])})
    };
    let points = [point("input", 300.0), point("output", 40.0)];
    let data = json!({"histogram": {"aggregationTemporality": 2, "dataPoints": points}});
    let resource = attributes(&[("service.name", json!("helpdesk"))]);
    let body = json!({"resourceMetrics": [{"resource": {"attributes": resource},
        "scopeMetrics": [{"metrics": [metric("gen_ai.client.token.usage", data)]}]}]});
    let read = super::metrics(body.to_string().as_bytes(), Encoding::Json, NOW_MS).expect("is read");
    let [fact] = &read.readings.facts[..] else { panic!("one fact") };
    assert_eq!((&*fact.project, &*fact.model), ("helpdesk", "gpt-6.1-sol-2026"));
    assert!(read.readings.readings.iter().all(|reading| reading.cumulative));
    assert_eq!(read.readings.readings.iter().map(|reading| reading.value).collect::<Vec<_>>(), [300, 40]);
}

#[test]
fn a_bad_reading_loses_only_itself_and_is_told() {
    let week_ago = -8 * 24 * 3600;
    let mut without_type = point("input", json!({"asInt": "1"}), 0);
    without_type["attributes"] = attributes(&[("model", json!("m"))]);
    let points = [
        point("input", json!({"asInt": "10"}), 0),
        point("input", json!({"asInt": "-3"}), 1),
        point("input", json!({"asInt": "many"}), 2),
        point("input", json!({"asDouble": 1e300}), 3),
        point("input", json!({"asDouble": "NaN"}), 4),
        point("thinking", json!({"asInt": "10"}), 5),
        point("input", json!({"asInt": "10"}), week_ago),
        without_type,
    ];
    let gauge = json!({"gauge": {"dataPoints": [point("input", json!({"asInt": "1"}), 0)]}});
    let unsaid = json!({"sum": {"isMonotonic": true, "dataPoints": [point("input", json!({"asInt": "1"}), 0)]}});
    let read = read(&[
        metric("claude_code.token.usage", sum(&points)),
        metric("claude_code.token.usage", gauge),
        metric("gen_ai.client.token.usage", unsaid),
        metric("claude_code.cost.usage", sum(&[point("input", json!({"asDouble": 0.5}), 0)])),
        metric("http.server.duration", json!({"gauge": {"dataPoints": [{}, {}]}})),
    ]);
    assert_eq!(read.readings.readings.len(), 1);
    assert_eq!(read.notes.rejected.count, 9, "{:?}", read.notes.rejected);
    assert!(
        read.notes.rejected.examples[0].contains("claude_code.token.usage: its value"),
        "{:?}",
        read.notes.rejected
    );
    assert_eq!(read.notes.ignored.count, 3);
    assert_eq!(read.notes.ignored.examples, ["claude_code.cost.usage", "http.server.duration"]);
}

#[test]
fn a_series_is_told_from_others_by_all_that_is_said_of_it_in_any_order() {
    let of = |point: Value| read(&[metric("claude_code.token.usage", sum(&[point]))]).readings.readings[0].series;
    let plain = point("input", json!({"asInt": "1"}), 0);
    let mut turned = plain.clone();
    turned["attributes"].as_array_mut().expect("attributes").reverse();
    assert_eq!(of(plain.clone()), of(turned));
    let mut other = plain.clone();
    other["attributes"][3]["value"] = json!({"stringValue": "bob@example.com"});
    assert_ne!(of(plain.clone()), of(other));
    assert_ne!(of(plain.clone()), of(point("output", json!({"asInt": "1"}), 0)));
    assert_eq!(of(plain), of(point("input", json!({"asInt": "5"}), 60)), "value and time are not what it is known by");
}

fn log(name: &str, pairs: &[(&str, Value)]) -> Value {
    let mut pairs = pairs.to_vec();
    pairs.push(("event.name", json!(name)));
    json!({"timeUnixNano": (NOW_MS * 1_000_000).to_string(), "severityNumber": 9, "body": {"stringValue": "a prompt"},
        "attributes": attributes(&pairs)})
}

fn read_logs(records: &[Value]) -> Events {
    let body = json!({"resourceLogs": [{"resource": {"attributes": []}, "scopeLogs": [{"logRecords": records}]}]});
    logs(body.to_string().as_bytes(), Encoding::Json, NOW_MS).expect("is read")
}

#[test]
fn a_request_is_known_by_its_id_and_costs_what_it_says() {
    let request = |id: &str, cost: (&str, Value)| {
        log(
            "claude_code.api_request",
            &[
                ("session.id", json!("s1")),
                ("model", json!("claude-opus-5-5")),
                ("input_tokens", json!(1200)),
                ("output_tokens", json!("900")),
                ("cache_read_tokens", json!(40_000)),
                ("cache_creation_tokens", json!(3500)),
                ("request_id", json!(id)),
                ("speed", json!("fast")),
                ("user.account_uuid", json!("u-1")),
                cost,
            ],
        )
    };
    let read = read_logs(&[
        request("req_1", ("cost_usd", json!(0.0498))),
        request("req_2", ("cost_usd_micros", json!(49_800))),
        request("req_3", ("cost_usd", json!(0.0))),
        log("user_prompt", &[("prompt", json!("secret"))]),
    ]);
    assert_eq!(read.notes.rejected.count, 0, "{:?}", read.notes.rejected);
    assert_eq!(read.notes.ignored.examples, ["user_prompt"]);
    let [one, two, free] = &read.events[..] else { panic!("three requests") };
    assert_eq!(&*one.key, "req_1:");
    assert_eq!(
        one.tokens,
        Tokens { input: 1200, output: 900, cache_read: 40_000, cache_write_5m: 3500, cache_write_1h: 0 }
    );
    assert_eq!((one.cost, one.basis, &*one.modifiers), (Usd::from_f64(0.0498), Basis::Reported, "fast"));
    assert_eq!(two.cost, one.cost);
    assert_eq!((free.cost, free.basis), (None, Basis::Unpriced), "nothing to pay for something is no price");
    assert_eq!(read.notes.tags[0].person, "u-1");
}

#[test]
fn a_request_that_cannot_be_real_is_refused_in_words() {
    let read = read_logs(&[
        log("api_request", &[("input_tokens", json!(-1)), ("request_id", json!("a"))]),
        log("api_request", &[("input_tokens", json!("many")), ("request_id", json!("b"))]),
        log("api_request", &[("input_tokens", json!(1)), ("cost_usd", json!(-2.5))]),
        log("api_request", &[("input_tokens", json!(1))]),
        log("api_request", &[("input_tokens", json!(2))]),
    ]);
    assert_eq!(read.notes.rejected.count, 3);
    assert!(read.notes.rejected.examples[0].contains("count of tokens"), "{:?}", read.notes.rejected);
    assert_ne!(read.events[0].key, read.events[1].key, "without an id two records are two requests");
}

#[test]
fn what_is_not_what_it_should_be_loses_only_its_reading() {
    let spoilt = |field: &str, value: Value| {
        let mut point = point("input", json!({"asInt": "1"}), 0);
        point[field] = value;
        point
    };
    let points = [
        json!(5),
        json!(null),
        spoilt("asInt", json!({"a": 1})),
        spoilt("timeUnixNano", json!([1])),
        spoilt("timeUnixNano", json!("soon")),
        spoilt("attributes", json!([7])),
        spoilt("attributes", json!([{"key": 1, "value": {"stringValue": "a"}}])),
        spoilt("attributes", json!([{"key": "type", "value": "input"}])),
        spoilt("attributes", json!([{"key": "type", "value": {"intValue": "many"}}])),
        point("input", json!({"asInt": "10"}), 0),
    ];
    let read = read(&[metric("claude_code.token.usage", sum(&points))]);
    assert_eq!(read.readings.readings.iter().map(|reading| reading.value).collect::<Vec<_>>(), [10]);
    assert_eq!(read.notes.rejected.count, 9, "{:?}", read.notes.rejected);
}
