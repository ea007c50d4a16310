//! Scripted responses, for conformance and end-to-end tests: a test says what `/s/{id}` answers, byte for
//! byte, and reads afterwards what was asked.
//!
//! A scripted response has the headers it lists and no others but those that frame its body: no `Date`, no
//! CORS, nothing of the layers.

mod model;
mod player;
mod template;

use std::collections::HashMap;
use std::future::pending;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use http::StatusCode;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};

use self::model::Fail;
pub(crate) use self::model::{Script, read};
pub(crate) use self::player::Record;
use self::player::{Player, Response, Turn};
use crate::message::{Call, Reply, error};
use crate::outgoing::Outgoing;
use crate::server::Connection;

/// A body sent with pauses goes in so many pieces.
const PIECES: usize = 8;

/// The scripts by id.
#[derive(Default)]
pub(crate) struct Scripts(Mutex<HashMap<String, Player>>);

impl Scripts {
    /// Sets a script; its record and its place start anew.
    pub(crate) fn put(&self, id: String, script: Script) {
        self.players().insert(id, Player::new(script));
    }

    /// What was asked of a script so far.
    pub(crate) fn record(&self, id: &str) -> Option<Record> {
        self.players().get(id).map(Player::record)
    }

    /// Removes a script, and says whether there was one.
    pub(crate) fn remove(&self, id: &str) -> bool {
        self.players().remove(id).is_some()
    }

    /// Removes all scripts.
    pub(crate) fn clear(&self) {
        self.players().clear();
    }

    /// Plays the next response of the script that the path names.
    pub(crate) async fn play(&self, call: &Call, connection: &Connection, now: SystemTime) -> Outgoing {
        let id = call.uri().path().trim_start_matches("/s/").split('/').next();
        let turn = self.players().get_mut(id.unwrap_or_default()).map(|player| player.play(call, now));
        match turn {
            None => {
                let message = "There is no such script.";
                Outgoing::whole(error(StatusCode::NOT_FOUND, "no-such-script", None, message))
            }
            Some(Turn::Exhausted) => {
                let message = "All responses of this script have been played.";
                Outgoing::whole(error(StatusCode::INTERNAL_SERVER_ERROR, "script-exhausted", None, message))
            }
            Some(Turn::Send(Response { reply, delay, gap, fail })) => {
                tokio::time::sleep(delay).await;
                match fail {
                    Some(Fail::Reset) => connection.reset().await,
                    Some(Fail::Hang) => pending().await,
                    Some(Fail::Truncate) => Outgoing::truncated(reply),
                    None => framed(reply, gap),
                }
            }
        }
    }

    fn players(&self) -> MutexGuard<'_, HashMap<String, Player>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A response as it is, its body framed by its own headers where it has any for that.
fn framed(reply: Reply, gap: Duration) -> Outgoing {
    let headers = reply.headers();
    let framed = headers.contains_key(CONTENT_LENGTH) || headers.contains_key(TRANSFER_ENCODING);
    match (gap.is_zero(), framed) {
        (true, false) => Outgoing::whole(reply),
        (true, true) => Outgoing::in_pieces(reply, 1, gap),
        (false, _) => Outgoing::in_pieces(reply, PIECES, gap),
    }
}
