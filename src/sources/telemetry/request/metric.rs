//! Metrics: series of data points, of which only those that count are read.

use std::borrow::Cow;

use super::{Attribute, Item};
use crate::sources::telemetry::message::{Field, Message};

/// A metric: what is counted, and its readings.
#[derive(Debug, Default)]
pub(in crate::sources::telemetry) struct Metric<'a> {
    pub name: Cow<'a, str>,
    pub series: Series<'a>,
}

impl<'a> Item<'a> for Metric<'a> {
    const RESOURCES: &'static str = "resourceMetrics";
    const SCOPES: &'static str = "scopeMetrics";
    const ITEMS: &'static str = "metrics";
}

impl<'a> Message<'a> for Metric<'a> {
    fn number(&self, name: &str) -> u32 {
        match name {
            "name" => 1,
            "gauge" => 5,
            "sum" => 7,
            "histogram" => 9,
            "exponentialHistogram" => 10,
            "summary" => 11,
            _ => 0,
        }
    }

    fn take<F: Field<'a>>(&mut self, number: u32, field: F) -> Result<(), F::Error> {
        let shape = match number {
            1 => {
                self.name = field.scalar()?.text().unwrap_or_default();
                return Ok(());
            }
            5 => Shape::Gauge,
            7 => Shape::Sum,
            9 => Shape::Histogram,
            10 => Shape::ExponentialHistogram,
            11 => Shape::Summary,
            _ => return field.skip(),
        };
        if self.series.shape != shape {
            self.series = Series { shape, ..Series::default() };
        }
        field.message(&mut self.series)
    }
}

/// How readings are written; each shape numbers its fields in its own way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::sources::telemetry) enum Shape {
    #[default]
    None,
    Gauge,
    Sum,
    Histogram,
    ExponentialHistogram,
    Summary,
}

impl Shape {
    const fn attributes(self) -> u32 {
        match self {
            Shape::Histogram => 9,
            Shape::ExponentialHistogram => 1,
            _ => 7,
        }
    }
}

/// The readings of a metric.
#[derive(Debug, Default)]
pub(in crate::sources::telemetry) struct Series<'a> {
    pub shape: Shape,
    pub points: Vec<Point<'a>>,
    pub temporality: i64,
    /// It only grows.
    pub is_monotonic: bool,
}

impl<'a> Message<'a> for Series<'a> {
    fn number(&self, name: &str) -> u32 {
        match name {
            "dataPoints" => 1,
            "aggregationTemporality" => 2,
            "isMonotonic" => 3,
            _ => 0,
        }
    }

    fn take<F: Field<'a>>(&mut self, number: u32, field: F) -> Result<(), F::Error> {
        match number {
            1 => field.list(&mut self.points, || Point::of(self.shape))?,
            2 => self.temporality = field.scalar()?.integer().unwrap_or_default(),
            3 => self.is_monotonic = field.scalar()?.truth().unwrap_or_default(),
            _ => field.skip()?,
        }
        Ok(())
    }
}

/// A reading.
#[derive(Debug)]
pub(in crate::sources::telemetry) struct Point<'a> {
    shape: Shape,
    pub attributes: Vec<Attribute<'a>>,
    pub start_ns: u64,
    pub time_ns: u64,
    /// The sum, when it is a histogram.
    pub value: Option<f64>,
}

impl Point<'_> {
    const fn of(shape: Shape) -> Self {
        Point { shape, attributes: Vec::new(), start_ns: 0, time_ns: 0, value: None }
    }
}

impl<'a> Message<'a> for Point<'a> {
    fn number(&self, name: &str) -> u32 {
        match name {
            "attributes" => self.shape.attributes(),
            "startTimeUnixNano" => 2,
            "timeUnixNano" => 3,
            "asDouble" => 4,
            "sum" => 5,
            "asInt" => 6,
            _ => 0,
        }
    }

    fn take<F: Field<'a>>(&mut self, number: u32, field: F) -> Result<(), F::Error> {
        #[expect(clippy::cast_precision_loss, reason = "counts beyond 2^53 are refused")]
        match (number, self.shape) {
            (2, _) => self.start_ns = field.scalar()?.nanoseconds().unwrap_or_default(),
            (3, _) => self.time_ns = field.scalar()?.nanoseconds().unwrap_or_default(),
            (4, Shape::Sum) => self.value = field.scalar()?.decimal(),
            (6, Shape::Sum) => self.value = field.scalar()?.integer().map(|value| value as f64),
            (5, Shape::Histogram | Shape::ExponentialHistogram) => self.value = field.scalar()?.decimal(),
            (number, shape) if number == shape.attributes() => field.list(&mut self.attributes, Attribute::default)?,
            _ => field.skip()?,
        }
        Ok(())
    }

    fn spoil(&mut self) -> bool {
        true
    }
}
