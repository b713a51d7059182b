//! Which addresses anything may be sent to: the public ones, and what the user allows.
//!
//! A channel's address comes from a file, and its host's addresses from whoever answers for its name. Both may name this
//! machine, the network it is in, or the cloud's metadata, which gives keys to whoever asks from within. So every address
//! is judged where the connection is made, after the name was looked up, and nothing is looked up again in between.
//!
//! So is the port: the web's, and what the user names beside them. A machine that is public may still have a door to what
//! is behind it on another port.
//!
//! Denied is what is not known to be public. IPv6 addresses that hold an IPv4 one are judged by it when they are the same
//! host (mapped), and denied when they lead through a translator (NAT64, 6to4, Teredo).

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::config::{MAIL_PORTS, WEB_PORTS};

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
    ports: Arc<[u16]>,
    names: Names,
}

#[cfg(test)]
type Answers = dyn Fn(&str) -> Vec<IpAddr> + Send + Sync;

/// Who is asked for the addresses of a name.
#[derive(Clone, Default)]
enum Names {
    #[default]
    System,
    /// Somebody who changes their mind.
    #[cfg(test)]
    Given(Arc<Answers>),
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Names::System => "System",
            #[cfg(test)]
            Names::Given(_) => "Given",
        })
    }
}

impl Guard {
    /// Lets pass what is public, and beside it these addresses and ports.
    #[must_use]
    pub fn new(allow: &[IpNet], ports: &[u16]) -> Guard {
        Guard { allow: allow.into(), ports: ports.into(), names: Names::System }
    }

    /// Says why nothing of the web may be sent to a port.
    ///
    /// # Errors
    /// When it is neither the web's nor one the user names.
    pub fn web_port(&self, port: u16) -> Result<(), DeniedPort> {
        self.port(port, &WEB_PORTS)
    }

    /// Says why no mail may be sent to a port.
    ///
    /// # Errors
    /// When it is neither a mail server's nor one the user names.
    pub fn mail_port(&self, port: u16) -> Result<(), DeniedPort> {
        self.port(port, &MAIL_PORTS)
    }

    fn port(&self, port: u16, usual: &[u16]) -> Result<(), DeniedPort> {
        if usual.contains(&port) || self.ports.contains(&port) { Ok(()) } else { Err(DeniedPort(port)) }
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
        let found: Vec<SocketAddr> = match &self.names {
            Names::System => tokio::net::lookup_host((host, port)).await?.collect(),
            #[cfg(test)]
            Names::Given(names) => names(host).into_iter().map(|ip| SocketAddr::new(ip, port)).collect(),
        };
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

/// The port is not one that may be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("port {0} is not one that is sent to; \"ports\" in channels.json can name it")]
pub struct DeniedPort(u16);

#[cfg(test)]
mod tests;
