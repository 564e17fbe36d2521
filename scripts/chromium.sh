#!/usr/bin/env bash
# Makes sure that the tests find a Chromium: does nothing where there is one,
# installs the package on Debian and Ubuntu, and says what to do elsewhere.
set -euo pipefail

if [[ -n "${TASKTWIN_CHROMIUM:-}" ]]; then
  exit 0
fi
for name in chromium chromium-browser google-chrome google-chrome-stable chrome; do
  # Ubuntu's package is a stub for a snap, which sees no temporary folders.
  if path=$(command -v "$name") && ! grep -qs '/snap/bin' "$path"; then
    exit 0
  fi
done

advice='The tests of the report page need a Chromium. One of these will do:
  Debian:          sudo apt-get install chromium
  Fedora:          sudo dnf install chromium
  Alpine:          apk add chromium
  Chrome:          any google-chrome on the PATH
  another place:   export TASKTWIN_CHROMIUM=/path/to/chromium
None has to be started: the tests start and stop their own.'

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
echo "installing Chromium: the tests of the report page need a browser" >&2
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq
# A font, too: without one all text is boxes.
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
if ! command -v chromium >/dev/null || grep -qs '/snap/bin' "$(command -v chromium)"; then
  echo "$advice" >&2
  exit 1
fi
