use super::*;
use crate::config::Secret;
use crate::config::files::{self, Validate};

fn check(json: &str) -> Result<ChannelsFile, String> {
    files::parse::<ChannelsFile>(json).and_then(|file| file.validate().map(|()| file))
}

fn one(rest: &str) -> Result<Channel, String> {
    check(&format!(r#"{{"channels": [{{"name": "a", {rest}}}]}}"#)).map(|mut file| file.channels.remove(0))
}

#[test]
fn a_channel_is_on_and_told_of_everything_unless_it_says_otherwise() {
    let channel = one(r#""kind": "slack", "url": {"env": "SLACK_URL"}"#).expect("is taken");
    assert!(channel.wants(AlertLevel::Warning) && channel.wants(AlertLevel::Critical) && !channel.wants_end());
    let channel = one(r#""kind": "slack", "url": {"env": "U"}, "levels": ["critical"]"#).expect("is taken");
    assert!(!channel.wants(AlertLevel::Warning) && channel.wants(AlertLevel::Critical));
    let channel = one(r#""kind": "slack", "url": {"env": "U"}, "enabled": false"#).expect("is taken");
    assert!(!channel.wants(AlertLevel::Critical));
    assert!(one(r#""kind": "pagerduty", "routingKey": {"env": "K"}"#).expect("is taken").wants_end());
}

#[test]
fn what_cannot_be_meant_is_refused_by_its_field() {
    for (rest, part) in [
        (r#""kind": "fax""#, "channels[0].kind: unknown variant `fax`"),
        (r#""kind": "slack""#, "channels[0].url is missing; Slack needs it"),
        (r#""kind": "slack", "uri": "x""#, "channels[0].uri: unknown field `uri`"),
        (r#""kind": "slack", "url": 5"#, "channels[0].url: expected text, {\"env\""),
        (r#""kind": "slack", "url": {"env": "A", "file": "/b"}"#, "channels[0].url: expected text, {\"env\""),
        (r#""kind": "slack", "url": {"env": ""}"#, "channels[0].url names no variable"),
        (r#""kind": "slack", "url": {"file": "b"}"#, "channels[0].url names no full path"),
        (r#""kind": "slack", "url": "http://a.test""#, "channels[0].url is not encrypted; write https, or set"),
        (r#""kind": "slack", "url": "ftp://a.test""#, "channels[0].url begins with \"ftp:\""),
        (r#""kind": "slack", "url": "https://me:canary@a.test""#, "channels[0].url holds a user name or password"),
        (r#""kind": "slack", "url": "canary""#, "channels[0].url is no address"),
        (r#""kind": "slack", "url": {"env": "A"}, "levels": []"#, "channels[0].levels is empty"),
        (r#""kind": "slack", "url": {"env": "A"}, "levels": ["bad"]"#, "channels[0].levels[0]: unknown variant `bad`"),
        (r#""kind": "slack", "url": {"env": "A"}, "topic": "x""#, "channels[0].topic does not belong to Slack"),
        (r#""kind": "webhook", "url": {"env": "A"}, "secret": """#, "channels[0].secret is empty"),
        (
            r#""kind": "webhook", "url": "https://a.test:8443/x""#,
            "channels[0].url has port 8443, which nothing is sent to",
        ),
        (r#""kind": "desktop", "url": {"env": "A"}"#, "channels[0].url does not belong to Desktop"),
        (
            r#""kind": "pagerduty", "routingKey": {"env": "K"}, "digests": ["weekly"]"#,
            "channels[0].digests do not belong to PagerDuty",
        ),
        (r#""kind": "desktop", "digests": ["weekly", "weekly"]"#, "channels[0].digests names one twice"),
        (r#""kind": "desktop", "digests": ["hourly"]"#, "channels[0].digests[0]: unknown variant `hourly`"),
        (
            r#""kind": "email", "host": "m", "port": 6379, "from": "a@b.test", "to": ["a@b.test"]"#,
            "channels[0].port has port 6379",
        ),
        (r#""kind": "telegram", "token": {"env": "A"}, "chatId": " ""#, "channels[0].chatId must be a line"),
        (r#""kind": "command", "command": ["tell"]"#, "channels[0].command must begin with the full path"),
        (r#""kind": "email", "host": "m", "from": "x", "to": ["a@b.test"]"#, "channels[0].from is no address"),
        (r#""kind": "email", "host": "m", "from": "a@b.test", "to": ["b"]"#, "channels[0].to must be"),
        (
            r#""kind": "email", "host": "m", "from": "a@b.test", "to": ["a@b.test"], "username": "u""#,
            "channels[0].password and username go together",
        ),
        (
            r#""kind": "email", "host": "m", "from": "a@b.test", "to": ["a@b.test"], "tls": "none""#,
            "channels[0].tls is \"none\"",
        ),
    ] {
        let said = one(rest).expect_err("is refused");
        assert!(said.starts_with(part), "{said} is not {part}");
        assert!(!said.contains("canary"), "{said}");
    }
    for (json, part) in [
        (r#"{"allow": ["10.0.0.0"]}"#, "allow[0]: invalid IP address syntax"),
        (r#"{"digest": {"time": "8"}}"#, "digest.time: \"8\" is no time of day"),
        (r#"{"digest": {"day": "mon"}}"#, "digest.day: \"mon\" is no day of the week"),
        (r#"{"dashboardUrl": "allclear"}"#, "dashboardUrl is no address"),
        (r#"{"channels": [{"name": "a b", "kind": "command", "command": ["/x"]}]}"#, "channels[0].name is \"a b\""),
        (
            r#"{"channels": [{"name": "a", "kind": "command", "command": ["/x"]}, {"name": "a", "kind": "command", "command": ["/x"]}]}"#,
            "channels[1].name is \"a\", which another",
        ),
    ] {
        let said = check(json).expect_err("is refused");
        assert!(said.starts_with(part), "{said} is not {part}");
    }
}

#[test]
fn a_key_is_looked_up_where_it_is_and_shown_nowhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("token");
    std::fs::write(&file, "canary-token-0123\n").expect("writes");
    let rest = format!(
        r#""kind": "ntfy", "topic": "alerts", "url": "https://ntfy.test/canary-url", "token": {{"file": {}}}"#,
        serde_json::json!(file)
    );
    let channel = one(&rest).expect("is taken");
    let keys = channel.keys().expect("are there");
    assert_eq!(keys.token.as_ref().map(Secret::expose), Some("canary-token-0123"));
    assert_eq!(keys.hide_in("refused canary-token-0123 at https://ntfy.test/canary-url"), "refused *** at ***");
    let shown = format!("{channel:?} {keys:?} {}", serde_json::to_string(&channel).expect("is JSON"));
    assert!(!shown.contains("canary"), "{shown}");
    std::fs::remove_file(&file).expect("removes");
    assert_eq!(channel.keys().err().as_deref(), Some("the file of token cannot be read: entity not found"));
    let channel = one(r#""kind": "slack", "url": {"env": "ALLCLEAR_TEST_NEVER_SET"}"#).expect("is taken");
    assert_eq!(channel.keys().err().as_deref(), Some("ALLCLEAR_TEST_NEVER_SET is not set"));
}
