"""Pages drawn without a screen: each name draws, nothing of the drawing stays, and a real hall is never drawn."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from counter_app import cli
from counter_app.app import draw_page
from counter_app.clock import FixedClock
from counter_app.services import hall as halls
from counter_app.services import shifts
from counter_app.services.demo import make_demo
from counter_app.storage.driver import find_driver
from counter_app.ui.look import MachineLook
from counter_app.ui.page_pictures import PAGES
from tests.halls import NOW, a_hall
from tests.storage.conftest import Worked
from tests.storage.test_migrations import moved_to_version_1


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    make_demo(folder, clock=FixedClock(NOW), customers=40).close()
    return folder


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_drawn(demo: Path, tmp_path: Path, page: str) -> None:
    picture = tmp_path / "page.png"
    assert draw_page(demo, picture, page, MachineLook()) == 0
    image = QImage(str(picture))
    assert (image.width(), image.height()) == (1366, 768)
    hall = halls.open_hall(demo, clock=FixedClock(NOW), for_writing=False)
    assert shifts.sheet(hall) is None, "the shift of the picture is in a copy that is gone"
    hall.close()


def test_the_look_of_the_command_is_the_look_of_the_picture(demo: Path, tmp_path: Path) -> None:
    light, dark = tmp_path / "light.png", tmp_path / "dark.png"
    for theme, picture in (("light", light), ("dark", dark)):
        words = ["--data", str(demo), "--theme", theme, "--offscreen-picture", str(picture), "--page", "sign-in"]
        assert cli.main(words) == 0
    assert QImage(str(light)) != QImage(str(dark))


def test_an_unknown_page_is_not_understood(demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--data", str(demo), "--offscreen-picture", str(tmp_path / "x.png"), "--page", "moon"]) == 2
    assert "sign-in" in capsys.readouterr().err


def test_a_real_hall_is_never_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a_hall(tmp_path / "hall", is_demo=False).close()
    assert draw_page(tmp_path / "hall", tmp_path / "x.png", "sign-in", MachineLook()) == 1
    assert "only a demo hall" in capsys.readouterr().err
    assert not (tmp_path / "x.png").exists()


def test_a_hall_of_an_older_program_is_drawn_from_a_copy_that_is_brought_up(tmp_path: Path) -> None:
    a_hall(tmp_path / "hall").close()
    worked = moved_to_version_1(Worked(tmp_path / "hall", find_driver(), None))
    assert draw_page(tmp_path / "hall", tmp_path / "x.png", "sign-in", MachineLook()) == 0
    assert (tmp_path / "x.png").exists()
    assert worked.ask("PRAGMA user_version") == 1, "the hall's own file is brought up by the window alone"


def test_a_picture_that_cannot_be_written_says_so(demo: Path, tmp_path: Path) -> None:
    assert draw_page(demo, tmp_path / "nowhere" / "x.png", "sign-in", MachineLook()) == 1


def test_without_a_screen_the_way_to_a_picture_is_said(
    demo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert cli.main(["--data", str(demo)]) == 1
    assert "--offscreen-picture" in capsys.readouterr().err
