//! Responses on their way out: whole ones, slow ones, and ones that break off.
//!
//! The length of a body in pieces is not known to hyper, so a Content-Length of the response's own stands as
//! it is: one that promises more than the pieces hold makes a truncated response, and hyper closes the
//! connection after it.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HeaderValue};
use http_body::Frame;
use tokio::sync::mpsc;

use crate::message::Reply;

/// A response, and how many bytes of body it carries.
pub(crate) struct Outgoing {
    pub(crate) response: http::Response<Body>,
    pub(crate) bytes: u64,
}

struct Pieces(mpsc::Receiver<Bytes>);

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(cx).map(|piece| Some(Ok(Frame::data(piece?))))
    }
}

/// A body of these pieces.
fn of_pieces(pieces: Vec<Bytes>, gap: Duration) -> Body {
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(async move {
        for piece in pieces {
            if sender.send(piece).await.is_err() {
                // The client left.
                return;
            }
            tokio::time::sleep(gap).await;
        }
    });
    Body::new(Pieces(receiver))
}

impl Outgoing {
    /// A response sent whole.
    pub(crate) fn whole(reply: Reply) -> Self {
        let bytes = reply.body().len() as u64;
        Self { response: reply.map(Body::from), bytes }
    }

    /// A response sent with time between its pieces, framed by its own headers.
    pub(crate) fn in_pieces(reply: Reply, count: usize, gap: Duration) -> Self {
        let bytes = reply.body().len() as u64;
        let size = reply.body().len().div_ceil(count).max(1);
        let response =
            reply.map(|body| of_pieces(body.chunks(size).map(|piece| body.slice_ref(piece)).collect(), gap));
        Self { response, bytes }
    }

    /// A response that announces its whole body and sends half of it.
    pub(crate) fn truncated(mut reply: Reply) -> Self {
        let whole = HeaderValue::from(reply.body().len().max(1));
        reply.headers_mut().entry(CONTENT_LENGTH).or_insert(whole);
        let half = reply.body().len() / 2;
        reply.body_mut().truncate(half);
        Self::in_pieces(reply, 1, Duration::ZERO)
    }
}
