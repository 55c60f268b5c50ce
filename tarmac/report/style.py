"""The one style of every chart: colours, fonts and sizes, set for the time of drawing and never for the process."""

import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, Final

# Okabe and Ito (2008): eight colours that colour-blind readers tell apart.
BLUE, SKY, GREEN, ORANGE = "#0072B2", "#56B4E9", "#009E73", "#E69F00"
VERMILLION, PURPLE, BLACK = "#D55E00", "#CC79A7", "#000000"
INK, FAINT_INK, GRID = "#222222", "#5A5A5A", "#DDDDDD"

CLOCK_COLOURS: Final = {"insolvent": VERMILLION, "first_missed_bill": ORANGE, "exit": PURPLE, "profitable": GREEN}
BAND_COLOURS: Final = {90: "#D6E6F1", 80: "#AECDE4", 50: "#7FB2D5"}
"""Tints of blue by the share of the paths inside; opaque, so that they print and overlay alike everywhere."""

_RULES: Final[dict[str, Any]] = {
    "text.parse_math": False,  # a company may be called "$_^"
    "text.usetex": False,
    "text.color": INK,
    "axes.edgecolor": FAINT_INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.titlesize": "medium",
    "axes.unicode_minus": False,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "xtick.color": FAINT_INK,
    "ytick.color": FAINT_INK,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "tarmac",
    "pdf.fonttype": 3,  # 42 writes fonts with PostScript outlines, as Chinese ones have, so that readers complain
    "savefig.dpi": "figure",
}

# Fonts that may be installed, for names in scripts that the shipped font does not cover; none of them is needed.
_FURTHER_FONTS: Final = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "Noto Sans JP", "Noto Sans KR", "Source Han Sans SC",
    "Source Han Sans CN", "PingFang SC", "Hiragino Sans GB", "Hiragino Sans", "Apple SD Gothic Neo", "STHeiti",
    "Microsoft YaHei", "SimHei", "Microsoft JhengHei", "Yu Gothic", "MS Gothic", "Malgun Gothic", "NanumGothic",
    "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Droid Sans Fallback", "Noto Serif CJK SC", "IPAGothic",
    "Arial Unicode MS", "Noto Sans Devanagari", "Nirmala UI", "Noto Sans Thai",
)  # fmt: skip
_SHIPPED_FONT: Final = "DejaVu Sans"
_UNKNOWN: Final = "\N{REPLACEMENT CHARACTER}"
_READERS: Final = ContextVar("readers", default=False)


@contextmanager
def style(font_size: float | None = None) -> Iterator[None]:
    """The house style while a chart is drawn or saved; whatever the user has set returns afterwards.

    `font_size` in points; None keeps the one in force.
    """
    import matplotlib as mpl
    import matplotlib.style

    size = float(mpl.rcParams["font.size"]) if font_size is None else font_size
    rules = _RULES | {"font.size": size, "font.family": [_SHIPPED_FONT, *_further_fonts()]}
    with mpl.style.context(["default", rules]):
        yield


@contextmanager
def readers_fonts() -> Iterator[None]:
    """While charts are drawn whose texts are set in the fonts of whoever reads them: none is replaced.

    Fonts that have a character are not needed here.
    """
    token = _READERS.set(True)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            yield
    finally:
        _READERS.reset(token)


def drawable(text: str) -> str:
    """A text without the characters that no font at hand has: a sign for "unknown" stands in their place."""
    return text if _READERS.get() else _with_known(text, narrow=_UNKNOWN, wide=_UNKNOWN)


def measurable(text: str) -> str:
    """A text in characters that fonts at hand have, about as wide as it will be in the fonts of its reader."""
    return _with_known(text, narrow="n", wide="W") if _READERS.get() else text


def _with_known(text: str, *, narrow: str, wide: str) -> str:
    """A text with one of two characters for each that no font at hand has: wide as a Chinese one, or narrow."""
    known = _characters()
    return "".join(
        character if ord(character) in known else wide if unicodedata.east_asian_width(character) in "WF" else narrow
        for character in text
    )


@cache
def _further_fonts() -> tuple[str, ...]:
    from matplotlib.font_manager import fontManager

    installed = set(fontManager.get_font_names())
    return tuple(name for name in _FURTHER_FONTS if name in installed)


@cache
def _characters() -> frozenset[int]:
    from matplotlib.font_manager import FontProperties, fontManager, get_font

    families = [_SHIPPED_FONT, *_further_fonts()]
    fonts = [get_font(fontManager.findfont(FontProperties(family=family))) for family in families]
    return frozenset(code for font in fonts for code in font.get_charmap())
