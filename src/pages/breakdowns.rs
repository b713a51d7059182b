//! Ways to break spend down that several pages share: by machine and by person, wherever there are more than one.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::components::{Share, ShareTable};

/// One way to break the spend down.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breakdowns {
    pub title: String,
    pub column: String,
    /// What must be known about the numbers; may be empty.
    pub note: String,
    pub rows: Vec<Share>,
    /// The query of the same table to take away; empty where there is none.
    pub exports: String,
}

/// Draws them two beside each other.
pub(super) fn breakdowns(parts: Vec<Breakdowns>) -> AnyView {
    let tables = parts.into_iter().map(|part| {
        view! { <ShareTable title=part.title column=part.column rows=part.rows note=part.note exports=part.exports /> }
    });
    let tables = tables.collect_view();
    view! { <div class="two">{tables}</div> }.into_any()
}

#[cfg(feature = "ssr")]
pub(super) mod build {
    use std::collections::BTreeMap;

    use super::Breakdowns;
    use crate::model::{Breakdown, NO_MACHINE, NO_MEMBER, Shown, WindowStats};
    use crate::pages::shares::shares;

    /// Rows of a breakdown; more is for an export.
    const TOP: usize = 12;

    /// Returns one breakdown of a span; `exports` is the query of the span's export, `key` the name of this part in it.
    pub(in crate::pages) fn breakdown(
        [title, column, key]: [&str; 3],
        stats: &WindowStats,
        by: &BTreeMap<String, Breakdown>,
        shown: Shown,
        exports: &str,
        label: impl Fn(&str) -> String,
    ) -> Breakdowns {
        Breakdowns {
            title: title.to_owned(),
            column: column.to_owned(),
            note: String::new(),
            rows: shares(shown, by, stats.total_cost, label, TOP),
            exports: format!("{exports}&by={key}"),
        }
    }

    /// Returns those by machine and by person, where there is anything to tell apart.
    pub(in crate::pages) fn of_team(stats: &WindowStats, shown: Shown, exports: &str) -> Vec<Breakdowns> {
        let mut parts = Vec::new();
        let own = str::to_owned;
        // What a provider reports is from no machine, and a single one tells nothing apart.
        if stats.by_machine.keys().filter(|machine| *machine != NO_MACHINE).count() > 1 {
            let words = ["Cost by machine", "Machine", "machine"];
            parts.push(breakdown(words, stats, &stats.by_machine, shown, exports, own));
        }
        if stats.by_member.keys().any(|member| member != NO_MEMBER) {
            let words = ["Cost by team member", "Person", "person"];
            let note = "The person of a machine, or of a session of telemetry.".to_owned();
            parts.push(Breakdowns { note, ..breakdown(words, stats, &stats.by_member, shown, exports, own) });
        }
        parts
    }
}
