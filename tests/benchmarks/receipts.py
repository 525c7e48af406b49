"""A receipt as PDF against an empty page with the same font embedded; warm, and the first one of a process."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

from counter_app.documents.paper import Paper
from counter_app.documents.receipt import receipt_pdf
from counter_app.domain.receipts import ReceiptFacts, receipt_number
from tests.benchmarks.measuring import Line, Scene, alternate, percentile
from tests.benchmarks.receipts_bare import embed, empty_page
from tests.documents.samples import ORIGINAL, facts, line, proof

_OURS = """
from counter_app.documents.paper import Paper
from counter_app.documents.receipt import receipt_pdf
receipt_pdf(facts, paper=Paper.A5, mark=ORIGINAL, proof=proof(facts))
"""
_BARE = """
from tests.benchmarks.receipts_bare import embed, empty_page
embed()
empty_page()
"""
_FRESH = """
from tests.documents.samples import ORIGINAL, facts as made, proof
facts = made()
import time
begun, burnt = time.perf_counter(), time.process_time()
{job}
print(time.perf_counter() - begun, time.process_time() - burnt)
"""


def receipt_lines(scene: Scene) -> list[Line]:
    """CPU of the A5 receipt of three bills, its size, and the first in a fresh process with all imports.

    Each is another customer's, so that nothing is found ready but what every receipt shares.
    """
    embed()

    def ours(paid: tuple[ReceiptFacts, str]) -> None:
        receipt_pdf(paid[0], paper=Paper.A5, mark=ORIGINAL, proof=paid[1])

    def bare(_paid: tuple[ReceiptFacts, str]) -> None:
        empty_page()

    samples = [(paid, paid) for paid in map(_paid, range(scene.count(200, 2)))]
    alternate(ours, bare, samples[:10])
    mine, empty = alternate(ours, bare, samples)
    sizes = [len(receipt_pdf(paid, paper=Paper.A5, mark=ORIGINAL, proof=signed)) for (paid, signed), _ in samples]
    size_kb = percentile(sizes, 0.5) / 1000
    firsts = [(_first_ms(_OURS, scene), _first_ms(_BARE, scene)) for _ in range(scene.count(10, 2))][1:]
    first_ms = percentile([pair[0] for pair in firsts], 0.5)
    bare_ms = percentile([pair[1] for pair in firsts], 0.5)
    return [
        Line("receipt PDF, A5, warm, CPU", "ms", mine.cpu_ms, "≤ 5 ms", mine.cpu_ms <= 5, mine.p99_ms(of_cpu=True),
             empty.cpu_ms),
        Line("receipt PDF, first of a process, CPU", "ms", first_ms, "≤ 150 ms", first_ms <= 150, None, bare_ms),
        Line("receipt PDF, size", "kB", size_kb, "≤ 40 kB", size_kb <= 40),
    ]  # fmt: skip


def _paid(n: int) -> tuple[ReceiptFacts, str]:
    """The n-th customer's receipt: name, address, amounts and numbers of its own."""
    lines = tuple(line(month, late_days=(0, 57 + n % 40)[month > 0]) for month in (n % 7 + 2, 1, 0))
    # characters from the 3,755 that most names are made of
    common = [bytes((0xB0 + (n * 7 + k * 13) % 40, 0xA1 + (n * 11 + k * 29) % 90)).decode("gb18030") for k in range(6)]
    paid = replace(
        facts(*lines),
        receipt_no=receipt_number(hall_code="HZ01", counter_code="03", year=2026, serial=123 + n),
        customer_no=f"C{12_345 + 7_919 * n:08d}",
        customer_name_masked=f"{common[0]}*{common[1]}",
        address_masked=f"滨江市{''.join(common[2:])}路***号{n % 30 + 1}幢***室",
    )
    return paid, proof(paid)


def _first_ms(job: str, scene: Scene) -> float:
    code = _FRESH.format(job=job)
    # an installed counter has its bytecode; here the first round, which does not count, compiles it
    env = os.environ | {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(scene.data / "bytecode")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    return float(done.stdout.split()[1]) * 1e3
