"""`tarmac list`: what stands on the shelves, and what each table is."""

from pathlib import Path

import pytest

from tarmac.cli.main import main


def test_list_says_what_each_table_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "books.csv").write_text("cash,month\n", encoding="utf-8")
    (tmp_path / "seeds" / "other.csv").write_bytes(b"\xff\x00\n")
    assert main(["list"]) == 0
    rows = capsys.readouterr().out.partition("seeds:")[2].splitlines()
    lines = {line.split()[0]: line for line in rows if line}
    assert "dated facts" in lines["stability-ai"]
    assert "monthly actuals" in lines["actuals-example"]
    assert "monthly actuals" in lines["books"]
    assert "[seeds/books.csv]" in lines["books"]
    assert "see seeds/README.md" in lines["other"]
    assert "snapshots" in lines["snapshots"]
    assert "bankrupt" in lines["polish-firms"]
