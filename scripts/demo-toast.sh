#!/usr/bin/env bash
# A dashboard whose two clients order at a stand-in for Toast, for people to look at: every twenty seconds somebody
# orders. Everything lies in target/demo-toast and is made anew each time.
#
#   scripts/demo-toast.sh          PORT=4100 scripts/demo-toast.sh          ALLCLEAR=path/to/allclear scripts/demo-toast.sh
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

port=${PORT:-4100}
allclear=$(realpath -m "${ALLCLEAR:-$target_dir/debug/allclear}")
data=$(realpath -m "$target_dir/demo-toast")

[[ -x $allclear ]] || die "there is no $allclear: build it first, with make dev or make build"
rm -rf "$data"

node end2end/toast.mjs --port "$port" --live &
fake=$!
trap 'kill $fake 2>/dev/null || true' EXIT
export ALLCLEAR_TOAST_BASE_URL=http://127.0.0.1:$port ALLCLEAR_TOAST_CLIENT_SECRET=demo-secret
for _ in {1..50}; do
    curl --silent --fail --output /dev/null "$ALLCLEAR_TOAST_BASE_URL/__fake/state" && break
    sleep 0.1
done

"$allclear" demo --data-dir "$data"
for client in "harbor-bistro:Harbor Bistro:1" "corner-coffee:Corner Coffee:2"; do
    IFS=: read -r id name place <<<"$client"
    "$allclear" --data-dir "$data" clients add --id "$id" --name "$name" --client-id demo-client --keep-personal-data \
        --restaurant-guid "1a2b3c4d-0000-4000-8000-00000000000$place"
done
# A minute is long for who only looks.
printf '{"intervalMinutes": 15, "enabled": true, "liveOrdersSeconds": 15}\n' >"$data/config/sync.json"
say "Choose Harbor Bistro on the page of orders, and wait: a new order comes in every twenty seconds."
say "Make it misbehave with: curl -d '{\"status\": 429, \"retryAfter\": 12, \"times\": 3}' $ALLCLEAR_TOAST_BASE_URL/__fake/fault"
"$allclear" --data-dir "$data" serve
