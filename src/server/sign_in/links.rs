//! Who may reach the dashboard before anybody has signed in: the machine alone, or nobody but the holder of a link that
//! works once.

use anyhow::bail;

use super::random::{hash_of, secret};
use crate::config::Environment;
use crate::store::Store;

/// How long a link works.
const LINK_MS: i64 = 30 * 60 * 1000;

/// What is said when the dashboard may not start as it was asked to.
const REACH: &str = "\
put a reverse proxy with HTTPS before it and name the proxy's network (--trusted-proxy 10.0.0.0/8), or listen on this \
machine only (ALLCLEAR_ADDR=127.0.0.1:3000); in a network you trust, --insecure-http sends passwords unencrypted";

/// How people reach a dashboard that starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// From this machine; open until there is a user.
    ThisMachine,
    /// From elsewhere, by signing in.
    SignedIn,
    /// From elsewhere, and there is no user yet.
    SetUp,
}

/// Whether others than this machine may reach the dashboard.
pub(in crate::server) fn is_exposed(environment: &Environment) -> bool {
    !environment.addr.ip().to_canonical().is_loopback()
        || !environment.trusted_proxies.is_empty()
        || environment.allowed_hosts.iter().any(|host| !is_local(host))
}

fn is_local(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    matches!(host, "localhost" | "127.0.0.1" | "[::1]") || host.ends_with(".localhost")
}

/// Judges how a dashboard is to be reached.
///
/// # Errors
/// When others could reach it without signing in, or only by sending passwords unencrypted: a sentence with the remedy.
pub(crate) async fn reach(store: &Store, environment: &Environment, insecure_http: bool) -> anyhow::Result<Reach> {
    let has_users = store.has_users().await?;
    let off_loopback = !environment.addr.ip().to_canonical().is_loopback();
    if off_loopback && environment.trusted_proxies.is_empty() && !insecure_http {
        let who = if has_users { "" } else { "nobody can sign in yet (allclear users add NAME --role admin), and " };
        bail!(
            "listening on {}, others could reach the dashboard: {who}it has no HTTPS of its own; {REACH}",
            environment.addr
        );
    }
    Ok(match (is_exposed(environment), has_users) {
        (false, _) => Reach::ThisMachine,
        (true, true) => Reach::SignedIn,
        (true, false) => Reach::SetUp,
    })
}

/// Makes a link that works once, for half an hour, and returns its key. `user_name` is empty for the first user.
///
/// # Errors
/// When the database cannot be written.
pub(crate) async fn new_link(store: &Store, user_name: &str, now_ms: i64) -> anyhow::Result<String> {
    let key = secret()?;
    store.put_link(&hash_of(&key), user_name, now_ms.saturating_add(LINK_MS)).await?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(addr: &str, hosts: &[&str], proxies: &[&str]) -> Environment {
        Environment {
            data_dir: std::path::PathBuf::new(),
            addr: addr.parse().expect("an address"),
            allowed_hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
            trusted_proxies: proxies.iter().map(|net| net.parse().expect("a network")).collect(),
            zone: None,
            working_folder: None,
        }
    }

    #[test]
    fn whoever_is_not_this_machine_makes_it_exposed() {
        for mine in [environment("127.0.0.1:3000", &[], &[]), environment("[::1]:3000", &["dash.localhost"], &[])] {
            assert!(!is_exposed(&mine), "{mine:?}");
        }
        for elsewhere in [
            environment("0.0.0.0:3000", &[], &[]),
            environment("192.168.0.2:3000", &[], &[]),
            environment("127.0.0.1:3000", &["dash.example"], &[]),
            environment("127.0.0.1:3000", &[], &["127.0.0.1/32"]),
        ] {
            assert!(is_exposed(&elsewhere), "{elsewhere:?}");
        }
    }

    #[tokio::test]
    async fn off_this_machine_it_starts_only_behind_a_proxy_or_when_told_that_http_is_fine() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).await.expect("opens");
        let everywhere = environment("0.0.0.0:3000", &[], &[]);
        let refused = reach(&store, &everywhere, false).await.expect_err("is refused").to_string();
        for part in ["0.0.0.0:3000", "users add", "--trusted-proxy", "--insecure-http"] {
            assert!(refused.contains(part), "{part}: {refused}");
        }
        assert_eq!(reach(&store, &everywhere, true).await.expect("starts"), Reach::SetUp);
        let behind = environment("0.0.0.0:3000", &[], &["10.0.0.0/8"]);
        assert_eq!(reach(&store, &behind, false).await.expect("starts"), Reach::SetUp);
        let here = environment("127.0.0.1:3000", &[], &[]);
        assert_eq!(reach(&store, &here, false).await.expect("starts"), Reach::ThisMachine);
        let admin = super::super::new_user("ada", crate::model::Role::Admin, 0);
        store.add_user(&admin).await.expect("adds");
        assert_eq!(reach(&store, &behind, false).await.expect("starts"), Reach::SignedIn);
        assert!(reach(&store, &everywhere, false).await.is_err(), "passwords would go unencrypted");
    }
}
