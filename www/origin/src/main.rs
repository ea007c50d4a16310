//! `nearcache-origin`: parse the command line, bind, say where, serve.

use std::process::ExitCode;

use nearcache_origin::{Origin, cli, server};

#[tokio::main]
async fn main() -> ExitCode {
    let options = match cli::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}\n\n{}", cli::USAGE);
            return ExitCode::from(2);
        }
    };
    let router = match Origin::router(&options).await {
        Ok(router) => router,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::FAILURE;
        }
    };
    let listener = match server::bind(options.port).await {
        Ok(listener) => listener,
        Err(error) => {
            eprintln!("cannot listen on 127.0.0.1:{}: {error}", options.port);
            return ExitCode::FAILURE;
        }
    };
    match listener.local_addr() {
        Ok(address) => println!("listening on http://{address}"),
        Err(error) => {
            eprintln!("the listening socket has no address: {error}");
            return ExitCode::FAILURE;
        }
    }
    server::serve(listener, router).await;
    ExitCode::SUCCESS
}
