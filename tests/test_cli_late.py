"""Modules that load when they are first used."""

import sys
from pathlib import Path

import pytest

from tarmac.cli.late import late


def test_a_module_is_loaded_once_it_is_used() -> None:
    found = late("colorsys")
    sys.modules.pop("colorsys", None)
    assert "colorsys" not in sys.modules
    assert found.rgb_to_hsv(0, 0, 0) == (0.0, 0.0, 0)
    assert "colorsys" in sys.modules


def test_an_interrupt_while_a_module_loads_is_an_interrupt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it loads because another imports it."""
    (tmp_path / "interrupted_one.py").write_text("raise KeyboardInterrupt\nwork = 1\n", encoding="utf-8")
    (tmp_path / "importing_one.py").write_text("from interrupted_one import work\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    late("interrupted_one")
    with pytest.raises(KeyboardInterrupt):
        _ = late("importing_one").work
