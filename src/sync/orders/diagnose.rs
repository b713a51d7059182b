//! Looking without touching: what Toast has of the last days beside what is stored.

use chrono::{DateTime, Days, Utc};

use super::login::{Login, open_vault, secret_name};
use super::pull::Puller;
use crate::config::Secret;
use crate::model::{ClientDraft, DateRange, DiagnosedDay, OrderFilter, Whose};
use crate::sources::http::{HttpError, Retry};
use crate::sources::toast::feed::Feed;
use crate::sources::toast::restaurant::Restaurant;
use crate::sync::engine::Engine;

/// Days a diagnosis looks at, today included.
const DAYS: u32 = 7;
/// Somebody waits for the answer.
const ATTEMPTS: u32 = 2;

/// By what a client is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestBy {
    /// The login that is kept, as long as there is one: nothing is used up.
    KeptLogin,
    /// The keys: a login, of which Toast allows two an hour.
    Keys,
}

/// A client that can be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TestedClient {
    pub restaurant: Restaurant,
    /// The kept login was used, so that nothing is said of the keys.
    pub used_kept: bool,
}

impl Engine {
    /// Compares the last seven business days with what Toast has, oldest first. Writes nothing.
    ///
    /// # Errors
    /// When there is no such client, or Toast does not answer: a sentence with the remedy.
    pub async fn diagnose_orders(&self, id: &str) -> anyhow::Result<Vec<DiagnosedDay>> {
        let client = self.store.client(id).await?.ok_or_else(|| anyhow::anyhow!("there is no client “{id}”"))?;
        let mut puller = Puller::new(self, &client, Retry::new(ATTEMPTS, &|_| {}).steady()).await?;
        let range = DateRange::ending(puller.today(), DAYS);
        let mut days = Vec::new();
        for day in range.iter() {
            let upstream = puller.look_at(day).await?;
            let counted = upstream.iter().filter(|order| order.state.counts());
            let one = DateRange { from: day, to: day };
            let filter = OrderFilter { invoices: true, ..OrderFilter::of(Whose::client(id), one) };
            let stored = self.store.order_sums(&filter).await?;
            days.push(DiagnosedDay {
                day,
                upstream_orders: counted.clone().count() as u64,
                upstream_net: counted.map(|order| order.amounts.net).sum(),
                stored_orders: stored.orders,
                stored_net: stored.net,
                not_counted: upstream.iter().filter(|order| !order.state.counts()).count() as u64,
            });
        }
        Ok(days)
    }

    /// Tries the credentials of a draft: logs in, and asks what the location is. Without a secret the stored one is
    /// used. Writes nothing but the login.
    ///
    /// # Errors
    /// When they do not work: a sentence with the remedy.
    pub async fn test_client(
        &self,
        draft: &ClientDraft,
        secret: Option<Secret>,
        by: TestBy,
    ) -> anyhow::Result<TestedClient> {
        if let Some(problem) = draft.problems().into_iter().next() {
            anyhow::bail!(problem);
        }
        let secret = match secret {
            Some(secret) => secret,
            None => self.stored_secret(draft).await?,
        };
        let http = self.http()?;
        let base = self.base_of(&draft.api_url);
        let retry = Retry::new(ATTEMPTS, &|_| {}).steady();
        let login = Login { engine: self, http, base: &base, api_client: draft.api_client.trim(), secret: &secret };
        let kept = if by == TestBy::Keys { None } else { login.kept_token().await? };
        let used_kept = kept.is_some();
        let token = match (kept, by) {
            (Some(token), _) => token,
            (None, TestBy::Keys) => login.token_anew().await?,
            (None, TestBy::KeptLogin) => login.token(None).await?,
        };
        let guid = draft.restaurant.to_lowercase();
        let feed = Feed::new(http, &base, &guid, token, self.order_spacing, retry)?;
        let restaurant = match feed.restaurant(&guid).await {
            Ok(restaurant) => restaurant,
            Err(error) => match super::pull::http_error(&error) {
                Some(HttpError::Refused { status: 404, .. }) => {
                    return Err(error.context(format!("Toast knows no location {guid}: check the restaurant GUID")));
                }
                Some(HttpError::Forbidden { .. }) => Restaurant::default(),
                _ => return Err(error),
            },
        };
        // The restaurant may answer to keys that may not read its orders.
        let now: DateTime<Utc> = self.clock.now();
        let yesterday = now.date_naive().checked_sub_days(Days::new(1)).unwrap_or_default();
        feed.page(crate::sources::toast::Window::Day(yesterday), 1, now).await?;
        Ok(TestedClient { restaurant, used_kept })
    }

    async fn stored_secret(&self, draft: &ClientDraft) -> anyhow::Result<Secret> {
        let name = secret_name(&draft.name);
        let clients = self.store.clients().await?;
        let own: Vec<_> = clients.into_iter().filter(|client| client.id == draft.id).collect();
        if let Some(problem) = draft.conflicts(&own, false).into_iter().next() {
            anyhow::bail!(problem);
        }
        let sealed = self.store.client_keys(&draft.id).await?.secret;
        let sealed = sealed.ok_or_else(|| anyhow::anyhow!("{name} is missing: enter it"))?;
        open_vault(self).await?.unseal(&super::login::secret_place(&draft.id), &name, &sealed)
    }
}
