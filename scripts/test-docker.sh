#!/usr/bin/env bash
# Tests the module that starts PostgreSQL in Docker, including the parity suite, and the
# benchmarks of unit tests with containers. If the image cannot be pulled, it builds one
# from the locally installed PostgreSQL.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! image=$(scripts/postgres-image.sh); then
  echo "start a Docker daemon, or run make test, which does not need Docker" >&2
  exit 1
fi
(
  cd conformance/pgdocker
  TASKTWIN_POSTGRES=docker TASKTWIN_POSTGRES_IMAGE="$image" TASKTWIN_REQUIRE_POSTGRES=1 go test -short -count=1 ./...
)
TASKTWIN_POSTGRES_IMAGE="$image" scripts/bench-unittests.sh -benchtime 1x -count 1
