#!/usr/bin/env bash
# Drives both engines with about two million random operations, over thirty-one seeds
# and all presets: parity-long.sh [FIRST_SEED]. It stops at the first mismatch.
set -euo pipefail
cd "$(dirname "$0")/.."

presets=("" constraint-heavy telemetry-heavy transaction-heavy value-heavy cascade-heavy)
first=${1:-201}
total=0
for ((seed = first; seed < first + 31; seed++)); do
  preset=${presets[seed % ${#presets[@]}]}
  ops=40000
  # Telemetry of many tasks is slow on PostgreSQL.
  [[ $preset == telemetry-heavy ]] && ops=10000
  line=$(go run ./cmd/tasktwin parity --ops $ops --check end --seed $seed --preset "$preset" | grep 'mismatches$')
  made=$(sed -E 's/.* ([0-9]+) operations.*/\1/' <<<"$line")
  total=$((total + made))
  echo "$line, ${preset:-mixed}, $total in all"
done
