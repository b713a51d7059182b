//! What is nice to have beside a provider's reports: what ids are called, who used the agent, what was used beside
//! tokens, what credit is left. Without any of it the spend is right all the same, so a failure here is told and fails
//! nothing.

use std::collections::HashMap;

use anyhow::Context;

use super::{HISTORY_DAYS, LOOK_BACK_DAYS, Reading, check_days};
use crate::model::{Cursor, epoch_day};
use crate::sources::http::HttpError;
use crate::sources::openai::beside;
use crate::sources::openrouter::credit;
use crate::sources::provider::{self, DaySpan, MAX_PAGES, Paging, Request};
use crate::sources::{Source, anthropic, openai};

/// Who used the agent is read for so many days the first time; each is a request of its own.
const PEOPLE_DAYS: i32 = 7;

impl Reading<'_> {
    /// Reads it, and returns what is to be said of it: sentences to go behind the step's own.
    pub(super) async fn aside(&self, cursors: &HashMap<String, Cursor>) -> String {
        let (mut said, mut failed) = (String::new(), Vec::new());
        if self.source == Source::OpenRouter {
            match self.credit().await.context("credit") {
                Ok(credit) => said += &format!(". {credit}"),
                Err(error) => failed.push(error),
            }
        }
        if let Err(error) = self.once_a_day(cursors).await {
            failed.push(error);
        }
        for error in failed {
            said += &format!(". Not read beside it: {error:#}");
        }
        said
    }

    async fn once_a_day(&self, cursors: &HashMap<String, Cursor>) -> anyhow::Result<()> {
        let until = |item: &str| cursors.get(item).and_then(|cursor| i32::try_from(cursor.position).ok());
        if until("names") != Some(self.today) {
            self.names().await.context("names")?;
            self.note_read("names", self.today).await?;
        }
        if self.source == Source::Anthropic {
            let first = until("people").map_or(self.today - (PEOPLE_DAYS - 1), |until| until.min(self.today) - 1);
            for day in first..=self.today {
                self.people(day).await.context("who used Claude Code")?;
                self.note_read("people", day).await?;
            }
        }
        if self.source == Source::OpenAi && until("beside tokens") != Some(self.today) {
            for report in beside::Report::ALL {
                self.beside_tokens(report, until(report.item())).await?;
            }
            self.note_read("beside tokens", self.today).await?;
        }
        Ok(())
    }

    async fn note_read(&self, item: &str, day: i32) -> anyhow::Result<()> {
        self.engine.store.note_cursor(self.source.name(), cursor(item, day)).await
    }

    async fn names(&self) -> anyhow::Result<()> {
        match self.source {
            Source::Anthropic => {
                use anthropic::names::{FEED_KEYS, FEED_WORKSPACES, request_keys, request_workspaces};
                self.list(FEED_WORKSPACES, request_workspaces).await?;
                self.list(FEED_KEYS, request_keys).await?;
            }
            Source::OpenAi => {
                use openai::names::{FEED_KEYS, FEED_PROJECTS, request_keys, request_projects};
                for project in self.list(FEED_PROJECTS, request_projects).await? {
                    self.list(FEED_KEYS, |after| request_keys(&project, after)).await?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Reads a whole list of names, stores it, and returns the ids.
    async fn list(&self, feed: &'static str, request: impl Fn(Option<&str>) -> Request) -> anyhow::Result<Vec<String>> {
        let mut paging = Paging::new(feed, MAX_PAGES);
        let (mut cursor, mut names) = (None, Vec::new());
        loop {
            let page = provider::parse_names(feed, &self.ask(&request(cursor.as_deref())).await?)?;
            names.extend(page.names);
            cursor = paging.follow(page.next)?;
            if cursor.is_none() {
                break;
            }
        }
        self.engine.store.note_names(self.source.name(), &names).await?;
        Ok(names.into_iter().map(|(id, _)| id).collect())
    }

    async fn people(&self, day: i32) -> anyhow::Result<()> {
        use anthropic::claude_code::{FEED, parse, request};
        let mut paging = Paging::new(FEED, MAX_PAGES);
        let (mut cursor, mut people) = (None, Vec::new());
        loop {
            let page = parse(&self.ask(&request(day, cursor.as_deref())).await?)?;
            let days = page.people.iter().map(|person| epoch_day(person.date));
            check_days(FEED, days, DaySpan { first: day, last: day })?;
            people.extend(page.people);
            cursor = paging.follow(page.next)?;
            if cursor.is_none() {
                break;
            }
        }
        self.engine.store.replace_people(self.source.name(), day, &people).await
    }

    /// Reads the finished days of one report that counts in another unit than tokens. An organisation that does not
    /// have what the report is about may be refused it.
    async fn beside_tokens(&self, report: beside::Report, until: Option<i32>) -> anyhow::Result<()> {
        let last = self.today - 1;
        let first = until.map_or(self.today - (HISTORY_DAYS - 1), |until| until.min(last) - (LOOK_BACK_DAYS - 1));
        let span = DaySpan { first, last };
        let mut pages = provider::Pages::of_whole_days(report.feed());
        let mut page = None;
        loop {
            let bytes = match self.ask(&beside::request(report, span, page.as_deref())).await {
                Ok(bytes) => bytes,
                Err(error) if is_not_offered(&error) => {
                    tracing::debug!("{} is not there: {error:#}", report.feed());
                    return Ok(());
                }
                Err(error) => return Err(error.context(report.feed())),
            };
            let answer = beside::parse(report, &bytes)?;
            check_days(report.feed(), answer.buckets.iter().map(|bucket| bucket.day), span)?;
            page = pages.take(answer)?;
            if page.is_none() {
                break;
            }
        }
        let count = |counted: &[beside::Counted]| counted.iter().map(|counted| counted.0).sum();
        let days: Vec<(i32, u64)> =
            pages.into_buckets().iter().map(|bucket| (bucket.day, count(&bucket.facts))).collect();
        let cursor = cursor(report.item(), last);
        self.engine.store.replace_beside(self.source.name(), report.unit(), &days, cursor).await
    }

    /// Asks what credit is left, in words.
    async fn credit(&self) -> anyhow::Result<String> {
        let left = credit::parse_credits(&self.ask(&credit::request_credits()).await?)?;
        let limit = credit::parse_key(&self.ask(&credit::request_key()).await?)?;
        Ok(credit::told(left, limit))
    }
}

fn cursor(item: &str, day: i32) -> Cursor {
    Cursor { item: item.to_owned(), position: i64::from(day), stamp: String::new() }
}

/// A refusal of this very request: the key was good enough for the reports before it.
fn is_not_offered(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref::<HttpError>(), Some(HttpError::Forbidden { .. } | HttpError::Refused { .. }))
}
