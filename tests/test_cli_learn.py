"""`tarmac learn`: on the screen, as JSON and in files, and its mistakes."""

import json
import tomllib
from pathlib import Path

import pytest

from tarmac.cli.main import main

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = (ROOT / "seeds" / "actuals-example.csv").read_text("utf-8")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of one's own, with books in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TARMAC_DEBUG", raising=False)
    (tmp_path / "books.csv").write_text(EXAMPLE, encoding="utf-8")
    return tmp_path


def test_a_file_is_written_and_runs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["learn", "books.csv", "--name", "My Books"]) == 0
    shown = capsys.readouterr()
    assert "My Books: 18 months of actuals, Jul 2025 to Dec 2026" in shown.out
    assert "growth a month" in shown.out
    assert "Unexplained" in shown.out
    assert "wrote models" in shown.err
    assert all(len(line) <= 100 for line in shown.out.splitlines())
    assert str(folder) not in (folder / "models" / "my-books.toml").read_text("utf-8")
    assert main(["check", "my-books"]) == 0
    assert main(["run", "my-books", "--seed", "7", "--paths", "500", "--months", "12", "--audit"]) == 0


def test_the_same_books_give_the_same_file(folder: Path) -> None:
    assert main(["learn", "books.csv", "--out", "a.toml"]) == 0
    assert main(["learn", "books.csv", "--out", "b.toml", "--quiet"]) == 0
    assert (folder / "a.toml").read_bytes() == (folder / "b.toml").read_bytes()


def test_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["learn", "books.csv", "--json", "--quiet"]) == 0
    written = capsys.readouterr()
    document = json.loads(written.out, parse_constant=pytest.fail)
    assert document["schema"] == "tarmac.learnt/1"
    assert document["company"] == "books"
    assert tomllib.loads((folder / document["file"]).read_text("utf-8"))["company"]["currency"] == "USD"
    assert len(document["unexplained"]) == 17
    assert not written.err


def test_nothing_is_overwritten_unasked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "models").mkdir()
    (folder / "models" / "books.toml").write_text("mine", encoding="utf-8")
    assert main(["learn", "books.csv"]) == 2
    assert "--force" in capsys.readouterr().err
    assert (folder / "models" / "books.toml").read_text("utf-8") == "mine"
    assert main(["learn", "books.csv", "--force"]) == 0


def test_a_chart(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["learn", "books.csv", "--chart", "drawn/books.svg", "--seed", "3"]) == 0
    assert "seed 3" in capsys.readouterr().err
    assert "what they say of the next twelve" in (folder / "drawn" / "books.svg").read_text("utf-8")


@pytest.mark.parametrize(
    ("options", "where"),
    [
        (["books.csv", "--currency", "usd"], "did you mean 'USD'"),
        (["books.csv", "--currency", "EUR"], "here EUR"),
        (["books.csv", "--out", "books.txt"], "ends in .toml"),
        (["books.csv", "--chart", "books.bmp"], "PNG, SVG or PDF"),
        (["books.csv", "--seed", "-1"], "seed"),
        (["books.csv", "--name", ""], "name"),
        (["books.csv", "--name", "a*b"], "a name holds none"),
        (["boks"], "actual"),
        (["missing.csv"], "missing.csv"),
    ],
)
def test_mistakes_end_with_words_and_code_2(
    options: list[str], where: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["learn", *options]) == 2
    written = capsys.readouterr()
    assert not written.out
    assert where in written.err
    assert "remedy" in written.err
    assert [path.name for path in folder.iterdir()] == ["books.csv"]


def test_all_mistakes_come_at_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "bad.csv").write_text(EXAMPLE.replace("473520", "lots").replace("2025-09", "Sep-25"), encoding="utf-8")
    assert main(["learn", "bad.csv", "--seed", "-1", "--out", "x.txt"]) == 2
    shown = capsys.readouterr().err
    for where in ("row 3, cash", "row 4, month", "seed", "out"):
        assert where in shown


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_another_encoding_is_a_mistake(encoding: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "bad.csv").write_bytes(EXAMPLE.replace("34870", "€34870").encode(encoding))
    assert main(["learn", "bad.csv"]) == 2
    assert "save it as UTF-8" in capsys.readouterr().err


def test_a_file_without_a_name_is_a_mistake(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["learn", "actuals-example"], ["new", "Acme"]):
        assert main([*command, "--out", ""]) == 2
        assert "rule:   is a file" in capsys.readouterr().err
    assert not list(folder.glob("*.toml"))
