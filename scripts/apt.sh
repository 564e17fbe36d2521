# Installs packages of Debian and Ubuntu. The scripts that do so source this file.
# shellcheck shell=bash

# can_install reports whether packages can be installed without asking, and sets sudo to
# what has to stand before a command that needs root.
can_install() {
  command -v apt-get >/dev/null || return 1
  sudo=()
  if [[ $(id -u) != 0 ]]; then
    command -v sudo >/dev/null && sudo -n true 2>/dev/null || return 1
    sudo=(sudo -n)
  fi
}

apt_get() { "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get "$@"; }

# apt_update fetches the lists of packages.
apt_update() { apt_get update -qq; }

# apt_install installs packages, and keeps configuration that is there.
apt_install() {
  apt_get install -y -qq -o Dpkg::Options::=--force-confold --no-install-recommends "$@" >/dev/null
}

# keep_cluster_out keeps PostgreSQL's packages from creating and starting a cluster.
keep_cluster_out() {
  [[ -e /etc/postgresql-common/createcluster.conf ]] && return
  "${sudo[@]}" mkdir -p /etc/postgresql-common
  echo 'create_main_cluster = false' | "${sudo[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
}

# give_up prints the advice, and ends the script: with an error if the variable of the name
# given says that the tests need the program, or else with a word on what is skipped.
give_up() {
  local name=$1 required=$2 advice=$3
  echo "$advice" >&2
  if [[ -n "${!required:-}" ]]; then
    exit 1
  fi
  echo "Without a $name these tests are skipped." >&2
  exit 0
}
