//! Sockets: accept, speak HTTP/1.1, and reset a connection when a handler asks for it.
//!
//! The loop is ours, rather than `axum::serve`, because a failure that a browser takes for a broken network
//! needs a TCP reset, and because a scripted response must be able to go out without a `Date`.

use std::future::pending;
use std::io;
use std::net::Ipv4Addr;
use std::pin::pin;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// A handler's grip on the connection its request came in on; a request extension.
#[derive(Clone, Debug, Default)]
pub struct Connection(Arc<Notify>);

impl Connection {
    /// Resets the connection. The handler's future is dropped with it, so this never returns.
    pub(crate) async fn reset(&self) -> ! {
        self.0.notify_one();
        pending().await
    }
}

/// Binds the loopback interface.
///
/// # Errors
/// When the port is taken or not ours to take.
pub async fn bind(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await
}

/// Serves for ever.
pub async fn serve(listener: TcpListener, router: Router) {
    loop {
        // An accept error concerns one connection (it was gone already, or descriptors ran out): go on.
        if let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, router.clone()));
        }
    }
}

async fn converse(stream: TcpStream, router: Router) {
    // Small responses in several writes would otherwise wait for the peer's delayed ACK.
    let _ = stream.set_nodelay(true);
    let connection = Connection::default();
    let router = TowerToHyperService::new(router);
    let service = service_fn(|mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(connection.clone());
        router.call(request.map(Body::new))
    });
    let mut exchange =
        http1::Builder::new().auto_date_header(false).serve_connection(TokioIo::new(stream), service);
    let reset = {
        let reset = pin!(connection.0.notified());
        tokio::select! {
            // A protocol error or a client that left ends this connection and concerns nobody else.
            _ = &mut exchange => false,
            () = reset => true,
        }
    };
    if reset {
        let _ = exchange.into_parts().io.into_inner().set_zero_linger();
    }
}
