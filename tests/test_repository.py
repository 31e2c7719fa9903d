"""What the repository promises as a whole: nothing of somebody's machine in it, notebooks clean, README true, bundle current."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
WIDGETS = ROOT / "widgets"
STATIC = WIDGETS / "tfmini_widgets" / "static"
_NOT_OURS = {".git", ".venv", "node_modules", "__pycache__", ".ipynb_checkpoints", "dist", "build"}

# Written in pieces, so that this file does not hold what it looks for.
_HOSTS = re.compile(
    "|".join(["registry\\." + "npmjs", "pypi\\." + "org", "python" + "hosted", "registry\\.yarn" + "pkg"])
)
_HOME = re.compile(r"(?<![\w.:/~$-])/(?:" + "|".join(["work", "home/" + r"\w+", "Users/" + r"\w+", "farm"]) + r")/\w")


@cache
def tracked() -> tuple[Path, ...]:
    """Returns the files of the repository: those that git knows, or in a copy without git all that are not made by tools."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
        return tuple(ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file())
    return tuple(
        path for path in ROOT.rglob("*") if path.is_file() and not _NOT_OURS & set(path.relative_to(ROOT).parts)
    )


@cache
def texts() -> tuple[tuple[str, str], ...]:
    """Returns (name, text) of each text file of the repository."""
    found = []
    for path in tracked():
        content = path.read_bytes()
        if b"\0" not in content[:8192]:
            found.append((path.relative_to(ROOT).as_posix(), content.decode("utf-8", "replace")))
    return tuple(found)


def _lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in texts()
        if pattern.search(text)
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_registry_host_is_named() -> None:
    """Which registry packages come from is the machine's business; lock files carry no resolved addresses."""
    assert _lines_with(_HOSTS) == []


def test_no_path_of_a_machine_is_named() -> None:
    assert _lines_with(_HOME) == []


@pytest.mark.parametrize("text", ["see /wo" + "rk/main", "'/home/" + "ada/x'", "(/Users/" + "ada/x)"])
def test_a_planted_path_is_seen(text: str) -> None:
    assert _HOME.search(text)


# Notebooks -------------------------------------------------------------------------------------------------------------------

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebook_is_committed_without_outputs(path: Path) -> None:
    """Outputs and widget state are the reader's own; what is left of `metadata.widgets` breaks nbconvert. Ids keep diffs small."""
    notebook = json.loads(path.read_text("utf-8"))
    assert "widgets" not in notebook["metadata"]
    assert (notebook["nbformat"], notebook["nbformat_minor"]) >= (4, 5)
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [], cell["id"]
            assert cell["execution_count"] is None, cell["id"]
            assert not cell["metadata"].keys() & {"execution", "ExecuteTime", "trusted"}, cell["id"]


def test_notebooks_exist() -> None:
    assert [path.name for path in NOTEBOOKS][:1] == ["01_first_graph.ipynb"]


def test_digits_are_the_published_set() -> None:
    """1,797 rows of 64 pixels (0 to 16) and a digit; the counts of the digits are those of the UCI test part."""
    import gzip

    with gzip.open(ROOT / "notebooks" / "data" / "digits.csv.gz", "rt") as file:
        rows = [[float(each) for each in line.split(",")] for line in file]
    assert len(rows) == 1797
    assert {len(row) for row in rows} == {65}
    assert min(min(row[:64]) for row in rows) == 0
    assert max(max(row[:64]) for row in rows) == 16
    assert [sum(row[64] == digit for row in rows) for digit in range(10)] == [
        178,
        182,
        177,
        183,
        181,
        182,
        181,
        179,
        174,
        180,
    ]


def test_digits_come_with_source_and_licence() -> None:
    text = (ROOT / "notebooks" / "data" / "README.md").read_text("utf-8")
    for each in (
        "digits.csv.gz",
        "Optical Recognition of Handwritten Digits",
        "Alpaydin",
        "Kaynak",
        "1998",
        "CC BY 4.0",
    ):
        assert each in text


# README and changelog ----------------------------------------------------------------------------------------------------------

README = (ROOT / "README.md").read_text("utf-8")


def test_readme_gives_the_two_commands() -> None:
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    assert [block.strip() for block in blocks][:2] == ["python3 tfmini lab", "python3 tfmini test"]


def test_readme_links_and_pictures_exist() -> None:
    """Every relative link and picture of README and docs leads to a file of the repository."""
    broken = []
    for page in [
        ROOT / "README.md",
        *sorted((ROOT / "docs").glob("*.md")),
        *sorted((ROOT / "notebooks").rglob("*.md")),
    ]:
        text = page.read_text("utf-8")
        targets = re.findall(r"!?\[[^\]]*\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|srcset)="([^"\s]+)"', text)
        for target in targets:
            if "://" in target or target.startswith(("#", "mailto:", "data:")):
                continue
            if not (page.parent / target.partition("#")[0]).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


def test_readme_has_pictures_of_the_widgets() -> None:
    assert re.findall(r"docs/images/[\w-]+\.png", README)


def test_readme_programs_print_what_they_say(capsys: pytest.CaptureFixture[str]) -> None:
    """Each Python block runs in a graph of its own; what follows `# ` after a print is what it prints."""
    import tfmini as tf

    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert blocks
    for block in blocks:
        with tf.Graph().as_default():
            exec(compile(block, "README.md", "exec"), {})
        assert capsys.readouterr().out.splitlines() == re.findall(r"print\(.*\)  # (.*)", block)


def test_changelog_knows_this_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert re.search(
        rf"^## \[?{re.escape(project['version'])}\b", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE
    )


def test_readme_names_the_extras_that_exist() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = {extra for group in re.findall(r"\[((?:\w+,?)+)\]'", README) for extra in group.split(",")}
    named |= set(re.findall(r"--extra (\w+)", README))
    assert named
    assert named <= set(project["optional-dependencies"])


def test_ci_script_is_executable() -> None:
    """Windows has no such bit; git keeps it."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        mode = subprocess.run(
            [git, "ls-files", "-s", ".ci/run"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        assert mode.startswith("100755")


# The committed bundle ----------------------------------------------------------------------------------------------------------


def _hash(path: Path) -> str:
    """Returns the hash that `build.mjs` writes: of the text with plain line ends, as Windows checkouts may have others."""
    return hashlib.sha256(path.read_text("utf-8").replace("\r\n", "\n").encode()).hexdigest()


def _manifest() -> dict[str, dict[str, str]]:
    return json.loads((STATIC / "manifest.json").read_text("utf-8"))


def test_bundle_was_built_from_these_sources() -> None:
    """Whoever changes a source builds again: `node build.mjs` in `widgets`."""
    sources = [path for path in sorted((WIDGETS / "src").rglob("*")) if path.is_file()]
    sources += [WIDGETS / name for name in ("build.mjs", "package.json", "package-lock.json")]
    assert _manifest()["sources"] == {path.relative_to(WIDGETS).as_posix(): _hash(path) for path in sources}


def test_bundle_is_the_one_that_was_built() -> None:
    outputs = _manifest()["outputs"]
    assert {"tfmini.js", "tfmini.css"} <= set(outputs)
    assert outputs == {name: _hash(STATIC / name) for name in outputs}


def test_bundle_comes_with_the_licences_of_what_it_holds() -> None:
    """Every package that the bundle takes in is named with version, kind and text of its licence."""
    licences = (STATIC / "THIRD_PARTY.txt").read_text("utf-8")
    lock = json.loads((WIDGETS / "package-lock.json").read_text("utf-8"))["packages"]
    for name in json.loads((WIDGETS / "package.json").read_text("utf-8"))["dependencies"]:
        assert f"{name} {lock['node_modules/' + name]['version']} (MIT)" in licences
    assert "Permission is hereby granted" in licences


def test_lock_file_names_no_addresses() -> None:
    lock = (WIDGETS / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in lock
    assert '"integrity"' in lock


def test_building_again_gives_the_same_bytes(node: str, tmp_path: Path) -> None:
    """The bundle depends on the sources and the locked versions alone."""
    subprocess.run(
        [node, "build.mjs", "--out", str(tmp_path)], cwd=WIDGETS, check=True, timeout=120, capture_output=True
    )
    assert {path.name: _hash(path) for path in tmp_path.iterdir()} == {
        name: _hash(STATIC / name) for name in [*_manifest()["outputs"], "manifest.json"]
    }
