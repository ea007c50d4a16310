//! Reading query parameters, refused by name where they are wrong.

use crate::catalogue::CATEGORIES;
use crate::input::Invalid;
use crate::message::Call;

/// The last query parameter of this name; empty counts as absent.
pub(super) fn query(call: &Call, name: &str) -> Option<String> {
    let query = call.uri().query().unwrap_or_default();
    let (_, value) = form_urlencoded::parse(query.as_bytes()).filter(|(found, _)| found == name).last()?;
    (!value.is_empty()).then(|| value.into_owned())
}

/// A number from a query parameter, within bounds.
pub(super) fn number(call: &Call, name: &str, default: usize, max: usize) -> Result<usize, Invalid> {
    let Some(text) = query(call, name) else {
        return Ok(default);
    };
    match text.parse() {
        Ok(number) if (1..=max).contains(&number) => Ok(number),
        _ => Err(Invalid::new(name, format!("expected a number from 1 to {max}, not {text:?}"))),
    }
}

/// A category's slug, known to exist.
pub(super) fn category(slug: Option<String>) -> Result<Option<String>, Invalid> {
    match slug {
        Some(slug) if CATEGORIES.iter().all(|category| category.slug != slug) => {
            Err(Invalid::new("category", format!("there is no category {slug:?}")))
        }
        slug => Ok(slug),
    }
}
