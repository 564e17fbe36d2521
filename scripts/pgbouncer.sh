#!/usr/bin/env bash
# Installs Debian's package pgbouncer if the tests would not find a PgBouncer; on other
# systems it prints instructions. Without a PgBouncer the tests of poolers are skipped;
# with TASKTWIN_REQUIRE_PGBOUNCER=1 this script and the tests fail.
set -euo pipefail

if [[ -n "${TASKTWIN_PGBOUNCER:-}" ]]; then
  exit 0
fi
for folder in ${PATH//:/ } /usr/sbin /usr/local/sbin /usr/bin /usr/local/bin /opt/homebrew/bin /opt/local/bin; do
  if [[ -x "$folder/pgbouncer" ]]; then
    exit 0
  fi
done

advice='The tests of poolers need a PgBouncer. Install one of:
  Debian, Ubuntu:  sudo apt-get install pgbouncer
  Fedora:          sudo dnf install pgbouncer
  Alpine:          apk add pgbouncer
  macOS:           brew install pgbouncer
  another place:   export TASKTWIN_PGBOUNCER=/path/to/pgbouncer
No running PgBouncer is needed: the tests start and stop their own.'

give_up() {
  echo "$advice" >&2
  if [[ -n "${TASKTWIN_REQUIRE_PGBOUNCER:-}" ]]; then
    exit 1
  fi
  echo 'Without a PgBouncer these tests are skipped.' >&2
  exit 0
}

if ! command -v apt-get >/dev/null; then
  give_up
fi
sudo=()
if [[ $(id -u) != 0 ]]; then
  if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null; then
    give_up
  fi
  sudo=(sudo -n)
fi
echo "installing PgBouncer: the tests of poolers need one" >&2
# Keep the package from starting a service, unless somebody has a policy of their own.
policy=/usr/sbin/policy-rc.d
if [[ ! -e "$policy" ]]; then
  trap '"${sudo[@]}" rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee "$policy" >/dev/null
  "${sudo[@]}" chmod 755 "$policy"
fi
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq || give_up
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o Dpkg::Options::=--force-confold --no-install-recommends pgbouncer >/dev/null ||
  give_up
