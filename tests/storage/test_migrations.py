"""Migrations: a file of version 1 becomes exactly what is made today, and is never found half done."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from counter_app.domain.search import read_query
from counter_app.storage import migrate as migrating
from counter_app.storage.backup import restore
from counter_app.storage.beside import data_key
from counter_app.storage.driver import connect, find_driver
from counter_app.storage.migrate import bring_up, migrate
from counter_app.storage.revisions import STEPS, objects_of_version, upgrade
from counter_app.storage.schema import SCHEMA_VERSION
from counter_app.storage.search import Hit, search
from counter_app.storage.sql import DriverConnection, Reading, Sql
from counter_app.storage.store import FILE_NAME, Store
from counter_app.storage.trouble import FileIsNewer, FileIsOlder, StoreTrouble
from counter_app.storage.verify import FileIsDamaged
from counter_app.storage.verify_file import normal
from tests.storage.conftest import FORMS, OLD, Worked
from tests.storage.test_backup import AT

WHAT_TO_DO = (
    "tables.py or schema.py and the steps in storage/migrations/versions make two different files: add the next step "
    "vNNNN_….py, raise SCHEMA_VERSION to it, and leave the steps that were released as they are"
)
SHADOWS = ("search_text_",)
"""Tables that FTS5 makes for itself when its own table is made."""


def moved_to_version_1(worked: Worked) -> Worked:
    """The same rows in a file as version 1 made it."""
    old = worked.path.with_name("old.db")
    with closing(connect(worked.driver, old, key=worked.key, is_writer=True)) as raw:
        upgrade(raw, worked.driver, from_version=0, to_version=1)
        now, then = columns_of(worked), tables_of(raw)
        raw.execute(
            "ATTACH ? AS present" + (f" KEY \"x'{worked.key.hex()}'\"" if worked.key else ""), (str(worked.path),)
        )
        for table in then:
            if table in now and not table.startswith("search_"):
                shared = ", ".join(name for name in then[table] if name in now[table])
                raw.execute(f"INSERT INTO main.{table} ({shared}) SELECT {shared} FROM present.{table}")
        raw.execute("DETACH present")
    worked.path.unlink()
    for end in ("-wal", "-shm"):
        worked.path.with_name(worked.path.name + end).unlink(missing_ok=True)
        old.with_name(old.name + end).unlink(missing_ok=True)
    old.rename(worked.path)
    return worked


def tables_of(raw: DriverConnection) -> dict[str, list[str]]:
    names = [row[0] for row in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()]
    return {name: [row[1] for row in raw.execute(f"PRAGMA table_info({name})").fetchall()] for name in names}


def columns_of(worked: Worked) -> dict[str, list[str]]:
    with worked.raw() as raw:
        return tables_of(raw)


@pytest.fixture(scope="session")
def old_templates(
    worked_templates: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Path]:
    """Moves each form to version 1 once."""
    made: dict[str, Path] = {}

    def template(form: str) -> Path:
        if form not in made:
            folder = tmp_path_factory.mktemp("old") / form
            shutil.copytree(worked_templates(OLD + form), folder)
            moved_to_version_1(Worked(folder, find_driver(FORMS[form][0]), data_key(folder)))
            made[form] = folder
        return made[form]

    return template


@pytest.fixture
def make_old(old_templates: Callable[[str], Path], tmp_path: Path) -> Callable[[str], Worked]:
    """A fresh copy of the worked hall in one form, as a file of version 1."""

    def make(form: str) -> Worked:
        folder = tmp_path / form
        shutil.copytree(old_templates(form), folder)
        return Worked(folder, find_driver(FORMS[form][0]), data_key(folder))

    return make


@pytest.fixture(params=FORMS)
def old(request: pytest.FixtureRequest, make_old: Callable[[str], Worked]) -> Worked:
    """The worked hall as a file of version 1, in each form."""
    return make_old(request.param)


@pytest.fixture
def old_plain(make_old: Callable[[str], Worked]) -> Worked:
    """The worked demo hall as a file of version 1."""
    return make_old("plain")


def version_of(worked: Worked) -> object:
    return worked.ask("PRAGMA user_version")


@pytest.mark.parametrize("name", ["sqlcipher3", "sqlite3"])
def test_the_steps_make_the_file_that_is_made_today(name: str) -> None:
    driver = find_driver(name)
    with closing(driver.module.connect(":memory:", isolation_level=None)) as raw:
        upgrade(raw, driver, from_version=0, to_version=SCHEMA_VERSION)
        question = "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL"
        migrated = {(kind, name): normal(sql) for kind, name, sql in raw.execute(question).fetchall()}
        assert raw.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        strict = dict(raw.execute("SELECT name, strict FROM pragma_table_list WHERE type = 'table'").fetchall())
    made = {key: normal(sql) for key, sql in objects_of_version(driver, SCHEMA_VERSION).items()}
    assert migrated == made, WHAT_TO_DO
    own = {name for name in strict if not name.startswith(("sqlite_", "search_text"))}
    assert [name for name in own if not strict[name]] == []


def version_at(path: Path, worked: Worked) -> int:
    store = Store.open(path, key=worked.key, driver=worked.driver, for_writing=False)
    try:
        return store.file_version()
    finally:
        store.close()


def test_there_is_a_step_for_every_version() -> None:
    numbers = sorted(int(path.name[1:5]) for path in (STEPS / "versions").glob("v*.py"))
    assert numbers == list(range(1, SCHEMA_VERSION + 1)), WHAT_TO_DO


def test_an_old_file_is_brought_up_and_kept(old: Worked) -> None:
    with pytest.raises(FileIsOlder):
        Store.open(old.path, key=old.key, driver=old.driver)
    before = old.look().counts
    result = migrate(old.path, key=old.key, driver=old.driver)
    assert result is not None
    assert (result.from_version, result.to_version) == (1, SCHEMA_VERSION)
    assert result.kept.name == f"{FILE_NAME}.before-v{SCHEMA_VERSION}"
    assert version_at(result.kept, old) == 1
    report = old.look()
    assert report.findings == ()
    assert report.counts == before
    store = Store.open(old.path, key=old.key, driver=old.driver)
    assert store.money_off == ()
    store.close()


def test_everybody_is_found_once_the_file_is_brought_up(old: Worked) -> None:
    heard: list[str] = []
    assert migrate(old.path, key=old.key, driver=old.driver, progress=lambda what, done, of: heard.append(what))
    assert heard.index("search") < heard.index("swap")
    store = Store.open(old.path, key=old.key, driver=old.driver)
    try:
        with store.reading() as reading:
            everybody = {row[0] for row in reading.rows(Sql("SELECT id FROM customers"))}
            found = [hit.customer_id for text in ("李雷", "lilei", "韩梅梅", "100023") for hit in ask(reading, text)]
    finally:
        store.close()
    assert len(everybody) >= 3
    assert set(found) == everybody


def ask(reading: Reading, text: str) -> tuple[Hit, ...]:
    return search(reading, read_query(text))


def test_an_old_file_is_verified_as_what_it_was(old: Worked) -> None:
    assert old.look().findings == ()


def test_a_present_file_is_left_alone(worked: Worked) -> None:
    before = worked.path.stat()
    assert migrate(worked.path, key=worked.key, driver=worked.driver) is None
    assert (worked.path.stat().st_ino, worked.path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_newer_file_is_for_reading_only(worked: Worked) -> None:
    with worked.raw() as raw:
        raw.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    with pytest.raises(FileIsNewer, match=str(SCHEMA_VERSION + 1)):
        Store.open(worked.path, key=worked.key, driver=worked.driver)
    with pytest.raises(FileIsNewer):
        migrate(worked.path, key=worked.key, driver=worked.driver)
    store = Store.open(worked.path, key=worked.key, driver=worked.driver, for_writing=False)
    with store.reading() as reading:
        assert reading.driver.execute("SELECT count(*) FROM payments").fetchone() == (5,)
    with pytest.raises(StoreTrouble), store.writing():
        pass
    store.close()


def test_a_damaged_old_file_stays_as_it_was(old: Worked) -> None:
    old.harm("UPDATE postings SET amount_fen = amount_fen + 1 WHERE id = 3")
    with pytest.raises(FileIsDamaged) as damaged:
        migrate(old.path, key=old.key, driver=old.driver)
    assert damaged.value.report.findings[0].what == "posting"
    assert version_of(old) == 1
    assert list(old.folder.glob(f"{FILE_NAME}.*")) == []


def test_a_file_that_somebody_reads_is_not_swapped(old_plain: Worked) -> None:
    reader = Store.open(old_plain.path, for_writing=False)
    with reader.reading() as reading:
        assert reading.driver.execute("SELECT count(*) FROM entries").fetchone() is not None
        with pytest.raises(StoreTrouble):
            migrate(old_plain.path)
    reader.close()
    assert version_of(old_plain) == 1
    assert migrate(old_plain.path) is not None


STAGES = ["copy_whole", "bring_up", "index_customers", "verify", "settle", "keep_aside", "take_place"]


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("when", ["before", "after"])
def test_an_error_at_any_stage_leaves_the_old_file_or_the_new(
    make_old: Callable[[str], Worked], monkeypatch: pytest.MonkeyPatch, stage: str, when: str
) -> None:
    old = make_old("stdlib" if when == "after" else "plain")
    real = getattr(migrating, stage)

    def cut(*args: object, **more: object) -> object:
        if when == "after":
            real(*args, **more)
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(migrating, stage, cut)
        with pytest.raises((OSError, StoreTrouble)):
            migrate(old.path, key=old.key, driver=old.driver)
    is_swapped = (stage, when) == ("take_place", "after")
    assert version_of(old) == (SCHEMA_VERSION if is_swapped else 1)
    assert_goes_on(old)


KILLED_AT = """
import os, sys
from pathlib import Path
from counter_app.domain.search import read_query
from counter_app.storage import migrate as migrating
from counter_app.storage.beside import data_key
folder, stage, when = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
real = getattr(migrating, stage)
def cut(*args, **more):
    if when == "after":
        real(*args, **more)
    os._exit(9)
setattr(migrating, stage, cut)
migrating.migrate(folder / "hall.db", key=data_key(folder))
"""


@pytest.mark.parametrize(
    ("stage", "when"),
    [("copy_whole", "after"), ("bring_up", "after"), ("keep_aside", "after"), ("take_place", "after")],
)
def test_a_kill_at_any_stage_leaves_the_old_file_or_the_new(
    make_old: Callable[[str], Worked], stage: str, when: str
) -> None:
    old = make_old("encrypted")
    command = [sys.executable, "-c", KILLED_AT, str(old.folder), stage, when]
    assert subprocess.run(command, check=False).returncode == 9
    assert version_of(old) == (SCHEMA_VERSION if stage == "take_place" else 1)
    assert_goes_on(old)


def assert_goes_on(worked: Worked) -> None:
    """The next start ends what was begun, with one name on the file and nothing lost."""
    migrate(worked.path, key=worked.key, driver=worked.driver)
    assert version_of(worked) == SCHEMA_VERSION
    assert worked.look().findings == ()
    assert worked.look().counts["payments"] == 5
    assert worked.path.stat().st_nlink == 1
    assert not worked.path.with_name(f"{FILE_NAME}.migrating").exists()
    kept = worked.path.with_name(f"{FILE_NAME}.before-v{SCHEMA_VERSION}")
    assert version_at(kept, worked) == 1


def test_a_step_that_fails_in_the_middle_changes_nothing(old: Worked, tmp_path: Path) -> None:
    steps = steps_with(
        tmp_path, 'bind.exec_driver_sql("ALTER TABLE bills ADD COLUMN x INTEGER")\n    raise OSError("cut")'
    )
    with pytest.raises(StoreTrouble, match="cut"):
        bring_up(old.path, key=old.key, driver=old.driver, from_version=1, to_version=2, steps=steps)
    assert version_of(old) == 1
    assert old.look().findings == ()


def test_a_step_that_adds_a_column_keeps_the_table_strict(old: Worked, tmp_path: Path) -> None:
    steps = steps_with(tmp_path, 'bind.exec_driver_sql("ALTER TABLE bills ADD COLUMN x INTEGER NOT NULL DEFAULT 0")')
    bring_up(old.path, key=old.key, driver=old.driver, from_version=1, to_version=2, steps=steps)
    with old.raw() as raw:
        assert raw.execute("SELECT strict FROM pragma_table_list WHERE name = 'bills'").fetchone() == (1,)
        with pytest.raises(old.driver.module.Error):
            raw.execute("UPDATE bills SET x = 'text'")


def test_an_old_backup_is_brought_up_when_it_is_put_back(old_plain: Worked, tmp_path: Path) -> None:
    file = tmp_path / "old-backup.db"
    file.write_bytes(old_plain.path.read_bytes())
    assert restore(old_plain.folder, file, now=AT).from_version == 1
    assert version_of(old_plain) == SCHEMA_VERSION
    assert old_plain.look().findings == ()


def test_alembic_is_imported_only_for_a_migration(plain: Worked) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom counter_app.storage.migrate import migrate\n"
        f"assert migrate(Path({str(plain.path)!r})) is None\n"
        "assert not [name for name in sys.modules if name.startswith('alembic')]"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def steps_with(folder: Path, body: str) -> Path:
    """The first step, and a second one that is only tried here."""
    versions = folder / "steps" / "versions"
    versions.mkdir(parents=True)
    for name in ("v0001_first.py", "v0001_first.sql"):
        (versions / name).write_text((STEPS / "versions" / name).read_text("utf-8"), "utf-8")
    (versions / "v0002_tried.py").write_text(
        "from alembic import op\n\nrevision = '0002'\ndown_revision = '0001'\n\n\ndef upgrade() -> None:\n"
        f"    bind = op.get_bind()\n    {body}\n",
        "utf-8",
    )
    return folder / "steps"
