"""The house keeps its own rules: sizes, purity, one word per thing."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "orderway"
FILES = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONTRACTS = {contract["name"]: contract for contract in PROJECT["tool"]["importlinter"]["contracts"]}


def functions():
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node.end_lineno - node.lineno + 1, f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"


def test_functions_are_short_enough_to_be_read_once():
    sizes = sorted(functions())
    lengths = [length for length, _name in sizes]
    assert len(lengths) > 1_000
    assert statistics.median(lengths) <= 8
    assert lengths[int(len(lengths) * 0.9)] <= 25
    assert [name for length, name in sizes if length > 60] == []


def test_no_file_says_more_than_one_thing():
    long = {str(path.relative_to(ROOT)): lines for path in FILES if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400}
    assert long == {}


def test_every_package_has_its_place_in_the_import_contract():
    named = {name.strip(" ()") for layer in CONTRACTS["Data flows one way"]["layers"] for name in layer.split("|")}
    folders = {path.name for path in SOURCE.iterdir() if path.is_dir() and (path / "__init__.py").exists()}
    assert folders <= named


def test_every_stage_has_the_same_files():
    for stage in CONTRACTS["Stages may look back, never ahead"]["layers"]:
        names = {path.name for path in (SOURCE / "stages" / stage).iterdir()}
        assert {"stage.py", "models.py", "rules.py", "actions.py", "queries.py", "web.py", "api.py"} <= names, stage


def test_the_pure_packages_are_named_as_pure():
    pure = {name.removeprefix("orderway.") for name in CONTRACTS["The core is pure"]["source_modules"]}
    assert pure == {"standard", "engine", "stages.*.rules", "measures.rules", "assessment.rules"} | (
        {"simulation", "mining"} & {path.name for path in SOURCE.iterdir()}
    )


def test_no_code_contains_the_id_of_a_stage_of_a_shipped_standard():
    from orderway.standard.parse import parse
    from orderway.standard.templates import shipped

    words = {"review", "delivery", "production", "purchasing", "invoicing", "picking", "receipt"}  # also the product's own words
    ids = {stage for source in shipped().values() for stage in parse(source).standard.stages} - words
    assert ids
    for path in FILES:
        if "benchmarks" in path.parts or path.is_relative_to(SOURCE / "demo"):
            continue
        strings = {node.value for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Constant)}
        assert not strings & ids, path


def test_nothing_of_the_working_place_is_named():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    if not tracked:
        pytest.skip("this is no git checkout")
    for name in tracked:
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ".yaml", ".html", ".sql"} and path.is_file():
            assert "/work/" + "main" not in path.read_text(encoding="utf-8"), name


def test_sums_in_sql_are_exact_everywhere():
    """Django's own Sum adds binary fractions on SQLite; `sets.totals.Total` does not."""
    own = re.compile(r"\bSum\b")
    assert [
        str(path.relative_to(ROOT)) for path in FILES if path.name != "totals.py" and own.search(path.read_text(encoding="utf-8"))
    ] == []
