#!/bin/sh
# Opens the counter with the demo hall; sets the machine up first where something is missing.
exec sh "$(dirname -- "$0")/with-python.sh" run "$@"
