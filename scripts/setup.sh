#!/usr/bin/env bash
# Installs what the repository's commands need, and skips what is there already.
#   scripts/setup.sh build    what `make build` and `make demo` need
#   scripts/setup.sh all      the browsers and their drivers too (`make test`)
#   scripts/setup.sh webkit   WebKitGTK, and what drives it (`make test-webkit`)
#   scripts/setup.sh real     nginx, memcached and redis (`make demo REAL=1`, `make test-real`)
# cargo's tools go where `cargo install` puts them (CARGO_INSTALL_ROOT changes that).
set -euo pipefail
cd "$(dirname "$0")/.."

WASM_PACK=0.15.1
GECKODRIVER=0.37.1
# The CLI must equal the crate exactly, so the version is read from the lock file.
WASM_BINDGEN=$(sed -n '/^name = "wasm-bindgen"$/{n;s/^version = "\(.*\)"$/\1/p;}' Cargo.lock)

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }
is_version() { has "$1" && [[ " $("$1" --version 2>/dev/null | head -n 1) " == *" $2 "* ]]; }
root=()
[[ $(id -u) == 0 ]] || root=(sudo)

rust() {
  has cargo || fail "cargo is missing: install Rust from https://rustup.rs, then run this again"
  if has rustup && ! rustup target list --installed | grep -qx wasm32-unknown-unknown; then
    say "adding the target wasm32-unknown-unknown"
    rustup target add wasm32-unknown-unknown
  fi
  # Only makes the wasm smaller: scripts/cargo-small.sh does without it.
  if has rustup && [[ ! -e $(rustc --print sysroot)/lib/rustlib/src/rust/library ]]; then
    say "adding the sources of the standard library"
    rustup component add rust-src || say "they cannot be had: the wasm will be 10 % larger"
  fi
  if has rustup && ! { cargo fmt --version && cargo clippy --version; } >/dev/null 2>&1; then
    say "adding rustfmt and clippy"
    rustup component add rustfmt clippy
  fi
}

# crate, version, the command to look at, further arguments of `cargo install`
cargo_tool() {
  local crate=$1 version=$2 command=$3
  is_version "$command" "$version" && return
  say "installing $crate $version (a minute or two)"
  cargo install "$crate@$version" "${@:4}"
  hash -r
  is_version "$command" "$version" || fail "$command $version is not on PATH: another version is in front of it"
}

node_packages() {
  has node && has npm || fail "node and npm are missing: install Node.js 20.19 or newer"
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' \
    || fail "Node.js $(node --version) is too old: 20.19 or newer is needed"
  [[ node_modules/.package-lock.json -nt package-lock.json ]] && return
  say "installing node packages"
  npm ci --no-audit --no-fund
  touch node_modules/.package-lock.json
}

# pairs of command and Debian package
debian() {
  local missing=()
  while (($#)); do
    has "$1" || missing+=("$2")
    shift 2
  done
  ((${#missing[@]})) || return 0
  has apt-get || fail "missing, and no apt-get to install them with: ${missing[*]}"
  say "installing ${missing[*]}"
  "${root[@]}" apt-get update -qq
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}"
  hash -r
}

# program and package. Debian starts what it installs; ours are started by the commands that need them.
service() {
  has "$1" && return
  debian "$1" "$2"
  [[ ! -d /run/systemd/system ]] || "${root[@]}" systemctl disable --quiet --now "$1" || say "$1 runs as a service, too"
}

debian cc build-essential
rust
# Without --locked: the lock file inside this crate names versions that not every registry mirror holds.
cargo_tool wasm-bindgen-cli "$WASM_BINDGEN" wasm-bindgen
cargo_tool wasm-pack "$WASM_PACK" wasm-pack --locked
node_packages
if [[ ${1:-all} == all ]]; then
  debian firefox firefox-esr chromium chromium chromedriver chromium-driver
  cargo_tool geckodriver "$GECKODRIVER" geckodriver --locked
fi
if [[ ${1:-all} == webkit ]]; then
  debian Xvfb xvfb /usr/bin/python3 python3
  /usr/bin/python3 -c 'import cairo, gi; gi.require_version("WebKit2", "4.1")' 2>/dev/null \
    || debian webkit-bindings gir1.2-webkit2-4.1 cairo-bindings python3-gi-cairo
fi
if [[ ${1:-all} == real ]]; then
  PATH=$PATH:/usr/sbin # where Debian keeps nginx
  service nginx nginx-light
  service memcached memcached
  has valkey-server || service redis-server redis-server
  debian setpriv util-linux
fi
say "everything is here"
