//! Which addresses anything may be sent to: the public ones, and what the user allows.
//!
//! A channel's address comes from a file, and its host's addresses from whoever answers for its name. Both may name this
//! machine, the network it is in, or the cloud's metadata, which gives keys to whoever asks from within. So every address
//! is judged where the connection is made, after the name was looked up, and nothing is looked up again in between.
//!
//! Denied is what is not known to be public. IPv6 addresses that hold an IPv4 one are judged by it when they are the same
//! host (mapped), and denied when they lead through a translator (NAT64, 6to4, Teredo).

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

const fn v4(a: u8, b: u8, c: u8, d: u8, bits: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), bits)
}

const fn v6(a: u16, b: u16, bits: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0), bits)
}

/// What is not public (IANA's special-purpose registry), and one metadata service that hides among what is.
const DENIED_V4: [Ipv4Net; 17] = [
    v4(0, 0, 0, 0, 8),
    v4(10, 0, 0, 0, 8),
    v4(100, 64, 0, 0, 10),
    v4(127, 0, 0, 0, 8),
    v4(169, 254, 0, 0, 16),
    v4(172, 16, 0, 0, 12),
    v4(192, 0, 0, 0, 24),
    v4(192, 0, 2, 0, 24),
    v4(192, 88, 99, 0, 24),
    v4(192, 168, 0, 0, 16),
    v4(198, 18, 0, 0, 15),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    v4(224, 0, 0, 0, 4),
    v4(240, 0, 0, 0, 4),
    v4(255, 255, 255, 255, 32),
    v4(168, 63, 129, 16, 32),
];

/// All that is given out as public so far; the rest (local, link, mapped, NAT64, multicast) lies outside.
const PUBLIC_V6: Ipv6Net = v6(0x2000, 0, 3);
/// Protocol assignments with Teredo, documentation, 6to4.
const DENIED_V6: [Ipv6Net; 4] = [v6(0x2001, 0, 23), v6(0x2001, 0xdb8, 32), v6(0x2002, 0, 16), v6(0x3fff, 0, 20)];

/// Judges addresses.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    allow: Arc<[IpNet]>,
}

impl Guard {
    #[must_use]
    pub fn new(allow: &[IpNet]) -> Guard {
        Guard { allow: allow.into() }
    }

    /// Whether anything may be sent there.
    #[must_use]
    pub fn permits(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.allow.iter().any(|net| net.contains(&address))
            || match address {
                IpAddr::V4(v4) => !DENIED_V4.iter().any(|net| net.contains(&v4)),
                IpAddr::V6(v6) => PUBLIC_V6.contains(&v6) && !DENIED_V6.iter().any(|net| net.contains(&v6)),
            }
    }

    /// Looks a name up and returns the addresses that may be connected to.
    ///
    /// # Errors
    /// When the name is nobody's, or none of its addresses will do: [`io::ErrorKind::PermissionDenied`] then.
    pub async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        let found: Vec<SocketAddr> = tokio::net::lookup_host((host, port)).await?.collect();
        let known = !found.is_empty();
        let permitted: Vec<SocketAddr> = found.into_iter().filter(|address| self.permits(address.ip())).collect();
        match permitted.is_empty() {
            true if known => Err(io::Error::new(io::ErrorKind::PermissionDenied, Denied)),
            true => Err(io::Error::new(io::ErrorKind::NotFound, "the name has no address")),
            false => Ok(permitted),
        }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            // The client puts the port in.
            let found = Guard::resolve(&guard, name.as_str(), 0).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// The address is not one that may be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this address is not public, and \"allow\" in channels.json does not name it")]
pub struct Denied;

#[cfg(test)]
mod tests {
    use super::*;

    fn check(permitted: bool, allow: &[&str], addresses: &[&str]) {
        let allow: Vec<IpNet> = allow.iter().map(|net| net.parse().expect("a block")).collect();
        for address in addresses {
            let ip: IpAddr = address.parse().expect("an address");
            assert_eq!(Guard::new(&allow).permits(ip), permitted, "{address}");
        }
    }

    #[test]
    fn only_public_addresses_pass() {
        check(true, &[], &["1.1.1.1", "93.184.216.34", "172.15.255.255", "172.32.0.1", "2606:4700:4700::1111"]);
        check(true, &[], &["::ffff:1.1.1.1"]);
        check(
            false,
            &[],
            &[
                "0.0.0.0",
                "10.1.2.3",
                "100.100.100.200",
                "127.0.0.1",
                "127.1.2.3",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.192",
                "192.168.1.1",
                "198.18.0.1",
                "224.0.0.1",
                "255.255.255.255",
                "168.63.129.16",
            ],
        );
        check(
            false,
            &[],
            &[
                "::",
                "::1",
                "::127.0.0.1",
                "::ffff:127.0.0.1",
                "::ffff:169.254.169.254",
                "64:ff9b::a00:1",
                "64:ff9b:1::a00:1",
                "fe80::1",
                "fec0::1",
                "fc00::1",
                "fd00:ec2::254",
                "ff02::1",
                "2002:7f00:1::",
                "2001:0:7f00:1::",
                "2001:db8::1",
                "100::1",
            ],
        );
    }

    #[test]
    fn what_the_user_allows_passes_and_nothing_beside_it() {
        check(true, &["10.0.0.0/8"], &["10.1.2.3", "::ffff:10.1.2.3", "1.1.1.1"]);
        check(false, &["10.0.0.0/8", "127.0.0.1/32"], &["127.0.0.2", "192.168.0.1", "::1"]);
        check(true, &["fd00::/8"], &["fd12::1"]);
    }

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_is_refused_when_it_is_looked_up() {
        let error = Guard::default().resolve("localhost", 80).await.expect_err("is refused");
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
        let allow = ["127.0.0.0/8".parse().expect("a block"), "::1/128".parse().expect("a block")];
        assert!(!Guard::new(&allow).resolve("localhost", 80).await.expect("is allowed").is_empty());
    }
}
