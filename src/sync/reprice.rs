//! Changed prices, taken over at once: every stored cost again, and the pages with it. No source is read.
//!
//! The next run would do the same. This is for the person who has just entered a price and looks at the numbers.

use std::sync::Arc;

use anyhow::Context;

use super::compute::compute;
use super::engine::{Engine, blocking};
use super::judge::Judge;
use super::lock::{self, Acquire};
use super::publish;
use crate::model::Trigger;
use crate::sources::Source;

/// When changed prices count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repriced {
    Now,
    /// A run is in progress, here or in another process. It may take long, and nobody waits for it in front of a form.
    WithTheNextRun,
}

impl Engine {
    /// Reads the configuration again, computes every stored cost with its prices, and publishes. Like a run, it goes on
    /// to its end when the caller goes away.
    ///
    /// # Errors
    /// When the database or the published file cannot be written; the next run tries again.
    pub async fn reprice(self: &Arc<Self>) -> anyhow::Result<Repriced> {
        let engine = self.clone();
        tokio::spawn(async move { engine.reprice_here().await }).await.context("repricing ended abnormally")?
    }

    async fn reprice_here(&self) -> anyhow::Result<Repriced> {
        // A look at a grown log is not announced, and takes milliseconds: that one is waited for.
        let announced = self.live.borrow().running.is_some();
        let running = if announced { self.running.try_lock().ok() } else { Some(self.running.lock().await) };
        if running.is_none() {
            return Ok(Repriced::WithTheNextRun);
        }
        let (lock_file, now) = (self.lock_file(), self.clock.now());
        let lock = match blocking(move || lock::acquire(&lock_file, now)).await? {
            Acquire::Held(lock) => lock,
            Acquire::Busy(_) => return Ok(Repriced::WithTheNextRun),
        };
        let config = self.config.clone();
        blocking(move || Ok(config.reload())).await?;
        let config = self.config.current();
        for source in Source::ALL {
            Judge::new(&config, source).refresh(&self.store).await?;
        }
        let _publishing = self.publishing.lock().await;
        let number = self.snapshot().number + 1;
        let snapshot = compute(&self.store, &self.config, self.clock.now(), number).await?;
        // As after a quick look: the archive follows with the next run.
        publish::publish(self, &snapshot, Trigger::Watch, now).await?;
        self.show(snapshot);
        drop((lock, running));
        Ok(Repriced::Now)
    }
}
