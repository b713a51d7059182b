//! Compression, JSON and protobuf: what is understood, and what is refused.

use proptest::prelude::*;

use super::*;

#[test]
fn what_is_no_otlp_is_an_error_in_words() {
    for (body, encoding) in [
        (&b"{"[..], Encoding::Json),
        (b"[]", Encoding::Json),
        (b"{} {}", Encoding::Json),
        (b"{\"resourceMetrics\": 1}", Encoding::Json),
        (b"{\"resourceMetrics\": [1]}", Encoding::Json),
        (b"{\"resourceMetrics\": [{\"scopeMetrics\": [{\"metrics\": {}}]}]}", Encoding::Json),
        (b"{\"resourceMetrics\": \"\xff\"}", Encoding::Json),
        (b"\xff\xff\xff", Encoding::Protobuf),
        (b"\x0a\x05\x0a", Encoding::Protobuf),
        (b"\x08\x01", Encoding::Protobuf),
    ] {
        let error = super::metrics(body, encoding, NOW_MS).expect_err("is refused");
        assert!(error.starts_with("the body is not"), "{error}");
    }
}

#[test]
fn nesting_ends_the_reading_and_never_the_program() {
    let nested = |open: &str, close: &str| format!("{}{}", open.repeat(5000), close.repeat(5000));
    let metric = |value: &str| {
        format!("{{\"resourceMetrics\":[{{\"scopeMetrics\":[{{\"metrics\":[{{\"name\":\"a\",\"x\":{value}}}]}}]}}]}}")
    };
    for body in [nested("{\"resourceMetrics\":[", "]}"), metric(&nested("[", "]")), metric(&nested("{\"a\":", "}"))] {
        // Whatever it is taken for: a stack that overflows would end the test.
        let read = super::metrics(body.as_bytes(), Encoding::Json, NOW_MS);
        assert!(read.is_err() || read.is_ok_and(|read| read.readings.readings.is_empty()));
    }
}

#[test]
fn a_gzip_is_unpacked_up_to_its_cap_and_a_bomb_is_not() {
    use std::io::Write;
    let pack = |bytes: &[u8]| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(bytes).expect("packs");
        gzip.finish().expect("packs")
    };
    assert_eq!(inflate(&pack(b"hello"), 5).expect("is gzip"), Some(b"hello".to_vec()));
    assert_eq!(inflate(&pack(b"hello!"), 5).expect("is gzip"), None);
    assert_eq!(inflate(&pack(&vec![0; 50 << 20]), 1 << 20).expect("is gzip"), None);
    assert!(inflate(b"not a gzip", 100).is_err());
    assert!(inflate(&pack(b"hello")[..8], 100).is_err(), "it breaks off");
}

/// A message that holds one field of bytes.
fn holding(field: u8, bytes: &[u8]) -> Vec<u8> {
    let mut message = vec![field << 3 | 2];
    prost::encoding::encode_varint(bytes.len() as u64, &mut message);
    message.extend_from_slice(bytes);
    message
}

#[test]
fn a_body_of_countless_empty_records_is_refused() {
    let records = [0x12, 0x00].repeat(1_600_000);
    let refused = logs(&holding(1, &holding(2, &records)), Encoding::Protobuf, 0).expect_err("is refused");
    assert!(refused.contains("smaller batches"), "{refused}");
    let json =
        format!("{{\"resourceLogs\":[{{\"scopeLogs\":[{{\"logRecords\":[{}{{}}]}}]}}]}}", "{},".repeat(1_600_000));
    assert!(logs(json.as_bytes(), Encoding::Json, 0).is_err_and(|refused| refused.contains("smaller batches")));
    let some = [0x12, 0x00].repeat(1_000);
    assert!(logs(&holding(1, &holding(2, &some)), Encoding::Protobuf, 0).is_ok());
}

#[test]
fn numbers_and_names_are_read_however_json_spells_them() {
    let bodies = [
        "\"asInt\":\"7\"",
        "\"asInt\":7",
        "\"asDouble\":7",
        "\"asDouble\":7.0",
        "\"asDouble\":\"7\"",
        "\"as\\u0049nt\":7",
    ];
    for value in bodies {
        let body = format!(
            "{{\"resourceMetrics\":[{{\"resource\":null,\"schemaUrl\":{{\"x\":[1]}},\"scopeMetrics\":[{{\"scope\":null,\"metrics\":[\
             {{\"unit\":null,\"sum\":{{\"isMonotonic\":true,\"aggregationTemporality\":\"1\",\"dataPoints\":[{{{value},\
             \"startTimeUnixNano\":null,\"timeUnixNano\":{NOW_MS}000000,\"attributes\":[{{\"value\":{{\"stringValue\":\"in\\u0070ut\"}},\
             \"key\":\"type\"}}]}}]}},\"name\":\"gen_ai.client.token.usage\"}}]}}]}}]}}"
        );
        let read = super::metrics(body.as_bytes(), Encoding::Json, NOW_MS).expect("is read");
        let [reading] = &read.readings.readings[..] else { panic!("{value}: {:?}", read.notes) };
        assert_eq!((reading.value, reading.start_ns, reading.time_ns / 1_000_000), (7, 0, NOW_MS), "{value}");
    }
}

#[test]
fn values_that_nest_without_end_are_refused_in_either_encoding() {
    let nested = format!("{}{}", "{\"arrayValue\":{\"values\":[".repeat(3000), "]}}".repeat(3000));
    let body =
        format!("{{\"resourceLogs\":[{{\"resource\":{{\"attributes\":[{{\"key\":\"a\",\"value\":{nested}}}]}}}}]}}");
    assert!(logs(body.as_bytes(), Encoding::Json, NOW_MS).is_err_and(|error| error.contains("is not OTLP")));
    // A value in a list in a value, in an attribute of a resource.
    let value = (0..3000).fold(Vec::new(), |value, _| holding(5, &holding(1, &value)));
    let body = holding(1, &holding(1, &holding(1, &holding(2, &value))));
    let refused = logs(&body, Encoding::Protobuf, NOW_MS).expect_err("is refused");
    assert!(refused.contains("nests too deep"), "{refused}");
}

fn any_value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        "[a-z\"\\\\é]{0,6}".prop_map(|text| json!({"stringValue": text})),
        any::<i64>().prop_map(|number| json!({"intValue": number.to_string()})),
        (-1e9..1e9_f64).prop_map(|number| json!({"doubleValue": number})),
        any::<bool>().prop_map(|truth| json!({"boolValue": truth})),
        Just(json!({})),
    ];
    scalar.prop_recursive(3, 12, 3, |inner| {
        let list = prop::collection::vec(inner, 0..3);
        prop_oneof![
            list.clone().prop_map(|values| json!({"arrayValue": {"values": values}})),
            list.prop_map(|values| {
                let map: Vec<Value> = values.into_iter().map(|value| json!({"key": "k", "value": value})).collect();
                json!({"kvlistValue": {"values": map}})
            }),
        ]
    })
}

/// A reading of whatever shape: each takes of it what is its own.
fn any_point() -> impl Strategy<Value = Value> {
    let said = prop::collection::vec(any_value(), 0..4);
    (said, -5..1000_i64, -600..600_i64, any::<bool>()).prop_map(|(said, number, second, whole)| {
        let value = if whole { json!({"asInt": number.to_string()}) } else { json!({"asDouble": number}) };
        let mut point = point("input", value, second);
        point["sum"] = json!(number);
        let said = said.into_iter().zip(0..).map(|(value, at)| json!({"key": format!("a{at}"), "value": value}));
        point["attributes"].as_array_mut().expect("attributes").extend(said);
        point
    })
}

fn any_metric() -> impl Strategy<Value = Value> {
    let shape = prop::sample::select(vec!["gauge", "sum", "histogram", "exponentialHistogram", "summary"]);
    let name = prop::sample::select(vec!["claude_code.token.usage", "gen_ai.client.token.usage", "other"]);
    let points = prop::collection::vec(any_point(), 0..5);
    (name, shape, points, 0..4, any::<bool>()).prop_map(|(name, shape, points, temporality, is_monotonic)| {
        let series = json!({"dataPoints": points, "aggregationTemporality": temporality, "isMonotonic": is_monotonic});
        metric(name, json!({shape: series}))
    })
}

proptest! {
    #[test]
    fn either_encoding_of_any_request_is_the_same(metrics in prop::collection::vec(any_metric(), 0..4)) {
        let json = request(&metrics);
        let protobuf = as_protobuf(&json);
        let json = super::metrics(&json, Encoding::Json, NOW_MS).expect("is read");
        let protobuf = super::metrics(&protobuf, Encoding::Protobuf, NOW_MS).expect("is read");
        prop_assert_eq!(json.readings.readings, protobuf.readings.readings);
        prop_assert_eq!(json.readings.facts, protobuf.readings.facts);
        prop_assert_eq!(json.notes, protobuf.notes);
    }

    #[test]
    fn a_broken_body_is_an_error_or_less_and_never_a_panic(
        metrics in prop::collection::vec(any_metric(), 1..3),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        cut in any::<bool>(),
    ) {
        for (mut body, encoding) in [(as_protobuf(&request(&metrics)), Encoding::Protobuf), (request(&metrics), Encoding::Json)] {
            let at = at.index(body.len());
            if cut { body.truncate(at) } else { body[at] = byte }
            let _ = super::metrics(&body, encoding, NOW_MS);
            let _ = logs(&body, encoding, NOW_MS);
        }
    }
}
