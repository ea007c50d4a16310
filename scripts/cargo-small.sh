#!/usr/bin/env bash
# cargo, with a standard library that is built along with the crate: for size, without source locations and
# panic messages, which nobody reads in a browser. Without the library's sources, plain cargo, and a wasm that is
# 10 % larger. See docs/decisions/0005-standard-library.md.
set -euo pipefail

if [[ ! -e $(rustc --print sysroot)/lib/rustlib/src/rust/library/std/Cargo.toml ]]; then
  echo "the sources of the standard library are missing (rustup component add rust-src): building with the ready-made one" >&2
  exec cargo "$@"
fi

export RUSTC_BOOTSTRAP=1
export RUSTFLAGS="${RUSTFLAGS:-} -Zlocation-detail=none -Zfmt-debug=none -Zunstable-options -Cpanic=immediate-abort"
exec cargo "$@" -Zbuild-std=std,panic_abort -Zbuild-std-features=optimize_for_size
