//! What a reverse proxy says of a request, and whether it is believed: only when it is one of those that were named.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;

const FORWARDED_FOR: &str = "x-forwarded-for";
/// What only a proxy sets.
const FORWARDED: [&str; 5] = [FORWARDED_FOR, "x-forwarded-host", "x-real-ip", "forwarded", "via"];

/// Whether the other end of the connection is one of these proxies.
pub(super) fn is_trusted(ip: IpAddr, proxies: &[IpNet]) -> bool {
    proxies.iter().any(|net| net.contains(&ip.to_canonical()))
}

/// The address a request comes from: the last one that is none of our proxies.
pub(super) fn address(peer: Option<SocketAddr>, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let peer = peer.map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.ip().to_canonical());
    if !is_trusted(peer, proxies) {
        return peer;
    }
    let said: Vec<&str> = headers
        .get_all(FORWARDED_FOR)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|v| v.split(','))
        .collect();
    let mut last = peer;
    for text in said.iter().rev() {
        let Ok(ip) = text.trim().parse::<IpAddr>() else { break };
        last = ip.to_canonical();
        if !is_trusted(last, proxies) {
            break;
        }
    }
    last
}

/// Whether a request came through a proxy, as far as it says so.
pub(in crate::server) fn is_forwarded(headers: &HeaderMap) -> bool {
    FORWARDED.iter().any(|name| headers.contains_key(*name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(peer: &str, forwarded: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(FORWARDED_FOR, forwarded.parse().expect("a value"));
        let proxies = ["10.0.0.0/8".parse().expect("a network")];
        address(Some(peer.parse().expect("an address")), &headers, &proxies).to_string()
    }

    #[test]
    fn a_header_counts_only_from_a_proxy_and_only_as_far_as_proxies_wrote_it() {
        assert_eq!(of("192.0.2.9:1", "198.51.100.1"), "192.0.2.9", "a stranger's word");
        assert_eq!(of("10.0.0.1:1", "198.51.100.1"), "198.51.100.1");
        assert_eq!(
            of("10.0.0.1:1", "1.2.3.4, 198.51.100.1, 10.0.0.2"),
            "198.51.100.1",
            "what the client wrote before it"
        );
        assert_eq!(of("10.0.0.1:1", "nonsense"), "10.0.0.1");
        assert_eq!(of("[::ffff:10.0.0.1]:1", "198.51.100.1"), "198.51.100.1");
    }
}
