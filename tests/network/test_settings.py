"""Every setting is read in one place, checked, and described in the README."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from network import settings
from network.errors import DataFolderError, SettingError

ROOT = Path(__file__).parents[2]


def test_with_nothing_set_everything_has_a_value(tmp_path: Path) -> None:
    """`vecinos serve` needs no setting at all."""
    read = settings.read({"VECINOS_DATA_DIR": str(tmp_path / "data")}, port=8123)
    assert read.database_url == f"sqlite+aiosqlite:///{tmp_path / 'data' / 'vecinos.db'}"
    assert read.base_url == "http://127.0.0.1:8123"
    assert read.allow_private_hosts == ""


def test_the_secret_is_made_once_and_kept(tmp_path: Path) -> None:
    """Sessions survive a restart; nobody else may read the file."""
    first = settings.read({"VECINOS_DATA_DIR": str(tmp_path)})
    assert settings.read({"VECINOS_DATA_DIR": str(tmp_path)}).secret_key == first.secret_key
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VECINOS_DATABASE_URL", "mysql://localhost/x"),
        ("VECINOS_BASE_URL", "vecinos.example.org"),
        ("VECINOS_BASE_URL", "ftp://vecinos.example.org"),
        ("VECINOS_BASE_URL", "https://example.org/vecinos"),
        ("VECINOS_SECRET_KEY", "short"),
        ("VECINOS_LOG_LEVEL", "loud"),
        ("VECINOS_ALLOW_PRIVATE_HOSTS", "http://x/y"),
        ("VECINOS_DATABSE_URL", "sqlite:///typing-error.db"),
    ],
)
def test_a_bad_setting_is_named(tmp_path: Path, name: str, value: str) -> None:
    """One sentence with the name of the setting, also for one that is misspelt."""
    with pytest.raises(SettingError, match=name):
        settings.read({"VECINOS_DATA_DIR": str(tmp_path), name: value})


def test_a_data_folder_that_can_not_be_written_is_one_sentence(tmp_path: Path) -> None:
    """It says which folder, and which setting names another."""
    (tmp_path / "file").write_text("")
    with pytest.raises(DataFolderError, match="VECINOS_DATA_DIR"):
        settings.read({"VECINOS_DATA_DIR": str(tmp_path / "file" / "data")})


def test_every_setting_is_in_the_readme_and_no_other() -> None:
    """A setting that nobody can find does not exist."""
    told = set(re.findall(r"^\| `(VECINOS_[A-Z_]+)`", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert told == set(settings.NAMES)


def test_no_other_module_reads_the_environment() -> None:
    """settings.py is given the environment by the command line, and nobody else asks for it."""
    readers = [
        str(file.relative_to(ROOT))
        for folder in ("feeds", "network")
        for file in (ROOT / folder).rglob("*.py")
        if re.search(r"os\.environ|getenv", file.read_text())
    ]
    assert readers == ["network/cli/common.py", "network/demo/start.py"]
