#!/usr/bin/env bash
# Makes a release: VERSION=v1.2.3 scripts/release.sh
#
# It sets the version of the siblings that our modules require, with their sums,
# dates the changelog, commits, and tags each module that is released. With
# DRY_RUN=1 it shows what the commit would change, in a clone that it drops. It
# pushes nothing. See docs/releasing.md.
set -euo pipefail
cd "$(dirname "$0")/.."

version=${VERSION:-}
if [[ ! "$version" =~ ^v[01]\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]]; then
  echo "VERSION is \"$version\": it must be like v1.2.3 or v1.2.3-rc.1; from v2 on the modules' paths would have to say so" >&2
  exit 2
fi
dry=${DRY_RUN:-}

# Nobody requires or installs these: they get no tag.
unreleased='^(bench|bench/unittests|examples|tools)$'

mapfile -t tags < <(go list -m -f '{{.Dir}}' | while read -r dir; do
  dir=${dir#"$PWD"}
  dir=${dir#/}
  [[ "$dir" =~ $unreleased ]] || echo "${dir:+$dir/}$version"
done)

if [[ -n "$dry" ]]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  git clone --quiet . "$work/clone"
  cd "$work/clone"
else
  if [[ -n "$(git status --porcelain)" ]]; then
    echo "there are uncommitted changes: commit them first" >&2
    exit 1
  fi
  for tag in "${tags[@]}"; do
    if git rev-parse -q --verify "refs/tags/$tag" >/dev/null; then
      echo "the tag $tag is there already" >&2
      exit 1
    fi
  done
fi

sed -i "s/^## \[Unreleased\]$/## [Unreleased]\n\n## [${version#v}] - $(date -u +%F)/" CHANGELOG.md
# The sums are of all that is committed: nothing may change after this.
go run ./tools/modules version "$version"
if [[ -n "$dry" ]]; then
  git --no-pager diff
  printf 'tag %s\n' "${tags[@]}"
  exit 0
fi

git commit -qam "Release $version"
for tag in "${tags[@]}"; do
  git tag "$tag"
  echo "tagged $tag"
done
echo "next: git push --atomic origin HEAD ${tags[*]}"
