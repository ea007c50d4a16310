//! Cache-Control as the layers read it: names in any case, delta-seconds, everything else ignored.

use http::HeaderMap;
use http::header::CACHE_CONTROL;

/// The directives of a message.
pub(crate) struct Directives(Vec<(String, Option<String>)>);

impl Directives {
    /// Reads all Cache-Control lines of a message.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let lines = headers.get_all(CACHE_CONTROL).iter();
        Self(
            lines
                .filter_map(|line| line.to_str().ok())
                .flat_map(|line| line.split(','))
                .map(|directive| match directive.split_once('=') {
                    Some((name, value)) => {
                        (name.trim().to_ascii_lowercase(), Some(value.trim().trim_matches('"').to_owned()))
                    }
                    None => (directive.trim().to_ascii_lowercase(), None),
                })
                .collect(),
        )
    }

    /// Whether a directive is there, with or without a value.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(found, _)| found == name)
    }

    /// The seconds a directive gives.
    pub(crate) fn seconds(&self, name: &str) -> Option<u64> {
        let (_, value) = self.0.iter().find(|(found, _)| found == name)?;
        value.as_ref()?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_in_any_case_over_several_lines() {
        let mut headers = HeaderMap::new();
        headers.append(CACHE_CONTROL, "Public, MAX-AGE=60".parse().unwrap());
        headers.append(CACHE_CONTROL, "s-maxage=\"5\", stale-if-error".parse().unwrap());
        let directives = Directives::of(&headers);
        assert!(directives.has("public"));
        assert_eq!(directives.seconds("max-age"), Some(60));
        assert_eq!(directives.seconds("s-maxage"), Some(5));
        assert_eq!(directives.seconds("stale-if-error"), None);
        assert!(!directives.has("no-store"));
    }
}
