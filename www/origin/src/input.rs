//! JSON from outside: read strictly, or refused with the path of what is wrong.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// What is wrong with an input.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Invalid {
    /// The member or the parameter, as `stage.ttlSeconds`; empty for the whole.
    pub(crate) path: String,
    /// What is wrong with it.
    pub(crate) message: String,
}

impl Invalid {
    /// Something wrong at a path.
    pub(crate) fn new(path: &str, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), message: message.into() }
    }
}

impl From<serde_path_to_error::Error<serde_json::Error>> for Invalid {
    fn from(error: serde_path_to_error::Error<serde_json::Error>) -> Self {
        let path = error.path().to_string();
        // What serde_path_to_error writes where the text is not even JSON, or wrong at its root.
        let path = if path == "?" || path == "." { "" } else { &path };
        Self::new(path, error.inner().to_string())
    }
}

/// Reads JSON text. Nothing at all counts as an empty object, so that a POST may come without a body.
pub(crate) fn read<T: DeserializeOwned>(json: &[u8]) -> Result<T, Invalid> {
    let json = if json.is_empty() { b"{}" } else { json };
    let mut json = serde_json::Deserializer::from_slice(json);
    let value = serde_path_to_error::deserialize(&mut json)?;
    json.end().map_err(|error| Invalid::new("", error.to_string()))?;
    Ok(value)
}

/// Reads a JSON value.
pub(crate) fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, Invalid> {
    Ok(serde_path_to_error::deserialize(value)?)
}
