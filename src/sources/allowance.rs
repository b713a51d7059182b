//! How many files of large trees one reading may look at: what is left over has its turn in the next one.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Shared by the projects that are read side by side.
#[derive(Debug)]
pub struct Allowance(AtomicUsize);

impl Allowance {
    #[must_use]
    pub const fn of(files: usize) -> Allowance {
        Allowance(AtomicUsize::new(files))
    }

    #[must_use]
    pub(in crate::sources) fn is_used_up(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }

    /// Takes so many files; false when there is nothing left. The last one to take may overdraw: a folder is searched as
    /// a whole, and one that is larger than every allowance has its turn too.
    pub(in crate::sources) fn take(&self, files: usize) -> bool {
        let rest = |left: usize| (left > 0).then(|| left.saturating_sub(files));
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, rest).is_ok()
    }
}
