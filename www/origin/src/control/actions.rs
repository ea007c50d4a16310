//! What the control does: switch, reset, change the data, purge.

use std::sync::Arc;
use std::time::SystemTime;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::{bad_request, missing, shown, views};
use crate::catalogue::{Item, product_key};
use crate::input::read;
use crate::message::json;
use crate::origin::Origin;
use crate::switches::patched;
use crate::trace::Layer;

/// A change of the data.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    /// An id, or `all`.
    product: String,
    /// Whether the edge forgets too.
    #[serde(default)]
    purge: bool,
    /// Whether the change is made behind the caches' back: then they all keep what they have.
    #[serde(default)]
    behind: bool,
}

#[derive(Serialize)]
struct Changed {
    changed: usize,
}

/// What to drop.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Purge {
    /// All of them where none is named.
    layers: Option<Vec<Layer>>,
}

/// `PATCH /_origin/switches`
pub(super) async fn switch(State(origin): State<Arc<Origin>>, body: Bytes) -> Response {
    let patch = read(&body);
    match patch.and_then(|patch| origin.update(|switches| patched(switches, patch))) {
        Ok(()) => views::switches(State(origin)).await,
        Err(invalid) => bad_request("invalid-switch", &invalid),
    }
}

/// `POST /_origin/reset`
pub(super) async fn reset(State(origin): State<Arc<Origin>>) -> Response {
    origin.reset().await;
    StatusCode::NO_CONTENT.into_response()
}

/// `POST /_origin/data`
pub(super) async fn change_data(State(origin): State<Arc<Origin>>, body: Bytes) -> Response {
    let change: Change = match read(&body) {
        Ok(change) => change,
        Err(invalid) => return bad_request("invalid-request", &invalid),
    };
    let table = &origin.stack.table;
    let items = match change.product.as_str() {
        "all" => table.items(),
        id => table.peek(&product_key(id)).into_iter().collect(),
    };
    let products: Vec<_> = items.iter().filter_map(|item| item.product()).collect();
    if products.is_empty() {
        return missing("no-such-product", "There is no such product.");
    }
    let now = SystemTime::now();
    for product in &products {
        table.replace(Arc::new(Item::Product(product.repriced(now))));
    }
    if !change.behind {
        for layer in [Layer::Stage, Layer::Memory, Layer::Shared, Layer::Dax] {
            origin.stack.purge(layer).await;
        }
    }
    if change.purge {
        origin.stack.purge(Layer::Edge).await;
    }
    shown(json(StatusCode::OK, &Changed { changed: products.len() }))
}

/// `POST /_origin/purge`
pub(super) async fn purge(State(origin): State<Arc<Origin>>, body: Bytes) -> Response {
    let purge: Purge = match read(&body) {
        Ok(purge) => purge,
        Err(invalid) => return bad_request("invalid-request", &invalid),
    };
    for layer in purge.layers.unwrap_or_else(|| Layer::ALL.to_vec()) {
        origin.stack.purge(layer).await;
    }
    StatusCode::NO_CONTENT.into_response()
}
