//! The command line. Few flags, so parsed by hand.

use std::path::PathBuf;

/// What `--help` and every refusal print.
pub const USAGE: &str = "\
usage: nearcache-origin [--port N] [--app DIR] [--mount PREFIX=DIR]... [--fast] [--real DIR]
  --port N            listen on 127.0.0.1:N; 0 (the default) takes any free port
  --app DIR           serve DIR at /
  --mount PREFIX=DIR  serve DIR at PREFIX, e.g. /pkg=pkg; repeatable, longest prefix wins
  --fast              start with every latency at 0
  --real DIR          put the services that listen in DIR in the place of layers: nginx, memcached, redis";

/// A folder of files served under a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// The path, with a leading and without a trailing slash; empty for the root.
    pub prefix: String,
    /// The folder.
    pub dir: PathBuf,
}

/// Everything the command line decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The port; 0 takes any.
    pub port: u16,
    /// Folders of files, in the order given.
    pub mounts: Vec<Mount>,
    /// Whether every latency starts at zero.
    pub fast: bool,
    /// The folder of the real parts' sockets, where there are any.
    pub real: Option<PathBuf>,
}

/// Reads the arguments that follow the program's name.
///
/// # Errors
/// A sentence for the terminal when an argument is unknown, incomplete or malformed.
pub fn parse(mut args: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options::default();
    while let Some(flag) = args.next() {
        let mut value = || args.next().ok_or(format!("{flag} needs a value"));
        match flag.as_str() {
            "--port" => {
                let port = value()?;
                options.port = port.parse().map_err(|_| format!("--port {port}: not a port number"))?;
            }
            "--app" => options.mounts.push(Mount { prefix: String::new(), dir: value()?.into() }),
            "--mount" => options.mounts.push(mount(&value()?)?),
            "--fast" => options.fast = true,
            "--real" => options.real = Some(value()?.into()),
            _ => return Err(format!("unknown argument {flag}")),
        }
    }
    Ok(options)
}

fn mount(text: &str) -> Result<Mount, String> {
    match text.split_once('=') {
        Some((prefix, dir)) if prefix.starts_with('/') && !dir.is_empty() => {
            Ok(Mount { prefix: prefix.trim_end_matches('/').to_owned(), dir: dir.into() })
        }
        _ => Err(format!("--mount {text}: expected /PREFIX=DIR")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(args: &[&str]) -> Result<Options, String> {
        parse(args.iter().map(|arg| (*arg).to_owned()))
    }

    #[test]
    fn reads_every_flag() {
        let options =
            parsed(&["--port", "8080", "--app", "www", "--mount", "/pkg/=out", "--fast", "--real", "run"]);
        let mount = |prefix: &str, dir: &str| Mount { prefix: prefix.into(), dir: dir.into() };
        assert_eq!(
            options,
            Ok(Options {
                port: 8080,
                mounts: vec![mount("", "www"), mount("/pkg", "out")],
                fast: true,
                real: Some("run".into())
            })
        );
    }

    #[test]
    fn refuses_what_it_cannot_use() {
        for bad in [
            &["--port"][..],
            &["--port", "many"],
            &["--port", "70000"],
            &["--mount", "pkg=out"],
            &["--mount", "/pkg"],
            &["--verbose"],
        ] {
            assert!(parsed(bad).is_err(), "{bad:?}");
        }
    }
}
