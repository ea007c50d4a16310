//! The shop's own code, what a function container runs: routes in, JSON out, caches used on the way.
//!
//! [`answer`] is what it caches, [`products`], [`search`] and [`profile`] are its pages, [`token`] its logins.

mod answer;
mod params;
mod products;
mod profile;
mod search;
mod token;

use std::sync::Arc;

use http::header::ALLOW;
use http::{Method, StatusCode};

use crate::input::Invalid;
use crate::layers::Visit;
use crate::layers::dax::Dax;
use crate::layers::functions::Memory;
use crate::layers::shared::Shared;
use crate::message::{self, Call, Reply, error, set};

pub(crate) use answer::Answer;

/// The application with the clients its containers hold.
pub(crate) struct App {
    shared: Arc<Shared>,
    dax: Arc<Dax>,
}

/// One request at work in a container.
struct Desk<'a> {
    visit: &'a Visit,
    /// The container's memory; [`None`] where there is no container.
    memory: Option<&'a Memory>,
    shared: &'a Shared,
    dax: &'a Dax,
}

impl App {
    /// The application in front of its caches.
    pub(crate) fn new(shared: Arc<Shared>, dax: Arc<Dax>) -> Self {
        Self { shared, dax }
    }

    /// Answers one request.
    pub(crate) async fn handle(&self, visit: &Visit, memory: Option<&Memory>, call: Call) -> Reply {
        let desk = Desk { visit, memory, shared: &self.shared, dax: &self.dax };
        match route(&desk, &call).await {
            Ok(reply) => crate::conditional::answer(&call, reply),
            Err(problem) => problem.reply(),
        }
    }
}

async fn route(desk: &Desk<'_>, call: &Call) -> Result<Reply, Problem> {
    let path = call.uri().path().strip_prefix("/api/").ok_or(Problem::NoSuchRoute)?;
    let segments: Vec<_> = path.split('/').collect();
    let allowed = match (segments.as_slice(), call.method()) {
        (["products"], &Method::GET | &Method::HEAD) => return products::list(desk, call).await,
        (["products", id], &Method::GET | &Method::HEAD) => return products::one(desk, id).await,
        (["categories"], &Method::GET | &Method::HEAD) => return products::categories(desk).await,
        (["search"], &Method::POST) => return search::search(desk, call).await,
        (["login"], &Method::POST) => return profile::login(desk, call),
        (["profile"], &Method::GET | &Method::HEAD) => return profile::read(desk, call).await,
        (["profile"], &Method::PUT) => return profile::write(desk, call).await,
        (["products"] | ["products", _] | ["categories"], _) => "GET, HEAD",
        (["search"] | ["login"], _) => "POST",
        (["profile"], _) => "GET, HEAD, PUT",
        _ => return Err(Problem::NoSuchRoute),
    };
    Err(Problem::NotAllowed(allowed))
}

/// Why a request gets no page.
enum Problem {
    NoSuchRoute,
    NoSuchProduct,
    NotAllowed(&'static str),
    Invalid(Invalid),
    Unauthorized(&'static str),
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}

impl Problem {
    fn reply(self) -> Reply {
        match self {
            Self::NoSuchRoute => {
                error(StatusCode::NOT_FOUND, "no-such-route", None, "The API has no such path.")
            }
            Self::NoSuchProduct => {
                error(StatusCode::NOT_FOUND, "no-such-product", None, "There is no such product.")
            }
            Self::NotAllowed(methods) => {
                let message = format!("Allowed here: {methods}.");
                let mut reply = error(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", None, &message);
                set(&mut reply, ALLOW, methods);
                reply
            }
            Self::Invalid(Invalid { path, message }) => {
                error(StatusCode::BAD_REQUEST, "invalid-parameter", Some(&path), &message)
            }
            Self::Unauthorized(message) => {
                let mut reply = error(StatusCode::UNAUTHORIZED, "unauthorized", None, message);
                set(&mut reply, http::header::WWW_AUTHENTICATE, "Bearer");
                reply
            }
        }
    }
}

/// A JSON page that is made anew for each request.
fn page(value: &impl serde::Serialize, modified: std::time::SystemTime, cache_control: &str) -> Reply {
    message::validated(message::json(StatusCode::OK, value), modified, cache_control)
}
