//! A chart as the server ships it: ECharts option JSON, and the same numbers as a table.

use serde::{Deserialize, Serialize};

/// One chart, ready to draw. Colours are named `var(--c1)`…; the browser fills in the theme's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart {
    /// What it shows, in words, for those who cannot see it.
    pub label: String,
    /// ECharts option JSON.
    pub option: String,
    /// Series names, in the order of the colours.
    pub legend: Vec<String>,
    pub columns: Vec<String>,
    /// Formatted cells; the first is the row's header.
    pub rows: Vec<Vec<String>>,
}
