#!/usr/bin/env bash
# Installs Debian's package pgbouncer if the tests would not find a PgBouncer; on other
# systems it prints instructions. Without a PgBouncer the tests of poolers are skipped;
# with TASKTWIN_REQUIRE_PGBOUNCER=1 this script and the tests fail.
set -euo pipefail
source "$(dirname "$0")/apt.sh"

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

unavailable() { give_up PgBouncer TASKTWIN_REQUIRE_PGBOUNCER "$advice"; }

can_install || unavailable
echo "installing PgBouncer: the tests of poolers need one" >&2
# Keep the package from starting a service, unless somebody has a policy of their own.
policy=/usr/sbin/policy-rc.d
if [[ ! -e "$policy" ]]; then
  trap '"${sudo[@]}" rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee "$policy" >/dev/null
  "${sudo[@]}" chmod 755 "$policy"
fi
{ apt_update && apt_install pgbouncer; } || unavailable
