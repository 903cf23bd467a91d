//! The demo's hands: what a shop's server, a customer's browser and a mail client do, over HTTP like everybody else.

use serde_json::Value;

use crate::context::Context;
use crate::kernel::id::EventId;
use crate::sign::webhook::{self, Secret};

/// A step of the demo that did not work, in words.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failed(pub String);

impl From<reqwest::Error> for Failed {
    fn from(error: reqwest::Error) -> Self {
        Self(error.without_url().to_string())
    }
}

/// Talks to this very instance.
pub(super) struct Browser {
    pub(super) ctx: Context,
    pub(super) http: reqwest::Client,
    /// The demo shop, as paths name it.
    pub(super) shop: String,
    /// What its server signs with.
    pub(super) secret: Secret,
    /// What its back office reads with.
    pub(super) api_key: String,
}

/// A webhook as it went over the wire, and what came back.
pub(super) struct Sent {
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: String,
    pub(super) status: u16,
    pub(super) answer: Value,
}

impl Browser {
    fn shop_url(&self, rest: &str) -> String {
        format!("{}{rest}", self.ctx.links().api_shop(&self.shop))
    }

    /// Signs an event and posts it to the intake.
    pub(super) async fn post_event(&self, event: &Value) -> Result<Sent, Failed> {
        let sent = self.post_signed(event, &self.secret).await?;
        match sent.status {
            202 => Ok(sent),
            status => Err(Failed(format!("the intake answered {status}: {}", sent.answer))),
        }
    }

    /// An event signed by somebody else: the intake refuses it, and the shop can read why.
    pub(super) async fn post_forged_event(&self, event: &Value) -> Result<(), Failed> {
        let foreign = Secret::generate(self.ctx.random());
        let sent = self.post_signed(event, &foreign).await?;
        if sent.status == 401 { Ok(()) } else { Err(Failed(format!("a forged event was answered {}", sent.status))) }
    }

    async fn post_signed(&self, event: &Value, secret: &Secret) -> Result<Sent, Failed> {
        let body = event.to_string();
        let id = EventId::to_string(&self.ctx.ids().next()).replace("evt_", "msg_");
        let now = self.ctx.now();
        let headers = vec![
            ("content-type", "application/json".to_owned()),
            ("webhook-id", id.clone()),
            ("webhook-timestamp", now.seconds().to_string()),
            ("webhook-signature", webhook::sign(secret, &id, now, body.as_bytes())),
        ];
        let mut request = self.http.post(self.ctx.links().events(&self.shop)).body(body.clone());
        for (name, value) in &headers {
            request = request.header(*name, value);
        }
        let response = request.send().await?;
        let status = response.status().as_u16();
        let answer = response.json().await?;
        Ok(Sent { headers, body, status, answer })
    }

    /// Opens the link, fills the form, confirms.
    pub(super) async fn review(
        &self,
        link: &str,
        fields: &[(&str, String)],
        product: Option<i64>,
    ) -> Result<(), Failed> {
        let form = self.http.get(link).send().await?.error_for_status()?.text().await?;
        let field = product_field(&form);
        let mut fields: Vec<(&str, String)> = fields.to_vec();
        if let (Some(stars), Some(name)) = (product, &field) {
            fields.push((name, stars.to_string()));
        }
        self.post_form(link, "", &fields).await
    }

    /// Posts a form of the page behind a link.
    pub(super) async fn post_form(&self, link: &str, verb: &str, fields: &[(&str, String)]) -> Result<(), Failed> {
        // A star's link only preselects; the form it shows is posted to the link itself.
        let link = link.rsplit_once('/').filter(|(_, stars)| stars.len() == 1).map_or(link, |(link, _)| link);
        let body = serde_urlencoded::to_string(fields).map_err(|error| Failed(error.to_string()))?;
        let request = self.http.post(format!("{link}{verb}"));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        let status = request.send().await?.status();
        if status.is_success() || status.is_redirection() {
            Ok(())
        } else {
            Err(Failed(format!("the review form answered {status}")))
        }
    }

    /// One click in the mail client (RFC 8058).
    pub(super) async fn unsubscribe(&self, link: &str) -> Result<(), Failed> {
        let request = self
            .http
            .post(link)
            .header("content-type", "application/x-www-form-urlencoded")
            .body("List-Unsubscribe=One-Click");
        request.send().await?.error_for_status()?;
        Ok(())
    }

    /// Id of the newest review of the shop signed with this name.
    pub(super) async fn newest_review_by(&self, author: &str) -> Result<String, Failed> {
        let page: Value =
            self.http.get(self.shop_url("/reviews?limit=20")).send().await?.error_for_status()?.json().await?;
        let all = page.get("data").and_then(Value::as_array).cloned().unwrap_or_default();
        let found = all.iter().find(|review| review.get("author").and_then(Value::as_str) == Some(author));
        let id = found.and_then(|review| review.get("id")).and_then(Value::as_str);
        id.map(str::to_owned).ok_or_else(|| Failed(format!("no review by {author}")))
    }

    /// The shop answers in public.
    pub(super) async fn reply(&self, review: &str, text: &str) -> Result<(), Failed> {
        let url = self.shop_url(&format!("/reviews/{review}/reply"));
        let request = self.http.put(url).bearer_auth(&self.api_key).json(&serde_json::json!({ "text": text }));
        request.send().await?.error_for_status()?;
        Ok(())
    }

    /// The shop changes its invitation policy.
    pub(super) async fn set_delay(&self, after: &str) -> Result<(), Failed> {
        let url = self.shop_url("/policy");
        let mut policy: Value =
            self.http.get(&url).bearer_auth(&self.api_key).send().await?.error_for_status()?.json().await?;
        if let Some(place) = policy.get_mut("invite_after") {
            *place = Value::from(after);
        }
        self.http.put(&url).bearer_auth(&self.api_key).json(&policy).send().await?.error_for_status()?;
        Ok(())
    }

    /// The public profile, and the newest review in it.
    pub(super) async fn profile(&self) -> Result<(Value, Option<Value>), Failed> {
        let profile = self.http.get(self.shop_url("")).send().await?.error_for_status()?.json().await?;
        let mut page: Value =
            self.http.get(self.shop_url("/reviews?limit=1")).send().await?.error_for_status()?.json().await?;
        let newest = page.get_mut("data").and_then(|data| data.get_mut(0)).map(Value::take);
        Ok((profile, newest))
    }
}

/// The name of the first product's stars in the form.
fn product_field(form: &str) -> Option<String> {
    let (_, rest) = form.split_once("name=\"stars.")?;
    let (key, _) = rest.split_once('"')?;
    Some(format!("stars.{key}"))
}
