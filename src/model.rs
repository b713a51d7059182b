//! The words of the product as plain data: what a fact, a window, a run is.
//!
//! Compiled for both sides of the wire. Types here are serde-able, have small total methods, and never do IO, read a
//! clock or panic on any value.

mod alert;
mod alerts_file;
mod amount;
mod analytics;
mod beside;
mod billed;
mod budget;
mod cents;
mod change;
mod chart;
mod client;
mod currency;
mod decimal;
mod fingerprint;
mod health;
mod machine;
mod mapping;
mod model_name;
mod money;
mod order;
mod origin;
mod period;
mod person;
mod project;
mod push;
mod quality;
mod rates;
mod revenue;
mod role;
mod said;
mod scope;
pub mod settings;
mod sighting;
mod span;
mod spend;
mod sync;
mod task_log;
mod telemetry;
mod time;
mod tokens;
mod usage;
mod what_if;
mod window;

pub use alert::{
    ActiveAlert, Alert, AlertLevel, AlertRecord, AlertState, AlertType, Delivery, DeliveryState, Notification,
    PastAlert,
};
pub use alerts_file::{AlertRules, AlertsFile, Percent, QuietHours, Threshold, clock};
pub use amount::grouped;
pub use analytics::{
    Analytics, Breakdown, DaySpend, Freshness, FreshnessState, HourSpend, NO_CLIENT, NO_MACHINE, PreviousWindow,
    TopSession, WindowStats,
};
pub use beside::{BesideTokens, Unit};
pub use billed::{BilledRow, Overlap, Revision};
pub use budget::{
    Amount, Budget, BudgetDay, BudgetFile, BudgetStanding, Budgets, Forecast, GLOBAL_BUDGET, NamedBudget,
    PeriodForecast, Severity,
};
pub use cents::Cents;
pub use change::{Anomaly, Change, Driver, DriverKind};
pub use chart::{Chart, ChartHeight};
pub use client::{
    Client, ClientDraft, ClientLive, ClientPhase, ClientProgress, ClientStanding, DiagnosedDay, Resync, client_key,
};
pub use currency::{CURRENCY_FILE, Currency, CurrencyFile, PerUsd, RATES_MAX, Rate, Shown, Steps};
pub use decimal::Decimal;
pub use fingerprint::fingerprint;
pub use health::{ActionCategory, Health, NextAction, Priority, Reason};
pub use machine::{IMPORT_MACHINE, Machine, NO_MEMBER, SessionTag, TELEMETRY_MACHINE};
pub use mapping::{Mapping, ProjectsFile, plain_remote};
pub use model_name::{ModelStep, canonical_model, normal_model, shorter_model};
pub use money::Usd;
pub use order::{
    Adjustment, AdjustmentKind, Contact, ContactBook, ContactLink, ContactScore, Customer, DaySums, HourSums,
    INVOICE_SOURCE, ItemSums, Order, OrderAmounts, OrderFilter, OrderItem, OrderPage, OrderPayment, OrderRow,
    OrderSort, OrderState, OrderSums, PaymentSums, Taken, Whose, plain_email, plain_phone,
};
pub use origin::{Origin, Provider};
pub use period::Period;
pub use person::PersonDay;
pub use project::{
    Commit, FolderFacts, GitFacts, HEAD_UNREADABLE, INTERNAL_CLIENT, Language, MergedBranch, NOT_COMPARED, Project,
    ProjectChoices, ProjectStatus, Tag, title,
};
pub use push::PushSubscription;
pub use quality::{
    Advisories, Coverage, Evidence, Lighthouse, LintCounts, Markers, Measure, PublishedCoverage, PublishedQuality,
    QualityDay, QualityEntry, Ratio, STALE_AFTER_DAYS, TechDebt, TestCounts, hundredths, percent_of,
};
pub use rates::{ModelRates, Rates, TokenRates};
pub use revenue::RevenueStep;
pub use role::{Role, TokenScope, Who};
pub use said::Said;
pub use scope::Scope;
pub use sighting::{escaped, is_shadow, message_prefix, push_sighting_key, rank};
pub use span::{Compare, Span, SpanKind, SpanQuery};
pub use spend::{CostByBasis, Spend, Unpriced};
pub use sync::{LiveState, RunStatus, Running, StepStatus, SyncRun, SyncStatusFile, SyncStep, Trigger};
pub use task_log::TaskLog;
pub use telemetry::{Counted, Reading, Readings, TokenKind};
pub use time::Moment;
pub use tokens::{Tokens, compact};
pub use usage::{
    Basis, Batch, Cursor, QuarterRow, Replaces, RollupRow, SessionRow, UsageEvent, epoch_day, from_epoch_day,
};
pub use what_if::{BreakEven, Cube, CubeModel, CubeSource, Outcome, WhatIf};
pub use window::{DateRange, Window};
