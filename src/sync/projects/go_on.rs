//! Going on with what a reading of large projects left over, between the runs.

use std::sync::atomic::Ordering;

use crate::sync::engine::{Engine, blocking};
use crate::sync::lock::{self, Acquire};
use crate::sync::quality;

impl Engine {
    /// Reads on where the last reading of large projects stopped: counts open issues and lines, and compares work
    /// trees. Does
    /// nothing when nothing is left, or while a run is in progress, here or elsewhere.
    ///
    /// # Errors
    /// When the lock file cannot be used.
    pub async fn read_on(&self) -> anyhow::Result<()> {
        let is_left = |count: &std::sync::atomic::AtomicUsize| count.load(Ordering::Relaxed) > 0;
        let (files, projects) = (is_left(&self.waiting_files), is_left(&self.waiting_projects));
        if !files && !projects {
            return Ok(());
        }
        let Ok(_running) = self.running.try_lock() else { return Ok(()) };
        let (lock_file, now) = (self.lock_file(), self.clock.now());
        let Acquire::Held(_lock) = blocking(move || lock::acquire(&lock_file, now)).await? else { return Ok(()) };
        if files {
            quality::read_projects(self).await;
        }
        if projects {
            super::read_projects(self).await;
        }
        Ok(())
    }
}
