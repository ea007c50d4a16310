//! Which rule holds for a request: ordered routes, the first that matches wins.

use std::rc::Rc;

use crate::http::Rule;
use crate::model::{Limit, Request};
use crate::origin::key::KeyParts;
use crate::strategy::Strategy;
use crate::tier::TierId;

/// What to do with the requests that a route matches. The default does what the headers say.
#[derive(Clone, Debug, Default)]
pub struct Route {
    /// How stored and fetched responses are weighed.
    pub strategy: Strategy,
    /// What it adds to the headers.
    pub rule: Rule,
    /// What of the request makes its key.
    pub key: KeyParts,
    /// The names its responses are invalidated by.
    pub tags: Vec<String>,
    /// Their home; chosen by kind and size when `None`.
    pub tier: Option<TierId>,
    /// How much they may take up.
    pub limit: Option<Limit>,
}

/// A test of a request; `N` is the platform's own request, for tests that the application wrote.
pub type Matcher<N> = Box<dyn Fn(&Request, &N) -> bool>;

/// The routes, in the order they were added. Cheap to clone: a matcher of the application may add routes, so it
/// is asked of a clone.
pub struct Router<N> {
    routes: Rc<Vec<Rc<Added<N>>>>,
    next: u32,
}

type Added<N> = (u32, Matcher<N>, Rc<Route>);

impl<N> Clone for Router<N> {
    fn clone(&self) -> Self {
        Self { routes: Rc::clone(&self.routes), next: self.next }
    }
}

impl<N> Default for Router<N> {
    fn default() -> Self {
        Self { routes: Rc::default(), next: 1 }
    }
}

impl<N> Router<N> {
    /// Adds a route after the others; returns the handle that removes it.
    pub fn add(&mut self, matcher: Matcher<N>, route: Route) -> u32 {
        let id = self.next;
        self.next += 1;
        Rc::make_mut(&mut self.routes).push(Rc::new((id, matcher, route.into())));
        id
    }

    /// Removes a route; unknown handles are ignored.
    pub fn remove(&mut self, id: u32) {
        Rc::make_mut(&mut self.routes).retain(|added| added.0 != id);
    }

    /// The first route that matches.
    #[must_use]
    pub fn find(&self, request: &Request, native: &N) -> Option<Rc<Route>> {
        let found = self.routes.iter().find(|added| added.1(request, native))?;
        Some(Rc::clone(&found.2))
    }
}

/// Whether `path` matches `pattern`: `*` stands for anything, `:name` for one segment, the rest for itself.
///
/// ```
/// # use nearcache::router::path_matches;
/// assert!(path_matches("/api/products/:id", "/api/products/p-17"));
/// assert!(!path_matches("/api/products/:id", "/api/products/p-17/image"));
/// assert!(path_matches("/images/*", "/images/a/b.png"));
/// ```
#[must_use]
pub fn path_matches(pattern: &str, path: &str) -> bool {
    let Some(at) = pattern.find(['*', ':']) else { return pattern == path };
    let (fixed, rest) = pattern.split_at(at);
    let Some(tail) = path.strip_prefix(fixed) else { return false };
    if let Some(rest) = rest.strip_prefix('*') {
        // The last `*` takes everything; an earlier one tries each place where the rest could go on.
        return rest.is_empty() || tail.char_indices().any(|(i, _)| path_matches(rest, &tail[i..]));
    }
    let name_end = rest.find('/').unwrap_or(rest.len());
    let segment_end = tail.find('/').unwrap_or(tail.len());
    segment_end > 0 && path_matches(&rest[name_end..], &tail[segment_end..])
}
