#!/usr/bin/env bash
# Installs Debian's package chromium if the tests would not find a Chromium; on other
# systems it prints instructions. Without a Chromium the tests of the report page are
# skipped; with TASKTWIN_REQUIRE_CHROMIUM=1 this script and the tests fail.
set -euo pipefail

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

give_up() {
  echo "$advice" >&2
  if [[ -n "${TASKTWIN_REQUIRE_CHROMIUM:-}" ]]; then
    exit 1
  fi
  echo 'Without a Chromium these tests are skipped.' >&2
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
echo "installing Chromium: the tests of the report page need a browser" >&2
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq || give_up
# Without a font all text is drawn as boxes.
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null || give_up
if ! command -v chromium >/dev/null || grep -qs '/snap/bin' "$(command -v chromium)"; then
  give_up
fi
