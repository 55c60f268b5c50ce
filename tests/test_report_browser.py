"""A report in a browser: it says nothing on the console and asks the network for nothing."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.reports import of_many, page, page_of_many, report, taken_apart

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = [
    "--headless=new", "--no-sandbox", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-extensions", "--disable-sync", "--enable-logging=stderr",
]  # fmt: skip
PAGES_OWN = "null"
"""The origin of a file; what the browser asks for on its own account has another, or none."""

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")]


def opened(folder: Path, text: str) -> tuple[str, list[str], list[str]]:
    """A page as a browser holds it, what it said on the console, and what it asked the network for."""
    (folder / "page.html").write_text(text, encoding="utf-8")
    log = folder / "net.json"
    command = [
        str(CHROMIUM), *QUIET, f"--log-net-log={log}", f"--user-data-dir={folder / 'profile'}", "--dump-dom",
        (folder / "page.html").as_uri(),
    ]  # fmt: skip
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    said = [line for line in ended.stderr.splitlines() if ":CONSOLE" in line]
    events = [event.get("params", {}) for event in json.loads(log.read_text(encoding="utf-8"))["events"]]
    asked = [event["url"] for event in events if "url" in event and event.get("initiator") == PAGES_OWN]
    return ended.stdout, said, asked


def test_a_page_that_talks_is_caught(tmp_path: Path) -> None:
    text = '<!DOCTYPE html><title>x</title><img src="http://localhost:9/x.png"><script>console.log("hi")</script>'
    _, said, asked = opened(tmp_path, text)
    assert len(said) == 1
    assert "http://localhost:9/x.png" in asked


@pytest.mark.parametrize("layout", ["board", "investor", "portfolio"])
def test_a_report_is_silent_and_whole(layout: str, tmp_path: Path) -> None:
    made, text = (report(layout=layout), page(layout=layout)) if layout != "portfolio" else (of_many(), page_of_many())
    held, said, asked = opened(tmp_path, text)
    assert not said
    assert not asked
    found = taken_apart(held)
    assert not found.wrong
    charts = found.all("figure")
    assert len(charts) == len(made.pictures)
    behind = [item for item in found.all("tbody") if "details" in item.inside and "figure" in item.inside]
    assert len(behind) == len(charts)


def test_a_script_that_gets_in_does_not_run(tmp_path: Path) -> None:
    text = page().replace("</main>", "<script>document.title = 'changed'</script></main>")
    held, said, _ = opened(tmp_path, text)
    assert "<title>changed" not in held
    assert len(said) == 1  # the policy refuses it, and says so
