"""A report set as a page: templates of the shelf `reports/`, filled with its sections; HTML and Markdown."""

import base64
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tarmac import library
from tarmac.errors import InputError, Problem
from tarmac.report.layouts import SHELF, Layout
from tarmac.report.parts import Picture, Report
from tarmac.report.pictures import NARROW, WIDE
from tarmac.report.style import readers_fonts
from tarmac.report.svg import Drawings

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>|#~])")
STYLE: Final = "report.css"


def html_page(report: Report, layout: Layout) -> str:
    """A report as one HTML file that needs nothing else: charts inside, no script, no network.

    A policy in its head lets the page use its own style sheet and nothing else. InputError where a template is wrong.
    """
    import markupsafe

    drawings = Drawings()
    drawn = {picture.name: _drawn(picture, drawings) for picture in report.pictures}
    sheet = f"{_style_sheet()}{drawings.rules}"
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    found = {"report": report, "drawn": drawn, "style": markupsafe.Markup(sheet), "policy": policy}  # noqa: S704  (ours)
    return _filled(f"{layout.template}.html.jinja", found)


def markdown_page(report: Report, layout: Layout, *, pictures: Mapping[str, str]) -> str:
    """A report as Markdown for a wiki; `pictures`: the file of each chart, by name. InputError as for HTML."""
    return _filled(f"{layout.template}.md.jinja", {"report": report, "pictures": pictures})


def _drawn(picture: Picture, drawings: Drawings) -> dict[str, "Markup"]:
    """A picture at both widths, as elements of a page."""
    import markupsafe

    label = f"words-{picture.name}"
    sizes = {"wide": WIDE, "narrow": NARROW}
    with readers_fonts():
        drawn = {name: drawings.draw(picture.draw(size), label=label) for name, size in sizes.items()}
    return {name: markupsafe.Markup(text) for name, text in drawn.items()}  # noqa: S704  (drawn by us; texts are escaped)


def _style_sheet() -> str:
    """The style sheet on the shelf: of the working folder, else the shipped one."""
    path = next(folder / STYLE for folder in _folders() if (folder / STYLE).is_file())
    return library.read_text(path).replace("</", "<\\/")


def _folders() -> list[Path]:
    return [Path(SHELF), library.shelf_shipped(SHELF)]


def _filled(name: str, found: Mapping[str, Any]) -> str:
    import jinja2

    try:
        return _environment().get_template(name).render(found)
    except jinja2.TemplateNotFound as error:
        rule, remedy = "is a template on the shelf reports/ (here or shipped)", "write template = 'report'"
        raise InputError([Problem("layout", "template", str(error.name), rule, remedy)]) from None
    except jinja2.TemplateSyntaxError as error:
        raise _wrong(error.name or name, str(error.message), line=error.lineno) from None
    except (jinja2.TemplateError, ArithmeticError, TypeError, ValueError) as error:
        raise _wrong(name, str(error), line=None) from None


def _wrong(name: str, value: str, *, line: int | None) -> InputError:
    where = "the file" if line is None else f"line {line}"
    remedy = "compare it with the shipped templates: reports/README.md says what they are given"
    return InputError([Problem(f"reports/{name}", where, value, "is a Jinja template that can be filled", remedy)])


def _environment() -> "Environment":
    """Templates of the working folder before shipped ones; every text is escaped, and none runs as Python."""
    import jinja2
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    loader = jinja2.FileSystemLoader([str(folder) for folder in _folders()])
    environment = ImmutableSandboxedEnvironment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["md"] = _markdown
    return environment


def _markdown(text: str) -> "Markup":
    """A text as it stands in Markdown: on one line, with nothing that would be read as markup or as HTML."""
    import markupsafe

    words = " ".join(text.split()).replace("&", "&amp;")
    return markupsafe.Markup(_SPECIAL.sub(r"\\\1", words))  # noqa: S704  (escaped here)
