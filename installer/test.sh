#!/bin/sh
# Runs all tests; sets the machine up first where something is missing.
exec sh "$(dirname -- "$0")/with-python.sh" test "$@"
