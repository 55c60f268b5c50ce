"""README.md read by the tests, and what is made renewed: `python -m tests.readme`, or `make readme`.

Made are the screen and the picture in README.md and, in models/README.md, the table of the models, the reference table
and what the model of Stability AI says beside the facts.
"""

import re
import tempfile
from functools import cache
from pathlib import Path

import tarmac
from tarmac.company import reference_table
from tarmac.report.figure import runway_figure, save
from tarmac.report.text import screen
from tests.facts_page import page
from tests.models_page import page as models_page

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
MODELS = ROOT / "models" / "README.md"
PICTURE = ROOT / "docs" / "runway.svg"
COMMAND = "$ tarmac run stability-ai --seed 7"


def blocks(language: str) -> list[str]:
    """The code blocks of README.md in one language, in order."""
    text = README.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@cache
def demo() -> tarmac.Forecast:
    """The forecast that the first screen of README.md shows."""
    return tarmac.simulate(tarmac.load(ROOT / "models" / "stability-ai.toml"), seed=7)


def shown_screen() -> str:
    """The screen that README.md shows."""
    [block] = blocks("console")
    command, _, output = block.rstrip("\n").partition("\n")
    assert command == COMMAND
    return output


def renew() -> None:
    """Put the real screen into README.md and the real picture beside it."""
    forecast = demo()
    block = f"```console\n{COMMAND}\n{screen(forecast)}\n```"
    text = re.sub(r"^```console\n.*?^```$", lambda _: block, README.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
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
