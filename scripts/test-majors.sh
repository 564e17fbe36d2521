#!/usr/bin/env bash
# Tests with each major of PostgreSQL that can be had: test-majors.sh all|share. What is
# tested with each stands in test-server.sh. A major's server comes from the first of
#   1. the places in TASKTWIN_POSTGRES_SERVERS, separated by colons. A place is a
#      server's folder, with bin, lib and share in it; an archive of one, of any
#      kind that tar reads; or a folder with several of these;
#   2. Docker, as the image postgres:MAJOR, if it is there or can be pulled;
#   3. Debian's packages: postgresql-MAJOR if it is installed or apt-get can install it.
# Majors that cannot be had are skipped, and named. MAJORS="16 18" selects some. In CI,
# where CI is set, it fails if fewer than four majors ran.
set -uo pipefail
cd "$(dirname "$0")/.."
source scripts/apt.sh

kind=${1:-all}
if [[ "$kind" != all && "$kind" != share ]]; then
  echo "usage: $0 all|share" >&2
  exit 2
fi
read -ra majors <<<"${MAJORS:-14 15 16 17 18}"
least=1
[[ -n "${CI:-}" ]] && least=4
((least > ${#majors[@]})) && least=${#majors[@]}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# As root, the servers run as another user, who has to reach their files.
chmod 755 "$work"
umask 022
export TASKTWIN_BINARIES=$work/binaries
mkdir "$TASKTWIN_BINARIES"

declare -A folders # of the binaries, by major

# note notes the server of a folder, if it has one.
note() {
  local version
  [[ -x "$1/bin/postgres" && -x "$1/bin/initdb" ]] || return 1
  version=$("$1/bin/postgres" --version 2>/dev/null | sed -nE 's/^postgres \(PostgreSQL\) ([0-9]+).*/\1/p')
  [[ -n "$version" ]] || return 1
  : "${folders[$version]:=$(cd "$1" && pwd)/bin}"
}

# unpack unpacks an archive, and notes the server in it.
unpack() {
  local into postgres
  into=$(mktemp -d -p "$work")
  chmod 755 "$into"
  if ! tar -xf "$1" -C "$into" --no-same-owner; then
    echo "$1 cannot be unpacked" >&2
    return
  fi
  while read -r postgres; do
    note "$(dirname "$(dirname "$postgres")")"
  done < <(find "$into" -maxdepth 4 -path '*/bin/postgres')
}

# look notes the servers of a place.
look() {
  local entry
  if [[ -f "$1" ]]; then
    unpack "$1"
  elif ! note "$1"; then
    for entry in "$1"/*; do
      if [[ "$entry" == *.tar || "$entry" == *.tar.* || "$entry" == *.tgz || "$entry" == *.txz ]]; then
        unpack "$entry"
      else
        note "$entry"
      fi
    done
  fi
}

IFS=: read -ra places <<<"${TASKTWIN_POSTGRES_SERVERS:-}"
for place in "${places[@]}"; do
  if [[ ! -e "$place" ]]; then
    echo "TASKTWIN_POSTGRES_SERVERS names $place, which is not there" >&2
    exit 2
  fi
  look "$place"
done

docker=
docker info >/dev/null 2>&1 && docker=yes

# has_image reports whether a major's image is there or can be pulled. After one that
# cannot, no other is tried.
has_image() {
  [[ -n "$docker" ]] || return 1
  docker image inspect "postgres:$1" >/dev/null 2>&1 && return
  [[ "$docker" == yes ]] || return 1
  echo "pulling postgres:$1"
  timeout 600 docker pull -q "postgres:$1" >/dev/null 2>&1 && return
  docker='only what is there'
  return 1
}

# has_package reports whether a major's package is installed or can be, and notes it.
has_package() {
  note "/usr/lib/postgresql/$1" && return
  local sudo
  can_install && apt-cache show "postgresql-$1" >/dev/null 2>&1 || return 1
  echo "installing postgresql-$1"
  keep_cluster_out && apt_install "postgresql-$1" && note "/usr/lib/postgresql/$1"
}

in_container() {
  local pgdocker=$TASKTWIN_BINARIES/pgdocker
  [[ -x "$pgdocker" ]] || go build -o "$pgdocker" ./conformance/pgdocker/cmd/pgdocker || return 1
  TASKTWIN_POSTGRES_IMAGE=postgres:$1 "$pgdocker" scripts/test-server.sh "$kind"
}

# The servers are those of the majors, whatever else the environment names.
unset TASKTWIN_POSTGRES TASKTWIN_POSTGRES_URL
summary=()
ran=0
failed=0
for major in "${majors[@]}"; do
  begin=$SECONDS
  if [[ -n "${folders[$major]:-}" ]]; then
    from=$("${folders[$major]}/postgres" --version | sed -E 's/^postgres \(PostgreSQL\) //')
    run=(env "PATH=${folders[$major]}:$PATH" TASKTWIN_POSTGRES=local scripts/test-server.sh "$kind")
  elif has_image "$major"; then
    from="the image postgres:$major"
    run=(in_container "$major")
  elif has_package "$major"; then
    from=$("${folders[$major]}/postgres" --version | sed -E 's/^postgres \(PostgreSQL\) //')
    run=(env "PATH=${folders[$major]}:$PATH" TASKTWIN_POSTGRES=local scripts/test-server.sh "$kind")
  else
    summary+=("PostgreSQL $major: skipped: no folder or archive of it, no image, no package")
    continue
  fi
  echo "PostgreSQL $major: $from"
  ran=$((ran + 1))
  result=ok
  if ! "${run[@]}"; then
    result=FAILED
    failed=1
  fi
  summary+=("$(printf 'PostgreSQL %s: %-6s %4d s  %s' "$major" "$result" $((SECONDS - begin)) "$from")")
done

echo
printf '%s\n' "${summary[@]}"
if ((ran < least)); then
  echo "$ran majors ran, and at least $least have to: set TASKTWIN_POSTGRES_SERVERS to a folder with the others' servers or" \
    "archives of them, or start Docker where it can pull postgres:MAJOR" >&2
  failed=1
fi
exit "$failed"
