#!/usr/bin/env bash
# Record training steps and profiles on a machine with one NVIDIA GPU, in at most eight minutes, with nothing built there:
#
#   benchmarks/profiles/record_gpu.sh OUT                     the whole set
#   benchmarks/profiles/record_gpu.sh OUT --device cpu --tiny the same code on any machine, in under a minute
#
# Needs Python 3.11 or newer. torch and numpy are used as they are; what is missing of them is installed into OUT/packages,
# and nothing of the machine's is changed. OUT gets steps.csv (a row per network, precision, layout and batch: seconds and
# the peak of memory), runs.csv, profiles/*.json, machine.json and log.txt. What the time does not allow is left out, with
# exit code 1; a row is written whole or not at all. What reads it:
#   cloudcost fit --device H100 OUT/runs.csv -o mine.json     a known device scaled by these steps
#   python -m benchmarks.accuracy fit                         the joint fit, of what lies in benchmarks/profiles/recorded/
# All arguments after OUT go to record_gpu.py; MINUTES=N gives another limit.
set -euo pipefail

[ $# -ge 1 ] || { echo "usage: $0 OUT [--device cpu --tiny]" >&2; exit 2; }
out=$1
shift
here=$(cd "$(dirname "$0")/../.." && pwd)
python=${PYTHON:-python3}
begun=$(date +%s)

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
  || { echo "$python: Python 3.11 or newer is needed, name one by PYTHON=..." >&2; exit 2; }
mkdir -p "$out"
out=$(cd "$out" && pwd)

export PYTHONPATH="$here/src:$here:$out/packages${PYTHONPATH:+:$PYTHONPATH}"
missing=$("$python" -c '
from importlib.util import find_spec
print(*(name for name in ("torch", "numpy") if find_spec(name) is None))')
if [ -n "$missing" ]; then
  echo "installing into $out/packages: $missing" >&2
  # shellcheck disable=SC2086  # a list of names
  "$python" -m pip install --quiet --disable-pip-version-check --target "$out/packages" $missing \
    || { echo "pip could not install $missing, install them by hand" >&2; exit 2; }
fi

spent=$(($(date +%s) - begun))
seconds=$((60 * ${MINUTES:-8} - spent - 10)) # ten to write and end
[ "$seconds" -ge 60 ] || { echo "only $seconds s are left after installing, start again or set MINUTES" >&2; exit 2; }
cd "$here"
"$python" -m benchmarks.profiles.record_gpu "$out" --seconds "$seconds" "$@" 2> >(tee "$out/log.txt" >&2)
