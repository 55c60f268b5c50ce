import re
import shlex
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest

from tarmac.cli.main import main
from tests.facts_page import page
from tests.models_page import page as models_page
from tests.readme import (
    COMPARED,
    DOCS,
    MODELS,
    RAISE,
    README,
    ROOT,
    RUN,
    between_markers,
    blocks,
    demo,
    drawings,
    screens,
    shown_screens,
)

MONTH = re.compile(r"\b[A-Z][a-z]{2} \d{4}\b")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
FILES = ["models/acme.toml", "scenarios/slow-growth.toml"]
SHORT = ["--paths", "500"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with the files that the README tells the reader to save."""
    monkeypatch.chdir(tmp_path)
    for name, text in zip(FILES, blocks("toml"), strict=True):
        assert f"`{name}`" in README.read_text(encoding="utf-8")
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "acme-last-month.toml").write_text(blocks("toml")[0], encoding="utf-8")
    return tmp_path


def test_the_company_has_fifteen_lines() -> None:
    lines = [line for line in blocks("toml")[0].splitlines() if line and not line.startswith("#")]
    assert len(lines) == 15


def test_commands(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commands = [shlex.split(line) for block in blocks("sh") for line in block.splitlines()]
    assert len(commands) >= 8
    for program, *arguments in commands:
        assert program == "tarmac"
        code = main([*arguments, *(SHORT if arguments[0] in {"run", "compare", "levers"} else [])])
        assert code in ({0, 3} if "--fail-if" in arguments else {0}), capsys.readouterr().err
    assert (folder / "acme-report" / "acme-runway.pdf").is_file()


def test_python(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    namespace: dict[str, object] = {}
    for block in blocks("python"):
        exec(compile(block, "README.md", "exec"), namespace)
    assert capsys.readouterr().out.splitlines()[-1] == "tarmac.compare/1"
    assert (folder / "runway.pdf").is_file()


@pytest.mark.parametrize("command", [RUN, RAISE, COMPARED])
def test_the_screens_are_the_real_ones(command: str) -> None:
    """The same words, and numbers as near as another processor's rounding leaves them; else: make readme."""
    assert shown_screens().keys() == screens().keys()
    _assert_alike(shown_screens()[command], screens()[command])


def test_the_model_beside_the_facts_is_the_real_one() -> None:
    """What models/README.md says of Stability AI, to the same measure; else: make readme."""
    _assert_alike(between_markers(MODELS.read_text("utf-8"), "facts"), page(demo()))


@pytest.mark.slow
def test_the_answers_of_the_models_are_the_real_ones() -> None:
    _assert_alike(between_markers(MODELS.read_text("utf-8"), "models"), models_page())


def _assert_alike(shown: str, real: str) -> None:
    assert _words(shown) == _words(real)
    pairs = zip(_numbers(shown), _numbers(real), strict=True)
    assert all(one == pytest.approx(other, rel=0.03, abs=0.3) for one, other in pairs)


def _words(text: str) -> list[str]:
    return NUMBER.sub("#", MONTH.sub("M", text)).split()


def _numbers(text: str) -> list[float]:
    return [float(number.replace(",", "")) for number in NUMBER.findall(MONTH.sub("", text))]


@pytest.mark.parametrize("name", ["runway", "raise", "compare"])
def test_the_pictures_show_the_numbers_of_today(name: str) -> None:
    """The table beside each picture, and the words in it, to the measure of the screens; else: make gallery."""
    assert drawings().keys() == {path.stem for path in DOCS.glob("*.svg")}
    kept, now = (pd.read_csv(source) for source in (DOCS / f"{name}.csv", StringIO(drawings()[name][0])))
    pd.testing.assert_frame_equal(kept, now, rtol=0.03, atol=0.03)


@pytest.mark.parametrize("name", ["runway", "raise", "compare"])
def test_the_pictures_say_in_words_what_they_show(name: str, tmp_path: Path) -> None:
    drawings()[name][1](tmp_path / f"{name}.svg")
    shown, now = (_description(folder / f"{name}.svg") for folder in (DOCS, tmp_path))
    _assert_alike(shown, now)


def _description(picture: Path) -> str:
    [found] = re.findall("<desc>(.*?)</desc>", picture.read_text(encoding="utf-8"), re.DOTALL)
    return str(found)


def test_the_pictures_are_shown_and_small() -> None:
    for name in ("runway", "raise", "compare"):
        assert (DOCS / f"{name}.svg").stat().st_size < 300_000
        assert f"(docs/{name}.svg)" in README.read_text(encoding="utf-8")


def test_links_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README.read_text(encoding="utf-8"))
    assert links
    assert not [link for link in links if "://" not in link and not (ROOT / link).exists()]
