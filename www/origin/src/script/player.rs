//! Playing a script: which response is next, whether it is a 304, and what was asked.

use std::time::{Duration, SystemTime};

use http::StatusCode;
use http::header::{CONTENT_LENGTH, HeaderValue, TRANSFER_ENCODING};
use serde::Serialize;

use super::model::{Content, Fail, OnExhausted, Script, Scripted};
use super::template;
use crate::conditional;
use crate::message::{Call, Reply, latin1, millis};

/// A script being played.
pub(super) struct Player {
    script: Script,
    next: usize,
    requests: Vec<Request>,
}

/// What was asked, as `GET /_origin/script/{id}` shows it.
#[derive(Debug, Serialize)]
pub(crate) struct Record {
    requests: Vec<Request>,
}

#[derive(Clone, Debug, Serialize)]
struct Request {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: String,
    at: u64,
}

/// A response with its templates filled in, and how it is sent.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) reply: Reply,
    pub(super) delay: Duration,
    pub(super) gap: Duration,
    pub(super) fail: Option<Fail>,
}

/// What happens next.
#[derive(Debug)]
pub(super) enum Turn {
    /// This response.
    Send(Response),
    /// The script is over.
    Exhausted,
}

impl Player {
    /// A script at its start.
    pub(super) fn new(script: Script) -> Self {
        Self { script, next: 0, requests: Vec::new() }
    }

    /// What was asked so far.
    pub(super) fn record(&self) -> Record {
        Record { requests: self.requests.clone() }
    }

    /// Takes down a request and decides its answer.
    pub(super) fn play(&mut self, call: &Call, now: SystemTime) -> Turn {
        self.requests.push(request(call, now));
        let last = self.script.responses.len() - 1;
        let place = match self.script.on_exhausted {
            OnExhausted::RepeatLast => self.next.min(last),
            OnExhausted::ServerError => self.next,
        };
        let Some(scripted) = self.script.responses.get(place) else {
            return Turn::Exhausted;
        };
        self.next += 1;
        let mut response = response(scripted, now);
        if self.script.match304 && conditional::unchanged(call.headers(), response.reply.headers()) {
            response.reply = not_modified(response.reply);
        }
        Turn::Send(response)
    }
}

/// The 304 of a response, with all its headers but those that would frame a body.
fn not_modified(mut reply: Reply) -> Reply {
    *reply.status_mut() = StatusCode::NOT_MODIFIED;
    reply.body_mut().clear();
    reply.headers_mut().remove(CONTENT_LENGTH);
    reply.headers_mut().remove(TRANSFER_ENCODING);
    reply
}

fn request(call: &Call, now: SystemTime) -> Request {
    let headers = call.headers().iter();
    Request {
        method: call.method().to_string(),
        url: call.uri().to_string(),
        headers: headers.map(|(name, value)| (name.to_string(), latin1(value))).collect(),
        body: String::from_utf8_lossy(call.body()).into_owned(),
        at: millis(now),
    }
}

fn response(scripted: &Scripted, now: SystemTime) -> Response {
    let mut reply = Reply::new(match &scripted.body {
        Content::Text(text) => text.clone().into(),
        Content::Sized { size } => (b'a'..=b'z').cycle().take(size.get() as usize).collect(),
    });
    *reply.status_mut() = scripted.status();
    for header in &scripted.headers {
        let value = template::bytes(&template::filled(&header.value, now));
        let value = HeaderValue::from_bytes(&value).expect("checked when the script was read");
        reply.headers_mut().append(header.name.clone(), value);
    }
    Response {
        reply,
        delay: scripted.delay_ms.duration(),
        gap: scripted.chunk_ms.duration(),
        fail: scripted.fail,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::script::read;

    fn call(condition: &str) -> Call {
        let request = http::Request::get("/s/x?y").header("if-none-match", condition);
        request.body(Bytes::new()).unwrap()
    }

    fn player(json: &str) -> Player {
        Player::new(read(json.as_bytes()).unwrap())
    }

    fn sent(turn: Turn) -> u16 {
        match turn {
            Turn::Send(response) => response.reply.status().as_u16(),
            Turn::Exhausted => 0,
        }
    }

    #[test]
    fn plays_in_order_and_then_what_the_script_says() {
        for (ending, expected) in [("repeat-last", [200, 404, 404]), ("500", [200, 404, 0])] {
            let json = format!(r#"{{"responses": [{{}}, {{"status": 404}}], "onExhausted": "{ending}"}}"#);
            let mut player = player(&json);
            let played = [(); 3].map(|()| sent(player.play(&call("*"), SystemTime::now())));
            assert_eq!(played, expected);
            assert_eq!(player.record().requests.len(), 3);
        }
    }

    #[test]
    fn answers_304_where_asked_to() {
        let mut player = player(r#"{"responses": [{"headers": [["ETag", "W/\"1\""]]}], "match304": true}"#);
        assert_eq!(sent(player.play(&call("\"1\""), SystemTime::now())), 304);
        assert_eq!(sent(player.play(&call("\"2\""), SystemTime::now())), 200);
    }
}
