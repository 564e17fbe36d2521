#!/usr/bin/env bash
# Installs Debian's package chromium if the tests would not find a Chromium; on other
# systems it prints instructions. Without a Chromium the tests of the report page are
# skipped; with TASKTWIN_REQUIRE_CHROMIUM=1 this script and the tests fail.
set -euo pipefail
source "$(dirname "$0")/apt.sh"

if [[ -n "${TASKTWIN_CHROMIUM:-}" ]]; then
  exit 0
fi
for name in chromium chromium-browser google-chrome google-chrome-stable chrome; do
  # Ubuntu's package is a stub for a snap, which cannot access temporary folders.
  if path=$(command -v "$name") && ! grep -qs '/snap/bin' "$path"; then
    exit 0
  fi
done

advice='The tests of the report page need a Chromium. Install one of:
  Debian:          sudo apt-get install chromium
  Fedora:          sudo dnf install chromium
  Alpine:          apk add chromium
  Chrome:          any google-chrome on the PATH
  another place:   export TASKTWIN_CHROMIUM=/path/to/chromium
The tests start and stop the browser themselves.'

unavailable() { give_up Chromium TASKTWIN_REQUIRE_CHROMIUM "$advice"; }

can_install || unavailable
echo "installing Chromium: the tests of the report page need a browser" >&2
# Without a font all text is drawn as boxes.
{ apt_update && apt_install chromium fonts-dejavu-core; } || unavailable
if ! command -v chromium >/dev/null || grep -qs '/snap/bin' "$(command -v chromium)"; then
  unavailable
fi
