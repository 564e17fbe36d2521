#!/usr/bin/env bash
# Prints the name of an image of PostgreSQL that the Docker daemon has:
# TASKTWIN_POSTGRES_IMAGE or postgres:17-alpine, which it pulls if it can. Otherwise it
# builds one from the locally installed PostgreSQL. It fails without a daemon.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! docker info >/dev/null 2>&1; then
  echo "no Docker daemon answers" >&2
  exit 1
fi
image="${TASKTWIN_POSTGRES_IMAGE:-postgres:17-alpine}"
if ! docker image inspect "$image" >/dev/null 2>&1 && ! docker pull -q "$image" >/dev/null 2>&1; then
  image=tasktwin-postgres:local
  echo "the image cannot be pulled: building $image from this machine's PostgreSQL" >&2
  scripts/docker-image.sh "$image" >&2
fi
echo "$image"
