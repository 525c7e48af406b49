"""A day of many counters, compressed.

    python -m tests.scale [--halls 400] [--counters 5] [--payments 300] [--each 10] [--seconds 1200]

Real workers, real HTTPS, a PostgreSQL of its own with the settings of a real one. What does not fit into the time is
left out, and the first line says how much that is. `docs/scale.md` keeps the last result and what follows from it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.hub.postgres import running
from tests.hub.service import a_service
from tests.scale.looks import SETTINGS
from tests.scale.runs import Hub, a_day, report
from tests.scale.world import Size

DATABASE = "scale"


def main() -> int:
    """Run it and print the figures; 1 when the hub said or kept something wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.scale", description="a day of many counters at one hub")
    parser.add_argument("--halls", type=int, default=400)
    parser.add_argument("--counters", type=int, default=5, help="in each hall")
    parser.add_argument("--payments", type=int, default=300, help="of each counter")
    parser.add_argument("--each", type=int, default=10, help="entries of an upload, on average")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=8, help="requests at the same time")
    parser.add_argument("--seconds", type=float, default=1200)
    args = parser.parse_args()
    size = Size(args.halls, args.counters, args.payments, args.each)
    with tempfile.TemporaryDirectory(prefix="counter-scale-keys-") as keys, running(SETTINGS) as cluster:
        cluster.create(DATABASE)
        words = ("--migrate", "--workers", str(args.workers))
        with a_service(cluster.url(DATABASE), Path(keys) / "keys", *words) as service:
            hub = Hub(service, cluster, DATABASE)
            day = a_day(hub, size, threads=args.threads, seconds=args.seconds)
    print(*report(day), sep="\n")
    return 1 if day.errors else 0


if __name__ == "__main__":
    sys.exit(main())
