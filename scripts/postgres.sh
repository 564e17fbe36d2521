#!/usr/bin/env bash
# Installs the package postgresql on Debian and Ubuntu if the tests would not find a
# PostgreSQL; on other systems it prints instructions.
set -euo pipefail

if [[ -n "${TASKTWIN_POSTGRES_URL:-}" ]]; then
  exit 0
fi
in_docker='go run ./conformance/pgdocker/cmd/pgdocker make test'
if [[ "${TASKTWIN_POSTGRES:-}" == docker ]]; then
  echo "only conformance/pgdocker uses Docker: for the other tests unset TASKTWIN_POSTGRES, and run $in_docker" >&2
  exit 1
fi
if command -v initdb >/dev/null && command -v postgres >/dev/null; then
  exit 0
fi
for bin in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/libexec/postgresql* /usr/local/pgsql/bin /opt/homebrew/opt/postgresql*/bin; do
  if [[ -x "$bin/initdb" && -x "$bin/postgres" ]]; then
    exit 0
  fi
done

advice="The tests need PostgreSQL 14 or newer. Use one of:
  Debian, Ubuntu:  sudo apt-get install postgresql
  Fedora:          sudo dnf install postgresql-server
  Alpine:          apk add postgresql
  macOS:           brew install postgresql
  a server:        export TASKTWIN_POSTGRES_URL=postgres://user:password@host:5432/postgres
  Docker:          $in_docker
No running server is needed: the tests start and stop one."

if ! command -v apt-get >/dev/null; then
  echo "$advice" >&2
  exit 1
fi
sudo=()
if [[ $(id -u) != 0 ]]; then
  if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null; then
    echo "$advice" >&2
    exit 1
  fi
  sudo=(sudo -n)
fi
echo "installing PostgreSQL: the tests need a server" >&2
# Keep the package from creating and starting a cluster.
if [[ ! -e /etc/postgresql-common/createcluster.conf ]]; then
  "${sudo[@]}" mkdir -p /etc/postgresql-common
  echo 'create_main_cluster = false' | "${sudo[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o Dpkg::Options::=--force-confold --no-install-recommends postgresql >/dev/null
