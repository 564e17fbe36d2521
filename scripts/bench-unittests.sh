#!/usr/bin/env bash
# Measures what a unit test costs, with each store that this machine has:
# bench-unittests.sh [GO-TEST-FLAGS]. It runs containers if a Docker daemon answers.
set -euo pipefail
cd "$(dirname "$0")/.."

if image=$(scripts/postgres-image.sh); then
  export TASKTWIN_POSTGRES_IMAGE=$image
  # Containers of a killed run are removed here if testcontainers-go cannot have the
  # container that would: Ryuk.
  if [[ "$image" == *:local ]]; then
    export TESTCONTAINERS_RYUK_DISABLED=true
  fi
  # testcontainers-go takes the gateway for the daemon's host in a container, where the
  # daemon may run as well.
  if [[ -e /.dockerenv && -e /sys/class/net/docker0 ]]; then
    export TESTCONTAINERS_HOST_OVERRIDE=localhost
  fi
  TASKTWIN_BENCH_RUN=$(uname -n)-$$
  export TASKTWIN_BENCH_RUN
  trap 'docker ps -aq --filter "label=tasktwin.bench=$TASKTWIN_BENCH_RUN" | xargs -r docker rm -fv >/dev/null' EXIT
else
  unset TASKTWIN_POSTGRES_IMAGE
  echo "testcontainers-go is not measured" >&2
fi
cd bench/unittests
TASKTWIN_REQUIRE_POSTGRES=1 go test -run '^$' -bench . "$@" .
