#!/usr/bin/env bash
# Tests the module that starts PostgreSQL in Docker, including the parity suite. If the
# image cannot be pulled, it builds one from the locally installed PostgreSQL.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! docker info >/dev/null 2>&1; then
  echo "no Docker daemon answers: start one, or run make test, which does not need Docker" >&2
  exit 1
fi
image="${TASKTWIN_POSTGRES_IMAGE:-postgres:17-alpine}"
if ! docker image inspect "$image" >/dev/null 2>&1 && ! docker pull -q "$image" >/dev/null 2>&1; then
  image=tasktwin-postgres:local
  echo "the image cannot be pulled: building $image from this machine's PostgreSQL"
  scripts/docker-image.sh "$image"
fi
cd conformance/pgdocker
TASKTWIN_POSTGRES=docker TASKTWIN_POSTGRES_IMAGE="$image" TASKTWIN_REQUIRE_POSTGRES=1 go test -short -count=1 ./...
