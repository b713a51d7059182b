//! Going on with what a reading of large projects left over, between the runs.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::engine::{Engine, blocking};
use super::lock::{self, Acquire};
use super::{projects, quality};

impl Engine {
    /// Reads on where the last reading of large projects stopped: counts open issues and lines, and compares work
    /// trees. Does
    /// nothing when nothing is left, or while a run is in progress, here or elsewhere.
    ///
    /// # Errors
    /// When the lock file cannot be used.
    pub async fn read_on(&self) -> anyhow::Result<()> {
        let is_left = |count: &AtomicUsize| count.load(Ordering::Relaxed) > 0;
        let (files, large) = (is_left(&self.waiting_files), is_left(&self.waiting_projects));
        if !files && !large {
            return Ok(());
        }
        let Ok(_running) = self.running.try_lock() else { return Ok(()) };
        let (lock_file, now) = (self.lock_file(), self.clock.now());
        let Acquire::Held(_lock) = blocking(move || lock::acquire(&lock_file, now)).await? else { return Ok(()) };
        if files {
            quality::read_projects(self).await;
        }
        if large {
            projects::read_projects(self).await;
        }
        Ok(())
    }
}
