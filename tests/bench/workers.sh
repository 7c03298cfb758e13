#!/usr/bin/env bash
# What a delivery costs with one worker and with two, in one run: all processes and Redis together. One at 500 messages a
# second does as much as each of two at 1,000; one at 1,000 does more at a time, and so each of it more cheaply.
#   workers.sh            as compare.sh, which does the work; ROUNDS=3 for more than one turn of each
here=$(cd "$(dirname "$0")" && pwd); export ONLY=hearth
for _ in $(seq "${ROUNDS:-1}"); do for asked in "1 500" "2 1000" "1 1000"; do read -r workers rate <<< "$asked"
  HEARTH_WORKERS=$workers SCENARIOS="1200 100 $rate 8" bash "$here/compare.sh" | sed "s/^hearth/$workers worker(s)/"
done; done
