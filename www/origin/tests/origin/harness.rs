//! One origin a test, on a port of its own, without latencies.

use nearcache_origin::Origin;
use nearcache_origin::cli::Options;
use nearcache_origin::server;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;

/// A running origin and a client for it.
pub struct Shop {
    base: String,
    client: Client,
}

impl Shop {
    /// An origin without files.
    pub async fn open() -> Self {
        Self::with(Options { fast: true, ..Options::default() }).await
    }

    /// An origin with these options, and with the real parts where there is a folder of theirs (`REAL_PARTS`):
    /// one test at a time then, as they share it.
    pub async fn with(options: Options) -> Self {
        let options = Options { real: std::env::var_os("REAL_PARTS").map(Into::into), ..options };
        let listener = server::bind(0).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let router = Origin::router(&options).await.unwrap();
        tokio::spawn(server::serve(listener, router));
        Self { base, client: Client::new() }
    }

    /// The origin's host and port.
    pub fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// A request to be completed.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    /// A plain GET.
    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    /// A GET with one header.
    pub async fn get_with(&self, path: &str, name: &str, value: &str) -> Response {
        self.request(Method::GET, path).header(name, value).send().await.unwrap()
    }

    /// A POST of JSON.
    pub async fn post(&self, path: &str, body: Value) -> Response {
        self.request(Method::POST, path).json(&body).send().await.unwrap()
    }

    /// A GET of JSON that has to succeed.
    pub async fn json(&self, path: &str) -> Value {
        let response = self.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.unwrap()
    }

    /// Changes switches, which has to succeed.
    pub async fn switch(&self, patch: Value) {
        let response = self.request(Method::PATCH, "/_origin/switches").json(&patch).send().await.unwrap();
        assert_eq!(response.status(), 200, "{patch}");
    }

    /// Changes one member of every cache behaviour of the edge.
    pub async fn behave(&self, member: &str, value: Value) {
        let mut switches = self.json("/_origin/switches").await;
        let behaviours = switches["edge"]["behaviours"].as_array_mut().unwrap();
        behaviours.iter_mut().for_each(|behaviour| behaviour[member] = value.clone());
        self.switch(serde_json::json!({ "edge": { "behaviours": behaviours } })).await;
    }

    /// One counter of one layer.
    pub async fn count(&self, layer: &str, counter: &str) -> u64 {
        self.json("/_origin/stats").await["perLayer"][layer][counter].as_u64().unwrap()
    }
}

/// A header that has to be there.
pub fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).unwrap_or_else(|| panic!("no {name}: {response:?}")).to_str().unwrap()
}

/// The layers that a response passed, with their outcomes.
pub fn layers(response: &Response) -> Vec<String> {
    let metric = |metric: &str| {
        let mut parts = metric.split(';');
        let name = parts.next().unwrap().trim().to_owned();
        let outcome = parts.nth(1).unwrap().trim_start_matches("desc=").trim_matches('"').to_owned();
        format!("{name} {outcome}")
    };
    header(response, "server-timing").split(',').map(metric).collect()
}
