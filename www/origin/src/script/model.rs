//! What a script says, read from JSON and refused with the path of what is wrong.

use http::{HeaderName, HeaderValue, StatusCode};
use serde::Deserialize;

use crate::input::{self, Invalid};
use crate::switches::{Bounded, Millis};

/// A script.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Script {
    /// Played in order; at least one.
    pub(super) responses: Vec<Scripted>,
    #[serde(default)]
    pub(super) on_exhausted: OnExhausted,
    /// Whether a request whose validators match the response is answered 304.
    #[serde(default)]
    pub(super) match304: bool,
}

/// One response.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Scripted {
    #[serde(default = "ok")]
    pub(super) status: Bounded<200, 999>,
    #[serde(default)]
    pub(super) headers: Vec<Header>,
    #[serde(default)]
    pub(super) body: Content,
    #[serde(default)]
    pub(super) delay_ms: Millis,
    /// The time between the pieces of the body.
    #[serde(default)]
    pub(super) chunk_ms: Millis,
    pub(super) fail: Option<Fail>,
}

/// A header: its name, and its value before templates are filled in.
#[derive(Debug, Deserialize)]
#[serde(try_from = "(String, String)")]
pub(super) struct Header {
    pub(super) name: HeaderName,
    pub(super) value: String,
}

/// A body: text, or so many bytes.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Content {
    Text(String),
    Sized { size: Bounded<0, 67_108_864> },
}

/// How a response fails.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Fail {
    /// The connection is reset in place of the response.
    Reset,
    /// There is no response.
    Hang,
    /// Half the body, under a Content-Length of all of it.
    Truncate,
}

/// What follows the last response.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(super) enum OnExhausted {
    #[default]
    #[serde(rename = "repeat-last")]
    RepeatLast,
    #[serde(rename = "500")]
    ServerError,
}

/// Reads a script.
pub(crate) fn read(json: &[u8]) -> Result<Script, Invalid> {
    let script: Script = input::read(json)?;
    if script.responses.is_empty() {
        return Err(Invalid::new("responses", "expected one response at least"));
    }
    Ok(script)
}

impl Default for Content {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

impl TryFrom<(String, String)> for Header {
    type Error = String;

    fn try_from((name, value): (String, String)) -> Result<Self, String> {
        let name = HeaderName::try_from(name).map_err(|error| error.to_string())?;
        // Templates hold nothing illegal and become dates: what is legal before is legal after.
        HeaderValue::from_bytes(&super::template::bytes(&value)).map_err(|error| error.to_string())?;
        Ok(Self { name, value })
    }
}

impl Scripted {
    /// The status as HTTP has it.
    pub(super) fn status(&self) -> StatusCode {
        let code = u16::try_from(self.status.get()).expect("at most 999");
        StatusCode::from_u16(code).expect("200 to 999")
    }
}

fn ok() -> Bounded<200, 999> {
    Bounded::new(200)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_with_the_path() {
        for (json, path) in [
            (r#"{"responses": []}"#, "responses"),
            (r#"{"responses": [{"status": 99}]}"#, "responses[0].status"),
            (r#"{"responses": [{"headers": [["a b", "c"]]}]}"#, "responses[0].headers[0]"),
            (r#"{"responses": [{"headers": [["a", "b\nc"]]}]}"#, "responses[0].headers[0]"),
            (r#"{"responses": [{"fail": "sulk"}]}"#, "responses[0].fail"),
            (r#"{"responses": [{}], "colour": 1}"#, "colour"),
            (r#"{"responses": [{}], "onExhausted": "stop"}"#, "onExhausted"),
        ] {
            assert_eq!(read(json.as_bytes()).unwrap_err().path, path, "{json}");
        }
    }
}
