//! Who makes the models, who sells them, and what the service is called.

use super::Seller;
use crate::model::RollupRow;
use crate::pricing::PriceTable;

/// The names of companies, by the names price lists use.
const COMPANIES: [(&str, &str); 9] = [
    ("anthropic", "Anthropic"),
    ("deepseek", "DeepSeek"),
    ("github", "GitHub"),
    ("google", "Google"),
    ("litellm", "LiteLLM"),
    ("mistral", "Mistral AI"),
    ("openai", "OpenAI"),
    ("openrouter", "OpenRouter"),
    ("xai", "xAI"),
];

/// Returns the name of a company as people write it.
pub(super) fn label(id: &str) -> String {
    COMPANIES.into_iter().find(|(known, _)| *known == id).map_or_else(|| id.to_owned(), |(_, label)| label.to_owned())
}

/// Returns who makes the model: as the price list says, else whoever sells it.
pub(super) fn publisher(row: &RollupRow, seller: Option<&Seller>, prices: &PriceTable) -> String {
    if let Some(price) = prices.find(&row.model, row.date).filter(|price| !price.provider.is_empty()) {
        return label(&price.provider);
    }
    match seller {
        Some(Seller { provider: Some(id), .. }) => label(id),
        Some(seller) => seller.label.to_owned(),
        None => row.source.to_string(),
    }
}

pub(super) fn service(provider: &str) -> String {
    match provider {
        "Anthropic" => "Claude API".to_owned(),
        "OpenRouter" => provider.to_owned(),
        _ => format!("{provider} API"),
    }
}
