"""Charts inside a page: drawings without a style attribute of their own, in colours that follow light and dark."""

import io
import re
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from tarmac.report import style as house
from tarmac.report.style import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SVG: Final = "http://www.w3.org/2000/svg"
_LINK: Final = "{http://www.w3.org/1999/xlink}href"
_POINTER: Final = re.compile(r"url\(#([^)]+)\)")
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}\b")
_GEOMETRY: Final = re.compile(r"\s+")

VARIABLES: Final = {
    "#ffffff": "paper",
    house.INK.lower(): "ink",
    house.FAINT_INK.lower(): "faint",
    house.GRID.lower(): "grid",
    house.BLUE.lower(): "blue",
    house.SKY.lower(): "sky",
    house.GREEN.lower(): "green",
    house.ORANGE.lower(): "orange",
    house.VERMILLION.lower(): "vermillion",
    house.PURPLE.lower(): "purple",
    house.BLACK.lower(): "black",
    **{colour.lower(): f"band-{share}" for share, colour in house.BAND_COLOURS.items()},
}
"""The names under which a page's style sheet knows the colours of the house."""


class Drawings:
    """Drawings of one page: each as an element to stand in it, and the style sheet that all of them share."""

    def __init__(self) -> None:
        self._classes: dict[str, str] = {}
        self._drawn = 0

    @property
    def rules(self) -> str:
        """The rules of the drawings so far, for the page's one style sheet."""
        return "".join(f".{name}{{{words}}}\n" for words, name in self._classes.items())

    def draw(self, figure: "Figure", *, label: str) -> str:
        """A figure as an SVG element, for a screen reader under the label that has this id."""
        self._drawn += 1
        root = ET.fromstring(_svg_of(figure))  # noqa: S314  (a drawing of our own)
        self._clean(root, head=f"d{self._drawn}-")
        root.attrib = {"viewBox": root.attrib["viewBox"], "role": "img", "aria-labelledby": label, "focusable": "false"}
        ET.register_namespace("", _SVG)
        return ET.tostring(root, encoding="unicode")

    def _clean(self, element: ET.Element, *, head: str) -> None:
        for child in list(element):
            if child.tag in (f"{{{_SVG}}}style", f"{{{_SVG}}}metadata") or child.tag.endswith("}title"):
                element.remove(child)
            else:
                self._clean(child, head=head)
        style_words = element.attrib.pop("style", None)
        if style_words:
            element.attrib["class"] = self._class_of(style_words)
        for key, value in list(element.attrib.items()):
            element.attrib[key] = _POINTER.sub(rf"url(#{head}\1)", value)
        if _LINK in element.attrib:
            element.attrib["href"] = f"#{head}{element.attrib.pop(_LINK)[1:]}"
        if "id" in element.attrib:
            element.attrib["id"] = head + element.attrib["id"]
        if "d" in element.attrib:
            element.attrib["d"] = _GEOMETRY.sub(" ", element.attrib["d"]).strip()
        if element.tag != f"{{{_SVG}}}text":
            element.text = None
        element.tail = None

    def _class_of(self, words: str) -> str:
        """The class of some declarations, with the names of our colours in place of the colours."""
        kept = [part.strip() for part in words.split(";") if part.strip() and "font-family" not in part]
        text = _COLOUR.sub(_variable, ";".join(kept))
        return self._classes.setdefault(text, f"c{len(self._classes) + 1}")


def _variable(match: re.Match[str]) -> str:
    name = VARIABLES.get(match[0])
    return match[0] if name is None else f"var(--{name})"


def _svg_of(figure: "Figure") -> bytes:
    """A figure as SVG whose texts are texts: they are read, found and set by the page."""
    import matplotlib as mpl

    buffer = io.BytesIO()
    with style(), mpl.rc_context({"svg.fonttype": "none"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return buffer.getvalue()
