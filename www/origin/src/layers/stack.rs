//! The stack put together: who stands behind whom.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use http::HeaderName;

use super::dax::Dax;
use super::edge::{Edge, OnBackground};
use super::functions::Functions;
use super::shared::Shared;
use super::stage::Stage;
use super::table::Table;
use super::{Handler, Store, Visit};
use crate::app::App;
use crate::bucket::Bucket;
use crate::catalogue;
use crate::message::{Call, Reply, set};
use crate::trace::{Layer, server_timing};

const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");
const TIMING_ALLOW_ORIGIN: HeaderName = HeaderName::from_static("timing-allow-origin");

/// All layers, each within reach of the control.
pub(crate) struct Stack {
    edge: Edge<Origins>,
    stage: Arc<Stage<Arc<Functions>>>,
    pub(crate) functions: Arc<Functions>,
    shared: Arc<Shared>,
    dax: Arc<Dax>,
    pub(crate) table: Arc<Table>,
}

/// The origins of the distribution, told apart by path.
struct Origins {
    images: Bucket,
    api: Arc<Stage<Arc<Functions>>>,
}

impl Handler for Origins {
    async fn handle(&self, visit: &Visit, call: Call) -> Reply {
        if call.uri().path().starts_with("/images/") {
            self.images.handle(visit, call).await
        } else {
            self.api.handle(visit, call).await
        }
    }
}

impl Stack {
    /// A stack with the catalogue in its table and nothing in its caches. Where a folder is named, the edge,
    /// the stage's cache and the shared one are the services that listen there.
    pub(crate) async fn new(on_background: OnBackground, real: Option<&Path>) -> Result<Self, String> {
        let (replies, answers) = match real {
            Some(folder) => (Store::memcached(folder).await?, Store::redis(folder).await?),
            None => (Store::embedded(), Store::embedded()),
        };
        // A process that stood here before has left its entries.
        replies.clear().await;
        answers.clear().await;
        let table = Arc::new(Table::new(catalogue::items()));
        let dax = Arc::new(Dax::new(table.clone()));
        let shared = Arc::new(Shared::new(answers));
        let functions = Arc::new(Functions::new(App::new(shared.clone(), dax.clone())));
        let stage = Arc::new(Stage::new(functions.clone(), replies));
        let origins = Origins { images: Bucket, api: stage.clone() };
        let edge = match real {
            Some(folder) => Edge::nginx(origins, on_background, folder)?,
            None => Edge::embedded(origins, on_background),
        };
        Ok(Self { edge, stage, functions, shared, dax, table })
    }

    /// What stands in the place of each layer that a real service can take.
    pub(crate) fn parts(&self) -> BTreeMap<&'static str, &'static str> {
        [
            (Layer::Edge, self.edge.part()),
            (Layer::Stage, self.stage.part()),
            (Layer::Shared, self.shared.part()),
        ]
        .map(|(layer, part)| (layer.name(), part))
        .into()
    }

    /// Answers a request through all layers that are on, and says which they were.
    pub(crate) async fn answer(&self, visit: &Visit, call: Call) -> Reply {
        let mut reply = self.edge.handle(visit, call).await;
        set(&mut reply, SERVER_TIMING, &server_timing(&visit.trace.hops()));
        set(&mut reply, TIMING_ALLOW_ORIGIN, "*");
        reply
    }

    /// Drops what one layer keeps. The table and the bucket keep nothing that can be dropped.
    pub(crate) async fn purge(&self, layer: Layer) {
        match layer {
            Layer::Edge => self.edge.purge(),
            Layer::Stage => self.stage.flush().await,
            Layer::Function => self.functions.recycle(),
            Layer::Memory => self.functions.forget(),
            Layer::Shared => self.shared.clear().await,
            Layer::Dax => self.dax.clear(),
            Layer::Table | Layer::Bucket => {}
        }
    }

    /// Everything as it was at the start.
    pub(crate) async fn reset(&self) {
        for layer in Layer::ALL {
            self.purge(layer).await;
        }
        self.functions.forget_bill();
        self.table.restore(catalogue::items());
    }
}
