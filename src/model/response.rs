//! What is answered: head only. Bodies stay with the shell.

use super::{Corrupt, Headers, Reader, Timestamp, Url, Writer};

/// The head of a response as it came from the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status code; 0 for an opaque response.
    pub status: u16,
    /// The reason phrase, which may be empty.
    pub status_text: String,
    /// The visible header fields.
    pub headers: Headers,
    /// The final URL after redirects.
    pub url: Url,
    /// Fetch's response type.
    pub kind: ResponseKind,
}

/// Fetch's response types, as far as a cache sees a difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResponseKind {
    /// Same-origin: everything but cookies is readable.
    #[default]
    Readable,
    /// Cross-origin by CORS: readable, but of the header fields only the safelisted and the exposed.
    Cors,
    /// The same, after at least one redirect.
    Redirected,
    /// Cross-origin without CORS: body and head hidden.
    Opaque,
    /// A redirect that was not followed.
    OpaqueRedirect,
}

/// A response as it is kept: the head, and what RFC 9111 needs to know of the exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredResponse {
    /// The head, hop-by-hop fields removed.
    pub response: Response,
    /// The method of the request that brought it.
    pub method: String,
    /// The request's header fields that `Vary` nominates.
    pub vary: Headers,
    /// When the request went out (RFC 9111 §4.2.3 `request_time`).
    pub request_time: Timestamp,
    /// When the head came in (RFC 9111 §4.2.3 `response_time`).
    pub response_time: Timestamp,
}

impl StoredResponse {
    /// Writes the stored form.
    pub fn encode(&self, out: &mut Writer) {
        let head = &self.response;
        out.number(u64::from(head.status));
        out.text(&head.status_text);
        out.text(head.url.as_str());
        out.number(match head.kind {
            ResponseKind::Readable => 0,
            ResponseKind::Redirected => 1,
            ResponseKind::Opaque => 2,
            ResponseKind::OpaqueRedirect => 3,
            ResponseKind::Cors => 4,
        });
        encode_headers(&head.headers, out);
        out.text(&self.method);
        encode_headers(&self.vary, out);
        out.number(self.request_time.0);
        out.number(self.response_time.0);
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// [`Corrupt`] when the text was not written by [`encode`](Self::encode).
    pub fn decode(input: &mut Reader<'_>) -> Result<Self, Corrupt> {
        Ok(Self {
            response: Response {
                status: u16::try_from(input.number()?).map_err(|_| Corrupt)?,
                status_text: input.text()?.to_owned(),
                url: Url::new(input.text()?),
                kind: match input.number()? {
                    0 => ResponseKind::Readable,
                    1 => ResponseKind::Redirected,
                    2 => ResponseKind::Opaque,
                    3 => ResponseKind::OpaqueRedirect,
                    4 => ResponseKind::Cors,
                    _ => return Err(Corrupt),
                },
                headers: decode_headers(input)?,
            },
            method: input.text()?.to_owned(),
            vary: decode_headers(input)?,
            request_time: Timestamp(input.number()?),
            response_time: Timestamp(input.number()?),
        })
    }
}

fn encode_headers(headers: &Headers, out: &mut Writer) {
    out.number(headers.len() as u64);
    for (name, value) in headers.iter() {
        out.text(name);
        out.text(value);
    }
}

fn decode_headers(input: &mut Reader<'_>) -> Result<Headers, Corrupt> {
    let mut headers = Headers::new();
    for _ in 0..input.number()? {
        let name = input.text()?;
        headers.append(name, input.text()?);
    }
    Ok(headers)
}
