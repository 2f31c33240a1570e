#!/usr/bin/env bash
# compare_hashes.sh RAIDSIM PEER...: each PEER, the same program from another compiler or optimisation level, must
# print the same trace hash for every shipped scenario as RAIDSIM does. Run in the project root.
set -euo pipefail

reference=$1
shift
[ $# -gt 0 ] || { echo "compare_hashes: no other build to compare with" >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$reference" hashes scenarios/library >"$work/reference"
count=$(wc -l <"$work/reference")
[ "$count" -gt 0 ] || { echo "$reference printed no hash" >&2; exit 1; }

status=0
for peer in "$@"; do
  [ -x "$peer" ] || { echo "$peer: not built" >&2; exit 1; }
  "$peer" hashes scenarios/library >"$work/peer"
  if cmp -s "$work/reference" "$work/peer"; then
    echo "$peer: $count equal hashes"
  else
    status=1
    echo "$peer: differs from $reference (< reference, > peer):"
    diff "$work/reference" "$work/peer" | head -n 20 || true
  fi
done
exit $status
