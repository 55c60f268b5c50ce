"""README.md read by the tests, and what is made renewed: `python -m tests.readme`, or `make readme`.

Made are the screens and the picture in README.md and, in models/README.md, the table of the models, the reference table
and what the model of Stability AI says beside the facts.
"""

import re
import tempfile
from functools import cache
from pathlib import Path

import tarmac
from tarmac.company import reference_table
from tarmac.engine.block import Job
from tarmac.layout import plan_of
from tarmac.raising import attempt_of, raising, savings
from tarmac.report.comparing import compare_text
from tarmac.report.figure import runway_figure, save
from tarmac.report.raising import raise_text
from tarmac.report.text import screen
from tests.facts_page import page
from tests.models_page import page as models_page

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
MODELS = ROOT / "models" / "README.md"
PICTURE = ROOT / "docs" / "runway.svg"
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
def screens() -> dict[str, str]:
    """The screens that README.md shows, as they are now, by command."""
    lab = tarmac.load(ROOT / "models" / "ai-lab.toml")
    job = Job(plan_of(lab), 7, 24, 8_192)
    raised = raising(lab, job=job, confidence=0.9, attempt=attempt_of(lab), instead=savings(lab))
    model = tarmac.load(ROOT / "models" / "stability-ai.toml")
    compared = tarmac.compare(model, ["no-new-money", "hiring-freeze"], paths=4_000, seed=7)
    return {RUN: screen(demo()), RAISE: raise_text(raised), COMPARED: compare_text(compared)}


def shown_screens() -> dict[str, str]:
    """The screens that README.md shows, by command."""
    parts = [block.rstrip("\n").partition("\n") for block in blocks("console")]
    return {command: output for command, _, output in parts}


def renew() -> None:
    """Put the real screens into README.md and the real picture beside it."""
    forecast, text = demo(), README.read_text("utf-8")
    for command, shown in shown_screens().items():
        text = text.replace(f"{command}\n{shown}\n```", f"{command}\n{screens()[command]}\n```")
    README.write_text(text, encoding="utf-8", newline="\n")
    PICTURE.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        chart = save(runway_figure(forecast, "social"), Path(folder) / PICTURE.name, forecast=forecast)
        PICTURE.write_bytes(chart.read_bytes())
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
    renew()
