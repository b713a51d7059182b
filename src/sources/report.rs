//! The reports a provider is read by: what each is called, how it is asked for, and how its pages come.

use super::provider::{BilledCost, DaySpan, FeedError, Page, Request};
use super::{Source, anthropic, litellm, openai, openrouter};
use crate::model::UsageEvent;

/// A page of a report.
pub enum Facts {
    Used(Page<UsageEvent>),
    Billed(Page<BilledCost>),
}

/// How a report's pages are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pages {
    /// Between days: each page can be stored as it comes.
    WholeDays,
    /// Anywhere, and days without usage are left out: it is asked for by weeks, and each is stored as a whole.
    ByWeek,
    /// One answer with everything it has: the last thirty finished days.
    LastThirtyDays,
}

/// One report of one provider.
pub struct Report {
    /// Its name in the cursor and in the keys of its facts.
    pub item: &'static str,
    /// What people call it.
    pub feed: &'static str,
    pub pages: Pages,
    pub request: fn(DaySpan, Option<&str>) -> Request,
    pub parse: fn(&[u8]) -> Result<Facts, FeedError>,
}

/// The reports of a provider, in the order they are read: usage first, so that a bill finds what it is about.
#[must_use]
pub const fn reports(source: Source) -> &'static [Report] {
    match source {
        Source::Anthropic => &ANTHROPIC,
        Source::OpenAi => &OPENAI,
        Source::OpenRouter => &OPENROUTER,
        Source::LiteLlm => &LITELLM,
        Source::ClaudeCode | Source::Manual | Source::TelemetryEvents | Source::TelemetryMetrics | Source::Import => {
            &[]
        }
    }
}

const ANTHROPIC: [Report; 2] = [
    Report {
        item: "usage",
        feed: anthropic::usage::FEED,
        pages: Pages::WholeDays,
        request: anthropic::usage::request,
        parse: |bytes| anthropic::usage::parse(bytes).map(Facts::Used),
    },
    Report {
        item: "cost",
        feed: anthropic::cost::FEED,
        pages: Pages::WholeDays,
        request: anthropic::cost::request,
        parse: |bytes| anthropic::cost::parse(bytes).map(Facts::Billed),
    },
];

const OPENAI: [Report; 4] = [
    Report {
        item: "completions",
        feed: openai::usage::Report::Completions.feed(),
        pages: Pages::WholeDays,
        request: |span, page| openai::usage::request(openai::usage::Report::Completions, span, page),
        parse: |bytes| openai::usage::parse(openai::usage::Report::Completions, bytes).map(Facts::Used),
    },
    Report {
        item: "embeddings",
        feed: openai::usage::Report::Embeddings.feed(),
        pages: Pages::WholeDays,
        request: |span, page| openai::usage::request(openai::usage::Report::Embeddings, span, page),
        parse: |bytes| openai::usage::parse(openai::usage::Report::Embeddings, bytes).map(Facts::Used),
    },
    Report {
        item: "moderations",
        feed: openai::usage::Report::Moderations.feed(),
        pages: Pages::WholeDays,
        request: |span, page| openai::usage::request(openai::usage::Report::Moderations, span, page),
        parse: |bytes| openai::usage::parse(openai::usage::Report::Moderations, bytes).map(Facts::Used),
    },
    Report {
        item: "cost",
        feed: openai::costs::FEED,
        pages: Pages::WholeDays,
        request: openai::costs::request,
        parse: |bytes| openai::costs::parse(bytes).map(Facts::Billed),
    },
];

const OPENROUTER: [Report; 1] = [Report {
    item: "activity",
    feed: openrouter::FEED,
    pages: Pages::LastThirtyDays,
    request: |_, _| openrouter::request(None),
    parse: |bytes| openrouter::parse(bytes).map(Facts::Used),
}];

const LITELLM: [Report; 1] = [Report {
    item: "activity",
    feed: litellm::FEED,
    pages: Pages::ByWeek,
    request: litellm::request,
    parse: |bytes| litellm::parse(bytes).map(Facts::Used),
}];
