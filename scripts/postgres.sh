#!/usr/bin/env bash
# Installs the package postgresql on Debian and Ubuntu if the tests would not find a
# PostgreSQL; on other systems it prints instructions.
set -euo pipefail
source "$(dirname "$0")/apt.sh"

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

if ! can_install; then
  echo "$advice" >&2
  exit 1
fi
echo "installing PostgreSQL: the tests need a server" >&2
keep_cluster_out
apt_update
apt_install postgresql
