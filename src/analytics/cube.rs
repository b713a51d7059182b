//! Sums by model with their rates: what "what if" questions are answered from.

use std::collections::BTreeMap;

use super::{Facts, model_label};
use crate::model::{Cube, CubeModel, CubeSource, DateRange, Tokens, Usd};

/// Returns the cube of a span, at the prices of its last day; `label` names a source.
#[must_use]
pub fn cube(facts: &Facts, range: DateRange, label: impl Fn(&str) -> String) -> Cube {
    let mut models: BTreeMap<&str, (Tokens, Usd)> = BTreeMap::new();
    let mut sources: BTreeMap<&str, Usd> = BTreeMap::new();
    for row in facts.rows.iter().filter(|row| range.contains(row.date)) {
        let (tokens, cost) = models.entry(&row.model).or_default();
        *tokens += row.spend.tokens;
        *cost += row.spend.known_cost();
        *sources.entry(&row.source).or_default() += row.spend.known_cost();
    }
    let model = |(model, (tokens, cost)): (&str, (Tokens, Usd))| CubeModel {
        model: model.to_owned(),
        label: model_label(model),
        tokens,
        cost,
        rates: facts.rates.rates(model, range.to),
    };
    let mut models: Vec<CubeModel> = models.into_iter().map(model).collect();
    models.sort_by(|a, b| b.cost.cmp(&a.cost).then_with(|| a.model.cmp(&b.model)));
    let source = |(name, cost): (&str, Usd)| CubeSource { name: name.to_owned(), label: label(name), cost };
    let mut sources: Vec<CubeSource> = sources.into_iter().map(source).collect();
    sources.sort_by(|a, b| b.cost.cmp(&a.cost).then_with(|| a.name.cmp(&b.name)));
    Cube { days: range.days(), models, sources }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::{Attribution, ProjectNames};
    use crate::model::{Basis, RollupRow, Spend};

    #[test]
    fn a_cube_holds_the_span_by_model_the_dearest_first() {
        let row = |date: &str, model: &str, dollars: Option<f64>| RollupRow {
            source: "claude_code".into(),
            date: date.parse().expect("a date"),
            session: "s".into(),
            project: "/shop".into(),
            model: model.into(),
            spend: Spend::of(
                Tokens { input: 5, ..Tokens::default() },
                dollars.and_then(Usd::from_f64),
                if dollars.is_some() { Basis::Estimated } else { Basis::Unpriced },
            ),
        };
        let rows = vec![
            row("2026-11-20", "claude-haiku-4-5", Some(1.0)),
            row("2026-11-19", "claude-opus-4-5", Some(2.0)),
            row("2026-11-20", "claude-haiku-4-5", Some(1.5)),
            row("2026-11-20", "mystery", None),
            row("2026-10-20", "claude-opus-4-5", Some(9.0)),
        ];
        let names = ProjectNames::new(["/shop"].into_iter(), &Attribution::default());
        let facts = Facts::of(rows, names, Facts::none().rates);
        let cube = cube(&facts, DateRange::ending("2026-11-20".parse().expect("a date"), 7), str::to_uppercase);
        let told: Vec<_> = cube.models.iter().map(|model| (model.label.as_str(), model.tokens.input)).collect();
        assert_eq!(told, [("Haiku 4.5", 10), ("Opus 4.5", 5), ("mystery", 5)]);
        let [source] = &cube.sources[..] else { panic!("one source: {:?}", cube.sources) };
        assert_eq!((source.name.as_str(), source.label.as_str()), ("claude_code", "CLAUDE_CODE"));
        assert_eq!(source.cost, Usd::from_f64(4.5).expect("money"));
    }
}
