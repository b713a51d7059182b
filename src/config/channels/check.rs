//! What `channels.json` must hold, in words that name the field and never say what may be a key.

use std::collections::BTreeSet;

use reqwest::Url;

use super::{Channel, ChannelKind, ChannelsFile, Every, Key, MAIL_PORTS, MailTls, WEB_PORTS};
use crate::config::files::Validate;

/// Far more than anybody reads.
const CHANNELS_MAX: usize = 50;
const NAME_MAX: usize = 40;
const LINE_MAX: usize = 200;
const RECIPIENTS_MAX: usize = 20;

/// The fields that belong to some kinds only.
const FIELDS: [&str; 12] = [
    "url",
    "secret",
    "token",
    "routingKey",
    "chatId",
    "topic",
    "host",
    "username",
    "password",
    "from",
    "to",
    "command",
];

impl Validate for ChannelsFile {
    fn validate(&self) -> Result<(), String> {
        if self.channels.len() > CHANNELS_MAX {
            return Err(format!("channels has {} entries; {CHANNELS_MAX} are the most", self.channels.len()));
        }
        if let Some(url) = &self.dashboard_url {
            check_url(url, true).map_err(|message| format!("dashboardUrl {message}"))?;
        }
        let mut names = BTreeSet::new();
        for (number, channel) in self.channels.iter().enumerate() {
            let field = format!("channels[{number}]");
            check(channel)
                .and_then(|()| check_port(channel, &self.ports))
                .map_err(|(name, message)| format!("{field}.{name} {message}"))?;
            if !names.insert(&channel.name) {
                return Err(format!("{field}.name is \"{}\", which another channel has already", channel.name));
            }
        }
        Ok(())
    }
}

type Wrong = (&'static str, String);

/// Returns the field that is wrong, and why.
fn check(channel: &Channel) -> Result<(), Wrong> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let name = &channel.name;
    if name.is_empty() || name.len() > NAME_MAX || !name.chars().all(plain) {
        return Err(("name", format!("is \"{name}\"; write 1 to {NAME_MAX} letters, digits, \"-\", \"_\" or \".\"")));
    }
    if channel.levels.is_empty() {
        return Err(("levels", "is empty, so nothing would ever be sent; set \"enabled\" to false instead".to_owned()));
    }
    if channel.kind == ChannelKind::PagerDuty && !channel.digests.is_empty() {
        return Err(("digests", "do not belong to PagerDuty, which wakes people; remove them".to_owned()));
    }
    if Every::ALL.iter().any(|every| channel.digests.iter().filter(|said| *said == every).count() > 1) {
        return Err(("digests", "names one twice".to_owned()));
    }
    let (needed, possible) = channel.kind.fields();
    let kind = channel.kind.label();
    for field in FIELDS {
        if needed.contains(&field) && !channel.has(field) {
            return Err((field, format!("is missing; {kind} needs it")));
        }
        if channel.has(field) && !needed.contains(&field) && !possible.contains(&field) {
            return Err((field, format!("does not belong to {kind}; remove it")));
        }
    }
    if let Some(Key::Plain(url)) = &channel.url {
        check_url(url, channel.allow_http).map_err(|message| ("url", message))?;
    }
    for (field, key) in [
        ("url", &channel.url),
        ("secret", &channel.secret),
        ("token", &channel.token),
        ("routingKey", &channel.routing_key),
        ("password", &channel.password),
    ] {
        key.as_ref().map_or(Ok(()), Key::check).map_err(|message| (field, message))?;
    }
    check_text(channel)?;
    if channel.kind == ChannelKind::Email { check_mail(channel) } else { Ok(()) }
}

/// What stands in the file is checked here; an address that is looked up elsewhere, when it is used.
fn check_port(channel: &Channel, ports: &[u16]) -> Result<(), Wrong> {
    let refused = |field, port: u16| {
        (
            field,
            format!(
                "has port {port}, which nothing is sent to; write \"ports\": [{port}] beside \"channels\" if you mean it"
            ),
        )
    };
    if let Some(Key::Plain(url)) = &channel.url
        && let Some(port) = Url::parse(url.trim()).ok().and_then(|url| url.port_or_known_default())
        && !WEB_PORTS.contains(&port)
        && !ports.contains(&port)
    {
        return Err(refused("url", port));
    }
    match channel.port.filter(|port| !MAIL_PORTS.contains(port) && !ports.contains(port)) {
        Some(port) => Err(refused("port", port)),
        None => Ok(()),
    }
}

fn check_text(channel: &Channel) -> Result<(), Wrong> {
    let line =
        |text: &str| !text.trim().is_empty() && text.chars().count() <= LINE_MAX && !text.chars().any(char::is_control);
    for (field, text) in [
        ("chatId", &channel.chat_id),
        ("topic", &channel.topic),
        ("host", &channel.host),
        ("username", &channel.username),
        ("from", &channel.from),
    ] {
        if text.as_ref().is_some_and(|text| !line(text)) {
            return Err((field, format!("must be a line of 1 to {LINE_MAX} characters")));
        }
    }
    // An argument may be empty, the program may not; and what the kernel cannot pass on is refused here.
    if channel.command.first().is_some_and(|program| !program.starts_with('/')) {
        return Err((
            "command",
            "must begin with the full path of a program, such as \"/usr/local/bin/tell\"".to_owned(),
        ));
    }
    if channel.command.iter().any(|word| word.contains('\0')) {
        return Err(("command", "holds a NUL character; remove it".to_owned()));
    }
    Ok(())
}

fn check_mail(channel: &Channel) -> Result<(), Wrong> {
    let address = |text: &str| text.parse::<lettre::message::Mailbox>().is_ok();
    if channel.from.as_ref().is_some_and(|from| !address(from)) {
        return Err(("from", "is no address; write such as \"Allclear <allclear@example.com>\"".to_owned()));
    }
    if channel.to.len() > RECIPIENTS_MAX || !channel.to.iter().all(|to| address(to)) {
        return Err(("to", format!("must be 1 to {RECIPIENTS_MAX} addresses, such as [\"me@example.com\"]")));
    }
    if channel.username.is_some() != channel.password.is_some() {
        return Err(("password", "and username go together; write both or neither".to_owned()));
    }
    if channel.tls == MailTls::None && !channel.allow_http {
        return Err((
            "tls",
            "is \"none\", so everybody on the way reads along; set \"allowHttp\" if you mean it".to_owned(),
        ));
    }
    Ok(())
}

/// Says what is wrong with an address, without saying the address: it may hold a key.
pub(super) fn check_url(url: &str, allow_http: bool) -> Result<Url, String> {
    let Ok(parsed) = Url::parse(url.trim()) else {
        return Err("is no address; write such as \"https://example.com/path\"".to_owned());
    };
    match parsed.scheme() {
        "https" => {}
        "http" if allow_http => {}
        "http" => return Err("is not encrypted; write https, or set \"allowHttp\"".to_owned()),
        other => return Err(format!("begins with \"{other}:\"; write https")),
    }
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return Err("holds a user name or password; use \"token\"".to_owned());
    }
    Ok(parsed)
}

impl ChannelKind {
    /// The fields it cannot do without, and those it may have.
    const fn fields(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            ChannelKind::Webhook => (&["url"], &["secret"]),
            ChannelKind::Slack | ChannelKind::Discord | ChannelKind::Teams => (&["url"], &[]),
            ChannelKind::Telegram => (&["token", "chatId"], &["url"]),
            ChannelKind::Ntfy => (&["topic"], &["url", "token"]),
            ChannelKind::Gotify => (&["url", "token"], &[]),
            ChannelKind::PagerDuty => (&["routingKey"], &["url"]),
            ChannelKind::Email => (&["host", "from", "to"], &["username", "password"]),
            ChannelKind::Command => (&["command"], &[]),
            ChannelKind::Desktop => (&[], &[]),
        }
    }
}

impl Channel {
    fn has(&self, field: &str) -> bool {
        match field {
            "url" => self.url.is_some(),
            "secret" => self.secret.is_some(),
            "token" => self.token.is_some(),
            "routingKey" => self.routing_key.is_some(),
            "chatId" => self.chat_id.is_some(),
            "topic" => self.topic.is_some(),
            "host" => self.host.is_some(),
            "username" => self.username.is_some(),
            "password" => self.password.is_some(),
            "from" => self.from.is_some(),
            "to" => !self.to.is_empty(),
            "command" => !self.command.is_empty(),
            _ => false,
        }
    }
}
