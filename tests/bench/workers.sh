#!/usr/bin/env bash
# What a delivery costs with one worker and with two, in one run: all processes and Redis together. Rooms span workers, so
# with two every message crosses from one to the other for half of those who hear it.
#   workers.sh            as compare.sh, which does the work; ROUNDS=3 for more than one turn of each
here=$(cd "$(dirname "$0")" && pwd); export ONLY=hearth SCENARIOS=${SCENARIOS:-1200 100 1000 8}
for _ in $(seq "${ROUNDS:-1}"); do for workers in 1 2; do
  HEARTH_WORKERS=$workers bash "$here/compare.sh" | sed "s/^hearth/$workers worker(s)/"
done; done
