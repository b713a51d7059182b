#!/usr/bin/env bash
# Measures the ingest goals of the design (section 6) on a made-up corpus, beside ccusage and `wc -l`, and first of all
# checks that the report's totals are exactly those of the corpus: a fast wrong number is worth nothing. Last it times
# the reading of a page of a provider's report by itself (benches/pages.rs).
#
#   scripts/bench.sh          RUNS=20 scripts/bench.sh          ALLCLEAR=path/to/allclear scripts/bench.sh
#   BENCH_REPOSITORIES=200 BENCH_FILES=5000 scripts/bench.sh   (a million files: takes a while to make, and 5 GB)
#
# Everything lives in target/bench and is kept there. What is measured sees an empty home and a bare environment, so
# that nobody's own logs, keys or settings take part. Cold means an empty data folder and logs in the page cache, for
# every contestant.
# Exits 1 when a total is wrong or a command fails; a missed goal is printed only, since machines differ.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

runs=${RUNS:-10}
allclear=$(realpath -m "${ALLCLEAR:-$target_dir/release/allclear}")
bench=$(realpath -m "$target_dir/bench")
corpus=$bench/corpus
data=$bench/data
results=$bench/results.tsv
python=$(python3 -c 'import sys; print(sys.executable)')
clean=(env -i "PATH=$PATH" "HOME=$bench/home" TZ=UTC "CLAUDE_CONFIG_DIR=$corpus" "ALLCLEAR_DATA_DIR=$data")

[[ -x $allclear ]] || die "there is no $allclear: build it first, with make build"
mkdir -p "$bench/home"

# The corpus is kept, and made again only when its generator changed.
if [[ ! -f $corpus/expected.json || -n $(find benches -name '*.mjs' -newer "$corpus/expected.json") ]]; then
    node benches/corpus.mjs "$corpus"
fi

ccusage=$root/node_modules/.bin/ccusage
if [[ ! -x $ccusage ]]; then
    ccusage=$bench/peers/node_modules/.bin/ccusage
    [[ -x $ccusage ]] || npm install --silent --no-audit --no-fund --prefix "$bench/peers" ccusage@20.0.24 ||
        say "ccusage could not be installed: measuring without it"
fi

check=$(cat <<'PY'
import json, sys
expected, total, models = (json.load(open(path)) for path in sys.argv[1:])
kinds = ("input", "cacheWrite5m", "cacheWrite1h", "cacheRead", "output")
wrong = []

def same(what, got, want):
    if got != want:
        wrong.append(f"  {what}: {got}, expected {want}")

for kind in kinds:
    same(f"total {kind}", total["totals"]["tokens"][kind], expected["totals"][kind])
for count in ("messages", "sessions"):
    same(f"total {count}", total["totals"][count], expected["totals"][count])
rows = {row["key"]: row for row in models["rows"]}
same("models", sorted(rows), sorted(expected["byModel"]))
for name, want in expected["byModel"].items():
    for kind in kinds:
        same(f"{name} {kind}", rows.get(name, {}).get("tokens", {}).get(kind), want[kind])
    same(f"{name} messages", rows.get(name, {}).get("messages"), want["messages"])
if wrong:
    sys.exit("the totals are wrong:\n" + "\n".join(wrong))
print(f"totals exact: {expected['totals']['messages']} messages, {len(rows)} models")
PY
)

# Wall, CPU and memory of the same runs, from wait4: no shell and no timer process in between. (Memory has a floor of
# about 10 MB, Python's own at the moment of the spawn.)
measure=$(cat <<'PY'
import os, statistics, subprocess, sys, time
runs, prepare, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
quiet = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]
walls, cpus, peaks = [], [], []
for run in range(runs + 1):
    subprocess.run(prepare, shell=True, check=True)
    started = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ, file_actions=quiet)
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - started
    if status != 0:
        sys.exit(f"{' '.join(command)} failed with status {os.waitstatus_to_exitcode(status)}")
    if run > 0:  # the first one warms the page cache
        walls.append(wall)
        cpus.append(usage.ru_utime + usage.ru_stime)
        peaks.append(usage.ru_maxrss / 1024)
print(*(statistics.median(values) for values in (walls, cpus, peaks)), sep="\t")
PY
)

timed=$(cat <<'PY'
import json, sys
run, memory = json.load(open(sys.argv[1]))["results"][0], sys.argv[2].split("\t")[2]
print(run["median"], run["user"] + run["system"], memory, sep="\t")
PY
)

table=$(cat <<'PY'
import sys
lines = [line.rstrip("\n").split("\t") for line in open(sys.argv[1])]
log_bytes, db_bytes = int(sys.argv[2]), int(sys.argv[3])
rows = {name: [float(value) for value in values] for name, *values in lines}
goals = {  # wall and CPU in seconds, memory in MB
    "report, cold": (0.30, 0.45, 60),
    "report, warm": (0.010, None, None),
    "sync, nothing new": (0.020, None, None),
    "provider, 90 days": (2.0, None, None),
    # 14 projects of ordinary size, or with BENCH_REPOSITORIES 200 of them with a million files.
    "projects, cold": (3.0 if int(sys.argv[4]) > 14 else 0.150, None, 150),
    "projects, nothing new": (0.300 if int(sys.argv[4]) > 14 else None, None, 150),
}
cold = rows["report, cold"][0]

def cell(value, goal, scale, unit):
    verdict = "" if goal is None else " ok" if value <= goal else f" MISSED (goal {goal * scale:g})"
    return f"{value * scale:.1f} {unit}{verdict}"

print(f"{'median of the runs':<24}{'wall':<28}{'CPU':<28}{'peak memory':<26}to cold")
for name, (wall, cpu, peak) in rows.items():
    goal = goals.get(name, (None, None, None))
    print(f"{name:<24}{cell(wall, goal[0], 1000, 'ms'):<28}{cell(cpu, goal[1], 1000, 'ms'):<28}"
          f"{cell(peak, goal[2], 1, 'MB'):<26}{wall / cold:.2f}x")
share = 100 * db_bytes / log_bytes
print(f"database {db_bytes / 1e6:.1f} MB, {share:.2f} % of {log_bytes / 1e6:.0f} MB of logs "
      f"({'ok' if share <= 5 else 'MISSED, goal 5 %'})")
PY
)

# measure_as NAME PREPARE COMMAND...: appends one line of medians. hyperfine, when it is there, has the word on time.
measure_as() {
    local name=$1 prepare=$2 medians
    shift 2
    medians=$("${clean[@]}" "$python" -c "$measure" "$runs" "$prepare" "$@")
    if have hyperfine; then
        "${clean[@]}" "$(command -v hyperfine)" --style none --shell none --warmup 1 --runs "$runs" \
            --prepare "sh -c '$prepare'" --export-json "$bench/hyperfine.json" "$(printf '%q ' "$@")" >/dev/null
        medians=$("$python" -c "$timed" "$bench/hyperfine.json" "$medians")
    fi
    printf '%s\t%s\n' "$name" "$medians" >>"$results"
}

rm -rf "$data"
: >"$results"
"${clean[@]}" "$allclear" report --json --window all >"$bench/report.json"
"${clean[@]}" "$allclear" report --json --window all --by model >"$bench/report-models.json"
"$python" -c "$check" "$corpus/expected.json" "$bench/report.json" "$bench/report-models.json"

measure_as 'report, cold' "rm -rf \"$data\"" "$allclear" report --json --window all
measure_as 'report, warm' true "$allclear" report --json --window all
measure_as 'sync, nothing new' true "$allclear" sync --json

# Ninety days of fifty groups from a stand-in for Anthropic, into a folder of its own, so that the others' is measured.
exec 3< <(exec node benches/provider.mjs)
provider=$!
trap 'kill "$provider" 2>/dev/null || true' EXIT
read -r address <&3
measure_as 'provider, 90 days' "rm -rf \"$bench/provider\"" env "ALLCLEAR_DATA_DIR=$bench/provider" \
    ANTHROPIC_ADMIN_KEY=sk-ant-admin01-bench "ALLCLEAR_ANTHROPIC_BASE_URL=$address" \
    "$allclear" sync --source anthropic --json

# Repositories, and no usage at all: the whole sync is the reading of projects.
repositories=${BENCH_REPOSITORIES:-14}
files=${BENCH_FILES:-500}
work=$bench/projects-$repositories-$files
[[ -f $work/.done && $work/.done -nt benches/projects.mjs ]] || {
    node benches/projects.mjs "$work" --repositories "$repositories" --files "$files" && touch "$work/.done"
}
mkdir -p "$bench/projects/config" "$bench/no-logs/projects"
printf '{"roots": ["%s"], "fromUsage": false}\n' "$work" >"$bench/projects/config/projects.json"
projects=(env "ALLCLEAR_DATA_DIR=$bench/projects" "CLAUDE_CONFIG_DIR=$bench/no-logs" "$allclear" sync --json)
measure_as 'projects, cold' "cd \"$bench/projects\" && rm -rf allclear.db* projects.json history" "${projects[@]}"
measure_as 'projects, nothing new' true "${projects[@]}"

if [[ -x $ccusage ]]; then
    measure_as "$("$ccusage" --version)" true "$ccusage" claude daily --json --offline
fi
measure_as 'wc -l' true sh -c "find \"$corpus/projects\" -name '*.jsonl' -print0 | xargs -0 wc -l"

log_bytes=$(find "$corpus/projects" -name '*.jsonl' -printf '%s\n' | awk '{ sum += $1 } END { print sum }')
db_bytes=$(find "$data" -maxdepth 1 -name 'allclear.db*' -printf '%s\n' | awk '{ sum += $1 } END { print sum + 0 }')
"$python" -c "$table" "$results" "$log_bytes" "$db_bytes" "$repositories"
cargo bench --quiet --locked --features ssr --bench pages --bench analytics --bench telemetry --bench orders

# How far the forecast was off on the demo's year, beside the mean of the days before.
rm -rf "$bench/demo"
"${clean[@]}" "$allclear" demo --data-dir "$bench/demo" >/dev/null
"${clean[@]}" "$allclear" --data-dir "$bench/demo" sync --json >/dev/null
"${clean[@]}" "$allclear" --data-dir "$bench/demo" doctor --json | "$python" -c '
import json, sys
print(*("forecast: " + found["message"] for found in json.load(sys.stdin) if found["check"] == "forecast"))'
