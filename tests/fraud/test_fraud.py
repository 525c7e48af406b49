"""Every known way to rob a counter is blocked or stands among the exceptions; without its defence it is not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from pathlib import Path

import pytest

from tests.fraud.place import Place, a_folder, copied
from tests.fraud.schemes import SCHEMES, Scheme

SECURITY = Path(__file__).parents[2] / "docs" / "security.md"
Making = Callable[[str], Place]


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Sequence[object]]:
    """The one hall that all copies are of."""
    return a_folder(tmp_path_factory.mktemp("origin") / "hall")


@pytest.fixture
def a_place(origin: tuple[Path, Sequence[object]], tmp_path: Path) -> Iterator[Making]:
    made: list[Place] = []

    def make(name: str) -> Place:
        (tmp_path / name).mkdir()
        made.append(copied(origin, tmp_path / name / "hall"))
        return made[-1]

    yield make
    for place in made:
        place.hall.close()


def _name(scheme: Scheme) -> str:
    return f"{scheme.no} {scheme.cheat.__name__.replace('_', ' ')}"


@pytest.mark.parametrize("scheme", SCHEMES, ids=_name)
def test_the_cheat_is_blocked_or_listed_and_only_by_its_defence(
    scheme: Scheme, a_place: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert scheme.cheat(a_place("defended")) == scheme.answers
    where, name = scheme.defence
    if isinstance(where, MutableMapping):
        monkeypatch.setitem(where, name, scheme.undefended)
    elif isinstance(where, str):
        for module in where.split():
            monkeypatch.setattr(f"{module}.{name}", scheme.undefended)
    else:
        monkeypatch.setattr(where, name, scheme.undefended)
    try:
        undefended = scheme.cheat(a_place("undefended"))
    except Exception as trouble:
        undefended = (repr(trouble),)
    assert undefended != scheme.answers


def test_the_table_of_the_cheats_stands_in_the_document() -> None:
    told = re.findall(r"^\| (\d+) \|(?:[^|]*\|){3} `([a-z_]+)` \|$", SECURITY.read_text(encoding="utf-8"), re.M)
    assert [(int(no), name) for no, name in told] == [(one.no, one.cheat.__name__) for one in SCHEMES]
    assert len(told) >= 25
