"""README.md read by the tests, and what is made renewed: `python -m tests.readme`, or `make readme`.

Made are the screens and the pictures in README.md (these alone: `python -m tests.readme gallery`, or `make gallery`),
each picture with the numbers it draws in a table beside it, and, in models/README.md, the table of the models, the
reference table and what the model of Stability AI says beside the facts.
"""

import re
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd

import tarmac
from tarmac.company import reference_table
from tarmac.engine.block import Job
from tarmac.layout import plan_of
from tarmac.raising import Raise, attempt_of, raising, savings
from tarmac.report.comparing import compare_text
from tarmac.report.comparing_charts import overlay_figure, save_compared
from tarmac.report.comparing_tables import survival_overlay_table
from tarmac.report.figure import runway_figure, save
from tarmac.report.raising import raise_text
from tarmac.report.raising_charts import need_table, raise_figure, save_raise
from tarmac.report.tables import cash_table, survival_table
from tarmac.report.text import screen
from tests.facts_page import page
from tests.models_page import page as models_page

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
MODELS = ROOT / "models" / "README.md"
DOCS = ROOT / "docs"
RUN = "$ tarmac run stability-ai --seed 7"
RAISE = "$ tarmac raise ai-lab --seed 7"
COMPARED = "$ tarmac compare stability-ai -s no-new-money -s hiring-freeze --paths 4000 --seed 7"


def blocks(language: str) -> list[str]:
    """The code blocks of README.md in one language, in order."""
    text = README.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@cache
def demo() -> tarmac.Forecast:
    """The forecast that the first screen of README.md shows."""
    return tarmac.simulate(tarmac.load(ROOT / "models" / "stability-ai.toml"), seed=7)


@cache
def raised() -> Raise:
    """The raise that README.md shows."""
    lab = tarmac.load(ROOT / "models" / "ai-lab.toml")
    job = Job(plan_of(lab), 7, 24, 8_192)
    return raising(lab, job=job, confidence=0.9, attempt=attempt_of(lab), instead=savings(lab))


@cache
def compared() -> tarmac.Comparison:
    """The comparison that README.md shows."""
    model = tarmac.load(ROOT / "models" / "stability-ai.toml")
    return tarmac.compare(model, ["no-new-money", "hiring-freeze"], paths=4_000, seed=7)


@cache
def screens() -> dict[str, str]:
    """The screens that README.md shows, as they are now, by command."""
    return {RUN: screen(demo()), RAISE: raise_text(raised()), COMPARED: compare_text(compared())}


def drawings() -> dict[str, tuple[str, Callable[[Path], object]]]:
    """The pictures that the READMEs show, as they are now, by name: the numbers drawn, as CSV, and who draws them."""
    forecast = demo()
    runway = pd.concat([cash_table(forecast).round(-3), survival_table(forecast).round(4)], axis=1)
    return {
        "runway": (as_csv(runway), lambda path: save(runway_figure(forecast, "social"), path, forecast=forecast)),
        "raise": (
            as_csv(need_table(raised()).round(-3)),
            lambda path: save_raise(raise_figure(raised(), "social"), path, found=raised()),
        ),
        "compare": (
            as_csv(survival_overlay_table(compared()).round(4)),
            lambda path: save_compared(overlay_figure(compared(), "social"), path, found=compared()),
        ),
    }


def as_csv(frame: pd.DataFrame) -> str:
    """A table as it stands beside its picture."""
    return frame.to_csv(lineterminator="\n")


def renew_pictures() -> None:
    """Draw the pictures, and write the numbers they draw beside them."""
    DOCS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, (table, draw) in drawings().items():
            picture = Path(folder) / f"{name}.svg"
            draw(picture)
            (DOCS / picture.name).write_bytes(picture.read_bytes())
            (DOCS / f"{name}.csv").write_text(table, encoding="utf-8", newline="\n")


def shown_screens() -> dict[str, str]:
    """The screens that README.md shows, by command."""
    parts = [block.rstrip("\n").partition("\n") for block in blocks("console")]
    return {command: output for command, _, output in parts}


def renew() -> None:
    """Put the real screens into README.md and the real pictures beside it."""
    forecast, text = demo(), README.read_text("utf-8")
    for command, shown in shown_screens().items():
        text = text.replace(f"{command}\n{shown}\n```", f"{command}\n{screens()[command]}\n```")
    README.write_text(text, encoding="utf-8", newline="\n")
    renew_pictures()
    text = MODELS.read_text("utf-8")
    made = {"models": models_page(), "reference": reference_table().strip(), "facts": page(forecast)}
    for name, content in made.items():
        text = text.replace(between_markers(text, name), content)
    MODELS.write_text(text, encoding="utf-8", newline="\n")


def between_markers(text: str, name: str) -> str:
    """What stands between the markers of that name."""
    [found] = re.findall(rf"<!-- {name} -->\n\n(.*?)\n\n<!-- /{name} -->", text, re.DOTALL)
    return str(found)


if __name__ == "__main__":
    renew_pictures() if sys.argv[1:] == ["gallery"] else renew()
