#!/usr/bin/env bash
# Builds a Docker image from the locally installed PostgreSQL, for machines without
# access to a registry: docker-image.sh NAME. Like the official images, it takes
# POSTGRES_PASSWORD, POSTGRES_HOST_AUTH_METHOD, POSTGRES_DB and arguments for the server,
# and has its data in a volume.
set -euo pipefail

if [[ $# -ne 1 ]]; then
  echo "usage: $0 NAME[:TAG]" >&2
  exit 2
fi
bin=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -1)
if [[ -z "$bin" || ! -x "$bin/initdb" ]]; then
  echo "no PostgreSQL under /usr/lib/postgresql: install the postgresql package" >&2
  exit 1
fi
version=$(basename "$(dirname "$bin")")
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

mkdir -p "$root"/{bin,etc,tmp,proc,dev,sys,var/run/postgresql,var/lib/postgresql,usr/local/bin}
chmod 1777 "$root/tmp" "$root/var/run/postgresql"

# take copies files and folders to the same paths in the image.
take() { for path in "$@"; do tar -C / -c "${path#/}" | tar -C "$root" -x; done; }

# libraries copies the shared libraries of programs and modules.
libraries() {
  for file in "$@"; do ldd "$file" 2>/dev/null || true; done | grep -o '/[^ )]*' | sort -u | while read -r lib; do
    if [[ ! -e "$root$lib" ]]; then
      mkdir -p "$root$(dirname "$lib")"
      cp -L "$lib" "$root$lib"
    fi
  done
}

programs=("$bin"/{postgres,initdb,pg_ctl,psql})
for program in sh cat cp grep awk id mkdir chown chmod rm setpriv ls kill sleep; do
  path=$(command -v "$program" || true)
  [[ "$path" == /* ]] || path=/bin/$program
  path=$(readlink -f "$path")
  programs+=("$path")
  [[ -e "$root/bin/$program" ]] || ln -s "$path" "$root/bin/$program"
done
mkdir -p "$root/usr/bin" "$root/usr/lib"
for program in "${programs[@]}"; do
  mkdir -p "$root$(dirname "$program")"
  cp "$program" "$root$program"
done
take "/usr/lib/postgresql/$version/lib" "/usr/share/postgresql/$version"
rm -rf "$root/usr/lib/postgresql/$version/lib/bitcode" "$root/usr/lib/postgresql/$version/lib"/llvmjit*
libraries "${programs[@]}" "$root/usr/lib/postgresql/$version/lib"/*.so
for place in /usr/share/zoneinfo /usr/share/postgresql-common /usr/lib/locale/C.utf8; do
  if [[ -e "$place" ]]; then take "$place"; fi
done
echo 'root:x:0:0:root:/:/bin/sh
postgres:x:999:999:postgres:/var/lib/postgresql:/bin/sh' >"$root/etc/passwd"
echo 'root:x:0:
postgres:x:999:' >"$root/etc/group"
echo 'passwd: files
group: files
hosts: files dns' >"$root/etc/nsswitch.conf"

cat >"$root/usr/local/bin/docker-entrypoint.sh" <<'SCRIPT'
#!/bin/sh
set -e
data=${PGDATA:-/var/lib/postgresql/data}
if [ "$1" != postgres ]; then exec "$@"; fi
shift
as() { setpriv --reuid=999 --regid=999 --clear-groups "$@"; }
mkdir -p "$data"
chown 999:999 "$data" /var/lib/postgresql /var/run/postgresql
chmod 700 "$data"
if [ ! -e "$data/PG_VERSION" ]; then
  if [ -z "$POSTGRES_PASSWORD" ] && [ "$POSTGRES_HOST_AUTH_METHOD" != trust ]; then
    echo "POSTGRES_PASSWORD must be set, or POSTGRES_HOST_AUTH_METHOD=trust" >&2
    exit 1
  fi
  user=${POSTGRES_USER:-postgres}
  if [ -n "$POSTGRES_PASSWORD" ]; then
    echo "$POSTGRES_PASSWORD" >/tmp/pw
    chmod 644 /tmp/pw
    as initdb -D "$data" -U "$user" -A scram-sha-256 --pwfile=/tmp/pw -E UTF8 --locale=C.UTF-8 $POSTGRES_INITDB_ARGS
    rm /tmp/pw
  else
    as initdb -D "$data" -U "$user" -A trust -E UTF8 --locale=C.UTF-8 $POSTGRES_INITDB_ARGS
  fi
  # As in the official images, a temporary server creates the database.
  db=${POSTGRES_DB:-$user}
  if [ "$db" != postgres ]; then
    hba="$data/pg_hba.conf"
    cp "$hba" /tmp/hba
    echo "local all all trust" >"$hba"
    as pg_ctl -D "$data" -w -o "-c listen_addresses=" start
    as psql -v ON_ERROR_STOP=1 -U "$user" -d postgres -v "db=$db" <<'SQL'
CREATE DATABASE :"db";
SQL
    as pg_ctl -D "$data" -w -m fast stop
    cat /tmp/hba >"$hba"
    rm /tmp/hba
  fi
  echo "host all all all ${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >>"$data/pg_hba.conf"
fi
exec setpriv --reuid=999 --regid=999 --clear-groups postgres -D "$data" -c listen_addresses='*' "$@"
SCRIPT
chmod 755 "$root/usr/local/bin/docker-entrypoint.sh"

tar -C "$root" --numeric-owner --owner=0 --group=0 -c . | docker import \
  --change "ENV PATH=/usr/local/bin:$bin:/usr/bin:/bin" --change "ENV LANG=C.UTF-8" \
  --change 'ENTRYPOINT ["docker-entrypoint.sh"]' --change 'CMD ["postgres"]' \
  --change 'EXPOSE 5432' --change 'VOLUME /var/lib/postgresql/data' - "$1" >/dev/null
echo "built $1: PostgreSQL $version"
