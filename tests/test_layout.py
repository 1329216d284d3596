"""The structure of the house is checked, not hoped for."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CODE = sorted(file for folder in ("feeds", "network") for file in (ROOT / folder).rglob("*.py"))
OURS = [file for file in CODE if "migrations" not in file.parts]
LONGEST = 320


def _name(file: Path) -> str:
    return str(file.relative_to(ROOT))


def test_the_import_contracts_hold() -> None:
    """Who may import whom is written down in pyproject.toml and kept."""
    ran = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout


def test_no_module_is_too_long() -> None:
    """A reader finds the way in it."""
    long = {_name(file): len(file.read_text().splitlines()) for file in OURS}
    assert {name: lines for name, lines in long.items() if lines > LONGEST} == {}


def test_half_of_the_modules_are_short() -> None:
    """About 150 lines, as in the codebases that are easy to change."""
    lengths = sorted(len(file.read_text().splitlines()) for file in OURS)
    assert lengths[len(lengths) // 2] <= 160


@pytest.mark.parametrize("file", OURS, ids=_name)
def test_every_module_and_public_function_says_what_it_is(file: Path) -> None:
    """What goes in, what comes out, where a rule comes from."""
    tree = ast.parse(file.read_text())
    silent = [] if ast.get_docstring(tree) or not tree.body else ["the module"]
    silent += [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
        and not _is_error_leaf(node)
    ]
    assert silent == []


def _is_error_leaf(node: ast.AST) -> bool:
    """An error says in its `sentence` what it is."""
    return isinstance(node, ast.ClassDef) and any(
        isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name) and part.targets[0].id == "sentence"
        for part in node.body
    )


def test_nothing_is_left_for_later() -> None:
    """No reminders to oneself in the code: what is open is an issue."""
    words = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    assert [_name(file) for file in CODE if words.search(file.read_text())] == []


def test_every_error_is_in_the_tree_of_its_module() -> None:
    """The module's docstring draws all of them, with their codes."""
    for name in ("feeds/errors.py", "network/errors.py"):
        tree = ast.parse((ROOT / name).read_text())
        drawn = ast.get_docstring(tree) or ""
        classes = [node.name for node in tree.body if isinstance(node, ast.ClassDef)]
        assert [one for one in classes if not re.search(rf"\b{one}\b", drawn)] == []


def test_every_route_and_command_is_in_the_readme() -> None:
    """What nobody can find does not exist."""
    readme = (ROOT / "README.md").read_text()
    from network.cli import main

    assert [name for name in main.commands if f"vecinos {name}" not in readme] == []


def test_no_lock_file_or_text_names_a_package_registry() -> None:
    """Dependencies are names, versions and hashes; where they come from is the operator's choice."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    registry = re.compile(r"(pypi|pythonhosted|npmjs|deb\.debian)\.(org|com)")
    files = [ROOT / name for name in listed if name.endswith((".txt", ".toml", ".md", ".py", ".in", ".json", ".yaml"))]
    assert [_name(file) for file in files if file.is_file() and registry.search(file.read_text())] == []
