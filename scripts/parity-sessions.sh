#!/usr/bin/env bash
# Runs generated programs of several sessions on memdb and PostgreSQL in lockstep, over
# twenty seeds and all isolation levels: parity-sessions.sh [FIRST_SEED] [PROGRAMS].
# PROGRAMS is how many there are for each seed. A seed with mismatches prints them; the
# others run all the same.
set -euo pipefail
cd "$(dirname "$0")/../conformance"

first=${1:-1}
programs=${2:-5100}
binary=$(mktemp)
trap 'rm -f "$binary"' EXIT
go test -c -o "$binary" ./internal/contention
cd internal/contention
total=0
failed=0
for ((seed = first; seed < first + 20; seed++)); do
  # The programs of a seed have seeds of their own, in a row.
  output=$(TASKTWIN_REQUIRE_POSTGRES=1 TASKTWIN_SEED=$((seed * 1000000)) TASKTWIN_PROGRAMS=$programs \
    "$binary" -test.v -test.timeout 2h -test.run '^TestMemdbAgainstPostgres$') || {
    grep -vE '^ *lockstep_test.go:[0-9]+: +[0-9]+ [^ ]' <<<"$output" # all but how often each outcome was reached
    failed=1
  }
  total=$((total + programs))
  echo "seed $seed: $(grep -oE '[0-9]+ programs of .*' <<<"$output"), $total programs in all"
done
exit "$failed"
