//! How other machines reach this dashboard, and what they have to be told for that.

use std::net::IpAddr;
use std::path::Path;

/// Where this dashboard is.
#[derive(Clone, Debug)]
pub(super) struct Hub {
    /// As it was asked: what runs on this machine reaches it there.
    pub here: String,
    /// For other machines; a name stands in for the address of one that is asked as this machine itself.
    pub there: String,
    /// Whether other machines reach it at all.
    pub is_reached: bool,
    /// The data folder.
    pub data: String,
}

impl Hub {
    /// `address` is the one of the request: `http://127.0.0.1:3000`.
    pub(super) fn new(address: &str, data_dir: &Path) -> Hub {
        let (scheme, host) = address.split_once("://").unwrap_or(("http", address));
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (name, format!(":{port}")),
            _ => (host, String::new()),
        };
        let is_own = match name.trim_matches(['[', ']']).parse::<IpAddr>() {
            Ok(ip) => ip.is_loopback() || ip.is_unspecified(),
            Err(_) => name.is_empty() || name.eq_ignore_ascii_case("localhost"),
        };
        Hub {
            here: format!("{scheme}://{host}"),
            there: if is_own { format!("{scheme}://HOST{port}") } else { format!("{scheme}://{host}") },
            is_reached: !is_own,
            data: data_dir.display().to_string(),
        }
    }

    /// What a machine runs to push.
    pub(super) fn push(&self) -> String {
        format!("allclear push --to {} --token-file ~/.allclear-token --every 5m", self.there)
    }

    /// What has to be set where Claude Code is started on this machine, for its telemetry to come here.
    pub(super) fn telemetry_here(&self) -> String {
        telemetry_to(&self.here)
    }

    /// The same on another machine, with its token.
    pub(super) fn telemetry_there(&self, token: &str) -> String {
        format!("{}\nexport OTEL_EXPORTER_OTLP_HEADERS=\"Authorization=Bearer {token}\"", telemetry_to(&self.there))
    }
}

fn telemetry_to(address: &str) -> String {
    format!(
        "export CLAUDE_CODE_ENABLE_TELEMETRY=1\nexport OTEL_LOGS_EXPORTER=otlp\nexport OTEL_METRICS_EXPORTER=otlp\n\
         export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf\nexport OTEL_EXPORTER_OTLP_ENDPOINT={address}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_machines_are_never_told_to_ask_themselves() {
        for (address, there, is_reached) in [
            ("http://127.0.0.1:3000", "http://HOST:3000", false),
            ("http://localhost", "http://HOST", false),
            ("http://[::1]:3000", "http://HOST:3000", false),
            ("http://0.0.0.0:80", "http://HOST:80", false),
            ("", "http://HOST", false),
            ("https://hub.example.com", "https://hub.example.com", true),
            ("http://192.168.1.7:3000", "http://192.168.1.7:3000", true),
        ] {
            let hub = Hub::new(address, Path::new("/srv/data"));
            assert_eq!((hub.there.as_str(), hub.is_reached), (there, is_reached), "{address}");
            assert!(hub.push().contains(there) && hub.telemetry_there("acm_1").contains(there), "{hub:?}");
        }
    }
}
