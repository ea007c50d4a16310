#!/usr/bin/env bash
# Coverage-guided fuzzing on the stable toolchain: libFuzzer, driven by cargo-fuzz.
#   scripts/fuzz.sh [target…]          each target (all by default) for TIME seconds, JOBS targets at a time
#   scripts/fuzz.sh --keep [target…]   what the last run found, minimised, into fuzz/corpus/
# What a run finds stays under target/fuzz/. A crash is under fuzz/artifacts/; copied to fuzz/seeds/<target>/ under a
# name of its own it is a test, and never minimised away.
set -euo pipefail
cd "$(dirname "$0")/.."

CARGO_FUZZ=0.13.2
TIME=${TIME:-600}
JOBS=${JOBS:-1}
# Where cargo-fuzz builds and what it finds.
work=${CARGO_TARGET_DIR:-$PWD/target}/fuzz
keep=
[[ ${1:-} == --keep ]] && keep=1 && shift
targets=("$@")
((${#targets[@]})) || mapfile -t targets < <(basename -s .rs -a fuzz/targets/*.rs)

if [[ " $(cargo fuzz --version 2>/dev/null) " != *" $CARGO_FUZZ "* ]]; then
  echo "fuzz: installing cargo-fuzz $CARGO_FUZZ" >&2
  cargo install "cargo-fuzz@$CARGO_FUZZ" --locked
fi
# Sanitizers need a nightly compiler, and there is no unsafe code that they would watch.
options=(--sanitizer none --target-dir "$work/build")
cargo fuzz build "${options[@]}"

fuzz() {
  local target=$1 found=$work/found/$1 log=$work/$1.log
  mkdir -p "$found" "fuzz/corpus/$target"
  local result=0
  cargo fuzz run "${options[@]}" "$target" "$found" "fuzz/corpus/$target" "fuzz/seeds/$target" -- \
    -max_total_time="$TIME" -max_len=1024 -timeout=10 -dict=fuzz/http.dict -use_value_profile=1 \
    -print_final_stats=1 >"$log" 2>&1 || result=$?
  # Each target's closing line: executions, and the last line that tells its coverage.
  printf '%-16s %s, %s%s\n' "$target" \
    "$(sed -n 's/^stat::number_of_executed_units: */executions: /p' "$log")" \
    "$(grep -o 'cov: [0-9]* ft: [0-9]* corp: [0-9]*' "$log" | tail -n 1)" \
    "$( ((result)) && echo ", FAILED: see $log and fuzz/artifacts/$target" || echo ", no findings")"
  return $((result > 0))
}

minimise() {
  local target=$1 small=$work/small/$1
  rm -rf "$small"
  mkdir -p "$small" "$work/found/$target" "fuzz/corpus/$target"
  # By edges alone: a few inputs that reach all that is reached, not one for each count of a loop.
  cargo fuzz run "${options[@]}" "$target" "$small" "fuzz/seeds/$target" "fuzz/corpus/$target" "$work/found/$target" -- \
    -set_cover_merge=1 -use_counters=0 -max_len=1024 >"$work/$target.keep.log" 2>&1
  rm -rf "fuzz/corpus/$target"
  cp -r "$small" "fuzz/corpus/$target"
  printf '%-16s %s inputs kept\n' "$target" "$(find "fuzz/corpus/$target" -type f | wc -l)"
}

if [[ $keep ]]; then
  for target in "${targets[@]}"; do minimise "$target"; done
  exit
fi
mkdir -p "$work"
failed=0
for target in "${targets[@]}"; do
  while (($(jobs -rp | wc -l) >= JOBS)); do wait -n || failed=1; done
  fuzz "$target" &
done
while (($(jobs -p | wc -l))); do wait -n || failed=1; done
exit "$failed"
