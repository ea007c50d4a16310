//! An origin that answers by script, and notes what it is asked.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use nearcache::model::{Bytes, CacheMode, Headers, Millis, Response, ResponseKind, Url};
use nearcache::origin::{Collected, Incoming, Origin, SendError, Sending, Tee};
use nearcache::tier::LocalFuture;

use super::support::World;

/// The values of this platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Native {
    /// A request for that URL.
    Request(String),
    /// A response that comes in.
    Response(Answer),
    /// A complete body, or a value.
    Body(String),
    /// What was thrown.
    Thrown(&'static str),
}

impl Default for Native {
    fn default() -> Self {
        Self::Body(String::new())
    }
}

/// What the origin does with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    status: u16,
    headers: Headers,
    pub body: String,
    outcome: Outcome,
    head_after: Millis,
    body_after: Millis,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Complete,
    CutOff,
    Unreachable,
    Aborted,
}

pub fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
    Answer {
        status,
        headers: headers.iter().copied().collect(),
        body: body.to_owned(),
        outcome: Outcome::Complete,
        head_after: Millis(1),
        body_after: Millis(1),
    }
}

/// 200 with that `Cache-Control`.
pub fn ok(cache_control: &str, body: &str) -> Answer {
    answer(200, &[("cache-control", cache_control)], body)
}

pub fn unreachable() -> Answer {
    Answer { outcome: Outcome::Unreachable, ..answer(0, &[], "") }
}

pub fn aborted() -> Answer {
    Answer { outcome: Outcome::Aborted, ..answer(0, &[], "") }
}

impl Answer {
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.append(name, value);
        self
    }

    pub fn after(self, head_after: Millis) -> Self {
        Self { head_after, ..self }
    }

    pub fn body_after(self, body_after: Millis) -> Self {
        Self { body_after, ..self }
    }

    pub fn cut_off(self) -> Self {
        Self { outcome: Outcome::CutOff, ..self }
    }
}

/// A request as it went out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub url: String,
    pub headers: Headers,
    pub cache: Option<CacheMode>,
}

pub struct Scripted {
    world: Rc<World>,
    script: RefCell<VecDeque<Answer>>,
    sent: RefCell<Vec<Sent>>,
}

impl Scripted {
    pub fn new(world: &Rc<World>) -> Rc<Self> {
        Rc::new(Self { world: Rc::clone(world), script: RefCell::default(), sent: RefCell::default() })
    }

    /// What comes next.
    pub fn then(&self, answer: Answer) {
        self.script.borrow_mut().push_back(answer);
    }

    /// What was asked since the last look.
    pub fn take_sent(&self) -> Vec<Sent> {
        self.sent.take()
    }
}

impl Origin<Native> for Scripted {
    fn send(
        &self,
        request: &Native,
        how: Sending,
    ) -> LocalFuture<Result<Incoming<Native>, SendError<Native>>> {
        let Native::Request(url) = request.clone() else { panic!("{request:?} is sent") };
        self.sent.borrow_mut().push(Sent { url: url.clone(), headers: how.headers, cache: how.cache });
        let answer = self.script.borrow_mut().pop_front();
        let answer = answer.unwrap_or_else(|| panic!("nobody expects a request for {url}"));
        let alarm = self.world.sleep(answer.head_after);
        Box::pin(async move {
            alarm.await;
            match answer.outcome {
                Outcome::Unreachable => return Err(SendError::Failed(Native::Thrown("unreachable"))),
                Outcome::Aborted => return Err(SendError::Aborted(Native::Thrown("aborted"))),
                Outcome::Complete | Outcome::CutOff => {}
            }
            let head = Response {
                status: answer.status,
                status_text: String::new(),
                headers: answer.headers.clone(),
                url: Url::new(&url),
                kind: ResponseKind::Readable,
            };
            Ok(Incoming { head, native: Native::Response(answer) })
        })
    }

    fn tee(&self, incoming: &Incoming<Native>, most: Bytes) -> Result<Tee<Native>, Native> {
        let read = self.read(incoming.clone());
        let store = Box::pin(async move {
            let (body, size) = read.await?;
            Ok(if size > most { Collected::TooLarge } else { Collected::Whole(body, size) })
        });
        Ok(Tee { caller: incoming.native.clone(), store })
    }

    fn read(&self, incoming: Incoming<Native>) -> LocalFuture<Result<(Native, Bytes), Native>> {
        let Native::Response(answer) = incoming.native else { panic!("{:?} is read", incoming.native) };
        let alarm = self.world.sleep(answer.body_after);
        Box::pin(async move {
            alarm.await;
            match answer.outcome {
                Outcome::CutOff => Err(Native::Thrown("cut off")),
                _ => Ok((Native::Body(answer.body.clone()), Bytes(answer.body.len() as u64))),
            }
        })
    }

    fn duplicate(&self, request: &Native) -> Option<Native> {
        Some(request.clone())
    }

    fn join(
        &self,
        old: &Native,
        new: &Native,
        keep_before: u64,
        keep_after: u64,
    ) -> LocalFuture<Result<(Native, Bytes), Native>> {
        let (Native::Body(old), Native::Body(new)) = (old, new) else { panic!("{old:?} and {new:?}") };
        let (before, after) = (keep_before as usize, old.len() - keep_after as usize);
        let joined = [&old[..before], new, &old[after..]].concat();
        let size = Bytes(joined.len() as u64);
        Box::pin(async move { Ok((Native::Body(joined), size)) })
    }

    fn resolve(&self, base: &str, relative: &str) -> Option<String> {
        match relative.contains("://") {
            true => Some(relative.to_owned()),
            false => Some([Url::new(base).origin(), relative].concat()),
        }
    }
}
