//! What logs estimate, providers report and bills charge, day by day: the three never agree to the cent, and this is
//! where one sees by how much, and why.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::components::ChartCard;
use crate::model::Chart;

#[cfg(feature = "ssr")]
pub(super) use build::comparisons;

/// One provider, finished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    pub provider: String,
    /// Newest first.
    pub days: Vec<ComparedDay>,
    pub total: ComparedDay,
    /// The same days, drawn; none of a single day.
    pub chart: Option<Chart>,
}

/// A day, or all of them; what is not known is a dash.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparedDay {
    pub day: String,
    /// Why they differ.
    pub notes: String,
    pub logs: String,
    pub usage: String,
    pub billed: String,
    pub difference: String,
}

pub(super) fn comparison(compared: Comparison) -> AnyView {
    let name = format!("Estimate, usage and bill: {}", compared.provider);
    let title = format!("Estimate and bill: {}", compared.provider);
    let chart = compared.chart.map(|chart| view! { <ChartCard title=title chart>""</ChartCard> });
    let rows = compared.days.into_iter().map(row).collect_view();
    view! {
        {chart}
        <section class="card">
            <header><h2>{name.clone()}</h2></header>
            <p class="mute">
                "Logs and usage are tokens times list prices. The difference is the bill less the usage, or less the logs "
                "where the provider reports no usage, on days that have both."
            </p>
            <div class="scroll" tabindex="0" role="region" aria-label=name>
                <table class="compared">
                    <thead>
                        <tr>
                            <th scope="col">"Day (UTC)"</th><th scope="col" class="num wide">"Logs"</th><th scope="col" class="num">"Usage"</th>
                            <th scope="col" class="num">"Billed"</th><th scope="col" class="num">"Difference"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                    <tfoot>{row(compared.total)}</tfoot>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn row(day: ComparedDay) -> AnyView {
    let notes = (!day.notes.is_empty()).then(|| view! { <small>{day.notes}</small> });
    view! {
        <tr>
            <th scope="row">{day.day}{notes}</th>
            <td class="num wide">{day.logs}</td>
            <td class="num">{day.usage}</td>
            <td class="num">{day.billed}</td>
            <td class="num">{day.difference}</td>
        </tr>
    }
    .into_any()
}

#[cfg(feature = "ssr")]
mod build {
    use super::{ComparedDay, Comparison};
    use crate::analytics::DayComparison;
    use crate::charts;
    use crate::model::{DateRange, Usd};
    use crate::sources::Source;

    /// Returns the providers that have anything in these days.
    pub(in crate::pages::tokens) fn comparisons(
        compared: &[(Source, Vec<DayComparison>)],
        range: DateRange,
    ) -> Vec<Comparison> {
        let one = |(source, days): &(Source, Vec<DayComparison>)| {
            let days: Vec<&DayComparison> = days.iter().rev().filter(|day| range.contains(day.date)).collect();
            // Logs alone are not compared with anything.
            let is_provided = days.iter().any(|day| day.usage.is_some() || day.billed.is_some());
            is_provided.then(|| Comparison {
                provider: source.label().to_owned(),
                total: total(&days),
                chart: (days.len() > 1).then(|| charts::estimate_and_bill(source.label(), &days)).flatten(),
                days: days.iter().map(|day| line(day)).collect(),
            })
        };
        compared.iter().filter_map(one).collect()
    }

    fn line(day: &DayComparison) -> ComparedDay {
        ComparedDay {
            day: day.date.to_string(),
            notes: day.notes.join("; "),
            ..amounts(day.logs, day.usage, day.billed, difference(day))
        }
    }

    fn total(days: &[&DayComparison]) -> ComparedDay {
        let sum = |part: fn(&DayComparison) -> Option<Usd>| {
            days.iter().filter_map(|day| part(day)).reduce(|sum, amount| sum + amount)
        };
        let count = days.len();
        let day = format!("{count} day{}", if count == 1 { "" } else { "s" });
        ComparedDay {
            day,
            ..amounts(sum(|day| day.logs), sum(|day| day.usage), sum(|day| day.billed), sum(difference))
        }
    }

    fn difference(day: &DayComparison) -> Option<Usd> {
        Some(day.billed? - day.usage.or(day.logs)?)
    }

    fn amounts(logs: Option<Usd>, usage: Option<Usd>, billed: Option<Usd>, difference: Option<Usd>) -> ComparedDay {
        let text = |amount: Option<Usd>| amount.map_or_else(|| "–".to_owned(), |amount| amount.to_string());
        let sign = if difference.is_some_and(|difference| difference > Usd::ZERO) { "+" } else { "" };
        ComparedDay {
            logs: text(logs),
            usage: text(usage),
            billed: text(billed),
            difference: format!("{sign}{}", text(difference)),
            ..ComparedDay::default()
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use crate::model::Window;

        fn usd(dollars: f64) -> Option<Usd> {
            Usd::from_f64(dollars)
        }

        #[test]
        fn days_come_newest_first_with_their_totals_and_reasons() {
            let date = |text: &str| text.parse().expect("a date");
            let day = |day: &str, logs, usage, billed, note: &str| DayComparison {
                date: date(day),
                logs,
                usage,
                billed,
                notes: (!note.is_empty()).then(|| note.to_owned()).into_iter().collect(),
            };
            let days = vec![
                day("2026-11-01", usd(9.0), usd(9.0), usd(9.0), "long ago"),
                day("2026-11-18", usd(1.0), usd(2.0), usd(2.5), "$0.50 for web search"),
                day("2026-11-19", None, usd(2.0), usd(1.5), ""),
                day("2026-11-20", usd(3.0), None, usd(2.0), ""),
                day("2026-11-21", usd(1.0), usd(1.0), None, "not billed yet"),
            ];
            let only_logs = vec![day("2026-11-20", usd(3.0), None, None, "")];
            let all = [(Source::Anthropic, days), (Source::OpenAi, only_logs), (Source::LiteLlm, Vec::new())];
            let [anthropic] =
                comparisons(&all, Window::D7.range(date("2026-11-21"))).try_into().expect("only one has data");
            assert_eq!(anthropic.provider, "Anthropic API");
            let told =
                |day: &ComparedDay| [&day.day, &day.logs, &day.usage, &day.billed, &day.difference].map(String::clone);
            assert_eq!(
                anthropic.days.iter().map(told).collect::<Vec<_>>(),
                [
                    ["2026-11-21", "$1.00", "$1.00", "–", "–"],
                    ["2026-11-20", "$3.00", "–", "$2.00", "−$1.00"],
                    ["2026-11-19", "–", "$2.00", "$1.50", "−$0.50"],
                    ["2026-11-18", "$1.00", "$2.00", "$2.50", "+$0.50"],
                ]
                .map(|row| row.map(str::to_owned))
            );
            assert_eq!(told(&anthropic.total), ["4 days", "$5.00", "$5.00", "$6.00", "−$1.00"].map(str::to_owned));
            assert_eq!(anthropic.days[3].notes, "$0.50 for web search");
            assert!(comparisons(&all, Window::D7.range(date("2026-06-01"))).is_empty());
        }
    }
}
