#!/usr/bin/env bash
# Makes a release: VERSION=v1.2.3 scripts/release.sh
#
# It drops the replaces between our modules, sets their versions, dates the
# changelog, commits, and tags each module. The module tools, which nobody can
# require, keeps its replaces and gets no tag. With DRY_RUN=1 it only shows that.
# It pushes nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

version=${VERSION:-}
if [[ ! "$version" =~ ^v[01]\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]]; then
  echo "VERSION is \"$version\": it must be like v1.2.3 or v1.2.3-rc.1; from v2 on the modules' paths would have to say so" >&2
  exit 2
fi
dry=${DRY_RUN:-}

mapfile -t modules < <(go list -m -f '{{.Path}} {{.Dir}}')
mapfile -t tagged < <(printf '%s\n' "${modules[@]}" | grep -v '/tools ')
tag() { # of the module in a folder
  local dir=${1#"$PWD"}
  echo "${dir:+${dir#/}/}$version"
}

if [[ -z "$dry" ]]; then
  if [[ -n "$(git status --porcelain)" ]]; then
    echo "there are uncommitted changes: commit them first" >&2
    exit 1
  fi
  for module in "${tagged[@]}"; do
    if git rev-parse -q --verify "refs/tags/$(tag "${module#* }")" >/dev/null; then
      echo "the tag $(tag "${module#* }") is there already" >&2
      exit 1
    fi
  done
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for module in "${modules[@]}"; do
  dir=${module#* }
  name=${dir#"$PWD"}
  name=${name#/}
  mkdir -p "$work/$name"
  edited=$work/$name/go.mod
  cp "$dir/go.mod" "$edited"
  for sibling in "${modules[@]}"; do
    path=${sibling% *}
    [[ "$name" == tools ]] || go mod edit -dropreplace="$path" "$edited"
    if grep -qE "^(require )?[[:space:]]*$path v" "$edited"; then
      go mod edit -require="$path@$version" "$edited"
    fi
  done
  go mod edit -fmt "$edited"
  if [[ -n "$dry" ]]; then
    diff -u --label "${name:+$name/}go.mod" --label "${name:+$name/}go.mod $version" "$dir/go.mod" "$edited" || true
  else
    cp "$edited" "$dir/go.mod"
  fi
done

heading="## [${version#v}] - $(date -u +%F)"
if [[ -n "$dry" ]]; then
  echo "CHANGELOG.md: $heading"
  for module in "${tagged[@]}"; do echo "tag $(tag "${module#* }")"; done
  exit 0
fi
sed -i "s/^## \[Unreleased\]$/## [Unreleased]\n\n$heading/" CHANGELOG.md
git commit -qam "Release $version"
for module in "${tagged[@]}"; do
  git tag "$(tag "${module#* }")"
  echo "tagged $(tag "${module#* }")"
done
echo "next: git push --atomic origin HEAD $(for module in "${tagged[@]}"; do tag "${module#* }"; done | tr '\n' ' ')"
echo "then: make tidy, which adds the sums of what is published then, and commit"
