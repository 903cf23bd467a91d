//! One request of an operation of the file, with its parameters filled from a scene.

use std::fmt::Display;

use attesta::kernel::id::EventId;
use attesta::sign::webhook;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::file::Operation;
use super::scene::Scene;
use crate::support::app::{Answer, TestApp, TestShop, multipart};

/// A request on its way.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) operation: &'static Operation,
    pub(super) method: String,
    shop: TestShop,
    /// Values of the path's parameters, in order.
    segments: Vec<(String, String)>,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    content_type: Option<String>,
    body: Vec<u8>,
    /// Proves who sends it, as the file says.
    proves: bool,
}

impl Call {
    /// The call without a body, with the parameters that have to be there.
    pub(super) fn new(operation: &'static Operation, scene: &Scene) -> Self {
        let name = |at: &super::file::At| at.text("name").expect("parameters have names");
        let segment = |at| {
            let value = scene.value(operation.id, name(at));
            let value = value.unwrap_or_else(|| panic!("no scene has a value for {} of {}", name(at), operation.id));
            (name(at).to_owned(), value.to_owned())
        };
        let required = operation.parameters_in("query").filter(|at| at.node["required"] == true);
        Self {
            operation,
            method: operation.method.clone(),
            shop: scene.shop.clone(),
            segments: operation.parameters_in("path").map(segment).collect(),
            query: required
                .map(|at| {
                    let own = scene.value(operation.id, name(at)).map(str::to_owned);
                    (name(at).to_owned(), own.unwrap_or_else(|| plain(at.examples()[0].1)))
                })
                .collect(),
            headers: Vec::new(),
            content_type: None,
            body: Vec::new(),
            proves: true,
        }
    }

    /// The call with the body of an example.
    pub(super) fn example(self, content_type: &str, value: &Value) -> Self {
        if content_type == "multipart/form-data" {
            let files: Vec<_> = value.as_object().expect("forms have fields").iter().collect();
            let files = files.iter().map(|(name, file)| (name.as_str(), STANDARD.decode(plain(file)).expect("base64")));
            let (kind, body) = multipart(&files.collect::<Vec<_>>());
            return self.body(&kind, &body);
        }
        let form = || {
            let fields = value.as_object().expect("forms have fields");
            let pairs: Vec<(&String, String)> = fields.iter().map(|(name, value)| (name, plain(value))).collect();
            serde_urlencoded::to_string(pairs).expect("forms can be written")
        };
        let text = if content_type.ends_with("json") { value.to_string() } else { form() };
        // Where the file shows a key or an address of the shop, its own is sent.
        let text = text.replace("atk_EXAMPLE", &self.shop.api_key);
        let text = text.replace("https://cdn.bottega.example/", &format!("https://cdn.{}/", self.shop.domain));
        self.body(content_type, text.as_bytes())
    }

    /// The first example of the file as the body; none where the operation takes none.
    pub(super) fn usual(self) -> Self {
        let examples = self.operation.bodies().into_iter();
        let first = examples
            .flat_map(|(kind, media)| media.examples().into_iter().map(move |(_, value)| (kind.clone(), value)))
            .next();
        match first {
            Some((kind, value)) => self.example(&kind, value),
            None => self,
        }
    }

    pub(super) fn body(self, content_type: &str, body: &[u8]) -> Self {
        Self { content_type: Some(content_type.to_owned()), body: body.to_vec(), ..self }
    }

    pub(super) fn content_type(self, content_type: &str) -> Self {
        Self { content_type: Some(content_type.to_owned()), ..self }
    }

    pub(super) fn query(mut self, name: &str, value: &str) -> Self {
        self.query.retain(|(known, _)| known != name);
        self.and_query(name, value)
    }

    /// The parameter once more.
    pub(super) fn and_query(mut self, name: &str, value: &str) -> Self {
        self.query.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn segment(mut self, name: &str, value: &str) -> Self {
        self.segments.iter_mut().filter(|(known, _)| known == name).for_each(|(_, old)| value.clone_into(old));
        self
    }

    pub(super) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn method(self, method: &str) -> Self {
        Self { method: method.to_owned(), ..self }
    }

    /// Without any proof of who sends it.
    pub(super) fn anonymous(self) -> Self {
        Self { proves: false, ..self }
    }

    /// With the keys of another shop.
    pub(super) fn with_keys_of(self, shop: &TestShop) -> Self {
        Self { shop: shop.clone(), ..self }
    }

    /// The shop's API key.
    pub(super) fn key(&self) -> &str {
        &self.shop.api_key
    }

    /// The path as it is asked for, with the query.
    pub(super) fn path(&self, app: &TestApp) -> String {
        let segments: Vec<&dyn Display> = self.segments.iter().map(|(_, value)| -> &dyn Display { value }).collect();
        let path = app.ctx().links().local(&self.operation.path, &segments);
        let query = serde_urlencoded::to_string(&self.query).expect("queries can be written");
        if query.is_empty() { path } else { format!("{path}?{query}") }
    }

    pub(super) async fn send(&self, app: &TestApp) -> Answer {
        let method = reqwest::Method::from_bytes(self.method.as_bytes()).expect("a method");
        let mut request = app.http.request(method, app.url(&self.path(app))).body(self.body.clone());
        if self.operation.is_page() {
            request = request.header("accept", "text/html");
        }
        if let Some(content_type) = &self.content_type {
            request = request.header("content-type", content_type);
        }
        for (name, value) in self.headers.iter().chain(&self.proof(app)) {
            request = request.header(name, value);
        }
        let response = request.send().await.expect("the server answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, text: response.text().await.expect("a body") }
    }

    fn proof(&self, app: &TestApp) -> Vec<(String, String)> {
        let schemes = self.operation.security();
        let given = |name: &str| self.headers.iter().any(|(known, _)| known == name);
        if !self.proves || given("authorization") {
            return Vec::new();
        }
        if schemes.contains("apiKey") {
            return vec![("authorization".to_owned(), format!("Bearer {}", self.shop.api_key))];
        }
        if !schemes.contains("webhookSignature") {
            return Vec::new();
        }
        let known = self.headers.iter().find(|(name, _)| name == "webhook-id").map(|(_, id)| id.clone());
        let id = known.clone().unwrap_or_else(|| EventId::to_string(&app.ctx().ids().next()).replace("evt_", "msg_"));
        let signature = webhook::sign(&self.shop.secret, &id, app.now(), &self.body);
        let mut proof = vec![("webhook-timestamp", app.now().seconds().to_string()), ("webhook-signature", signature)];
        proof.extend(known.is_none().then_some(("webhook-id", id)));
        proof.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// A scalar as it stands in a query or a form; a list with commas.
pub(super) fn plain(value: &Value) -> String {
    if let Value::Array(list) = value {
        return list.iter().map(plain).collect::<Vec<_>>().join(",");
    }
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
