//! `allclear serve`: the dashboard, and the schedule that keeps it current.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use chrono::Utc;

use crate::config::ConfigStore;
use crate::server::{App, Reach, new_link, reach, router, shutdown, site_options};
use crate::sources::access::Access;
use crate::store::Store;
use crate::store::documents::sweep;
use crate::sync::{Clock, Engine, Instance, keep_current, keep_orders_live, keep_telling, keep_time, watch_logs};

#[derive(Debug, Default, clap::Args)]
pub(super) struct Args {
    /// Serve the pages only; sync when asked
    #[arg(long)]
    no_schedule: bool,
    /// Let others reach the dashboard without HTTPS: passwords go unencrypted
    #[arg(long, env = "ALLCLEAR_INSECURE_HTTP", value_parser = clap::builder::FalseyValueParser::new(), action = clap::ArgAction::SetTrue)]
    insecure_http: bool,
}

pub(super) async fn run(config: Arc<ConfigStore>, args: Args) -> anyhow::Result<ExitCode> {
    let addr = config.environment.addr;
    let data_dir = config.environment.data_dir.clone();
    let _instance = if args.no_schedule { None } else { Some(Instance::claim(&data_dir, Utc::now())?) };
    if _instance.is_some() {
        sweep(&data_dir);
    }
    let store = Store::open(&data_dir).await?;
    let reach = reach(&store, &config.environment, args.insecure_http).await?;
    let listener = tokio::net::TcpListener::bind(addr).await.with_context(|| {
        format!("listening on {addr}; is another program there? ALLCLEAR_ADDR names another address")
    })?;
    let addr = listener.local_addr()?;
    let engine = Arc::new(Engine::new(store, config.clone(), Clock::system(), Access::Environment).await?);
    let set_up = match reach {
        Reach::SetUp => Some(new_link(&engine.store, "", engine.clock.now().timestamp_millis()).await?),
        Reach::ThisMachine | Reach::SignedIn => None,
    };
    let app = App { engine: engine.clone(), leptos: site_options(addr) };
    tracing::info!(%addr, "Allclear is at http://{addr}");
    if args.insecure_http && !addr.ip().is_loopback() {
        tracing::warn!("passwords go over the network unencrypted (--insecure-http)");
    }
    if let Some(key) = set_up {
        let base = config.current().sign_in.public_url.clone().unwrap_or_else(|| format!("http://{addr}"));
        let base = base.trim_end_matches('/');
        super::say(&format!(
            "Nobody can sign in yet. Make the first user within 30 minutes, at an address that reaches this machine:\n  \
             {base}/setup?key={key}\nLater: restart, or run: allclear users add NAME --role admin"
        ));
    }
    let mut work = vec![
        tokio::spawn(keep_current(engine.clone())),
        tokio::spawn(keep_telling(engine.clone())),
        tokio::spawn(keep_orders_live(engine.clone())),
    ];
    if !args.no_schedule {
        work.push(tokio::spawn(keep_time(engine.clone(), true)));
        work.push(tokio::spawn(watch_logs(engine.clone())));
    }
    let stop = {
        let engine = engine.clone();
        async move {
            shutdown::signal().await;
            engine.stop();
        }
    };
    let mut stopping = engine.stopping();
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    let served = tokio::spawn(async move { axum::serve(listener, service).with_graceful_shutdown(stop).await });
    let _ = stopping.wait_for(|stop| *stop).await;
    work.push(tokio::spawn(async move {
        if let Ok(Err(error)) = served.await {
            tracing::error!("the web server failed: {error}");
        }
    }));
    shutdown::drain(&engine, work).await;
    Ok(ExitCode::SUCCESS)
}
