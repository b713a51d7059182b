//! Records of a log: events.

use std::borrow::Cow;

use super::{Attribute, Item, Value};
use crate::sources::telemetry::message::{Field, Message};

/// Something that happened.
#[derive(Debug, Default)]
pub(in crate::sources::telemetry) struct Record<'a> {
    pub time_ns: u64,
    pub observed_ns: u64,
    pub body: Value<'a>,
    pub attributes: Vec<Attribute<'a>>,
    pub event_name: Cow<'a, str>,
}

impl<'a> Item<'a> for Record<'a> {
    const RESOURCES: &'static str = "resourceLogs";
    const SCOPES: &'static str = "scopeLogs";
    const ITEMS: &'static str = "logRecords";
}

impl<'a> Message<'a> for Record<'a> {
    fn number(&self, name: &str) -> u32 {
        match name {
            "timeUnixNano" => 1,
            "body" => 5,
            "attributes" => 6,
            "observedTimeUnixNano" => 11,
            "eventName" => 12,
            _ => 0,
        }
    }

    fn take<F: Field<'a>>(&mut self, number: u32, field: F) -> Result<(), F::Error> {
        match number {
            1 => self.time_ns = field.scalar()?.nanoseconds().unwrap_or_default(),
            5 => field.message(&mut self.body)?,
            6 => field.list(&mut self.attributes, Attribute::default)?,
            11 => self.observed_ns = field.scalar()?.nanoseconds().unwrap_or_default(),
            12 => self.event_name = field.scalar()?.text().unwrap_or_default(),
            _ => field.skip()?,
        }
        Ok(())
    }
}
