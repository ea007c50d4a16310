//! An absolute URL that the browser has already parsed and serialised, split at its joints.

/// An absolute, serialised URL. Its fragment, which no server sees, is cut off.
///
/// The core never parses URLs: the shell hands over what the platform's own parser made.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Url(String);

impl Url {
    /// Takes a serialised absolute URL.
    #[must_use]
    pub fn new(href: &str) -> Self {
        Self(href.split_once('#').map_or(href, |(url, _)| url).to_owned())
    }

    /// The whole URL, without fragment.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Scheme, host and port: `https://shop.example`.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.0.get(..self.path_start()).unwrap_or_default()
    }

    /// Whether an HTTP server is behind it.
    #[must_use]
    pub fn is_http(&self) -> bool {
        self.0.starts_with("http:") || self.0.starts_with("https:")
    }

    /// The path, with its leading slash.
    #[must_use]
    pub fn path(&self) -> &str {
        let rest = self.0.get(self.path_start()..).unwrap_or_default();
        rest.split_once('?').map_or(rest, |(path, _)| path)
    }

    /// What follows the first `?`; `None` without one.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.0.split_once('?').map(|(_, query)| query)
    }

    /// The same URL with another query (without `?`); an empty one is left out.
    #[must_use]
    pub fn with_query(&self, query: &str) -> Self {
        let base = self.0.split_once('?').map_or(self.0.as_str(), |(base, _)| base);
        let mut url = base.to_owned();
        if !query.is_empty() {
            url.push('?');
            url.push_str(query);
        }
        Self(url)
    }

    /// Whether both have the same scheme, host and port.
    #[must_use]
    pub fn same_origin(&self, other: &Self) -> bool {
        self.origin() == other.origin()
    }

    fn path_start(&self) -> usize {
        let authority = self.0.find("://").map_or(0, |at| at + 3);
        let rest = self.0.get(authority..).unwrap_or_default();
        rest.find(['/', '?']).map_or(self.0.len(), |at| authority + at)
    }
}
