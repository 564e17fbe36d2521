#!/usr/bin/env bash
# Tests with one PostgreSQL: test-server.sh all|share. The server is the one that
# pgtest finds: that at TASKTWIN_POSTGRES_URL, or else one that is started from the
# first binaries in PATH.
#
# all is the suite in short, 8,000 operations of parity in each preset, the tests of
# plans and those of the command; FULL=1 runs the suite and the tests of the command in
# full. share is the suite's cases, some values, 4,000 operations of parity in three
# presets, and the plans. TASKTWIN_BINARIES is a folder that keeps the programs for another run.
set -uo pipefail
cd "$(dirname "$0")/.."

kind=${1:-all}
if [[ "$kind" != all && "$kind" != share ]]; then
  echo "usage: $0 all|share" >&2
  exit 2
fi
export TASKTWIN_REQUIRE_POSTGRES=1
short=-short
[[ -n "${FULL:-}" ]] && short=
ops=8000
seed=1

binaries=${TASKTWIN_BINARIES:-}
if [[ -z "$binaries" ]]; then
  binaries=$(mktemp -d)
  trap 'rm -rf "$binaries"' EXIT
fi

# build builds a package as a program, unless an earlier run has.
build() {
  local program=$1 package=$2
  shift 2
  [[ -x "$binaries/$program" ]] || "$@" -o "$binaries/$program" "$package" || exit 1
}

failed=0

# check runs a command in a folder, and prints what it printed if it failed, or else the
# lines that match a pattern.
check() {
  local name=$1 pattern=$2 folder=$3 begin=$SECONDS output result=ok
  shift 3
  if ! output=$(cd "$folder" && "$@" 2>&1); then
    result=FAILED
    failed=1
    echo "$output"
  fi
  printf '  %-26s %-7s %4d s  %s\n' "$name" "$result" $((SECONDS - begin)) "$(grep -oE "$pattern" <<<"$output" | tail -1)"
}

nothing='^$'
build tasktwin ./cmd/tasktwin go build
if [[ "$kind" == all ]]; then
  check 'suite' "$nothing" conformance go test $short -count=1 -timeout 2h ./...
  presets=(mixed constraint-heavy telemetry-heavy transaction-heavy value-heavy cascade-heavy)
else
  build conformance.test ./conformance go test -c
  # In short, the cases run on pgdb, and values of each kind are compared.
  check 'cases and values' "$nothing" conformance "$binaries/conformance.test" -test.short -test.timeout 2h \
    -test.run '^(TestPgdb|TestTranscriptsOfValues)$'
  ops=4000
  presets=(mixed constraint-heavy value-heavy)
fi
for preset in "${presets[@]}"; do
  named=()
  [[ "$preset" == mixed ]] || named=(--preset "$preset")
  check "parity, $preset" 'PostgreSQL [0-9]+, .*' . "$binaries/tasktwin" parity --ops "$ops" --seed "$seed" --check end "${named[@]}"
done
build bench.test ./bench go test -c
check 'plans' "$nothing" bench "$binaries/bench.test" -test.short -test.timeout 2h -test.run '^TestPlansUseIndexes$'
if [[ "$kind" == all ]]; then
  check 'command' "$nothing" cmd go test $short -count=1 -timeout 2h ./...
fi
exit "$failed"
