"""What would change the answer: scenarios side by side, and what one unit of each lever buys."""

from tarmac.comparing import BASE, Comparison, Outcome
from tarmac.dossier import Dossier
from tarmac.levers import Effect, Ranking
from tarmac.money import format_money
from tarmac.report.comparing import answer as compared_answer
from tarmac.report.comparing import points, signed
from tarmac.report.comparing_tables import compare_table, survival_overlay_table
from tarmac.report.levers import answer as levers_answer
from tarmac.report.levers import levers_table
from tarmac.report.parts import Picture, Section, Sheet
from tarmac.report.pictures import compared_picture, levers_picture
from tarmac.report.words import beyond, counted, percent, short

_AS_IT_IS = "base: as it is"


def scenarios(dossier: Dossier) -> Section | None:
    """Scenarios beside the company as it is, path by path on the same draws."""
    found = dossier.compared
    if found is None:
        return None
    picture = Picture(
        name="scenarios",
        title="Probability of insolvency by month end, by scenario",
        words=f"{compared_answer(found)}. A line for each scenario; the table beside it says the same in numbers.",
        draw=lambda form: compared_picture(found, form),
        table=_overlay(found),
    )
    left = [
        f"{name.removeprefix('scenario.')} ({why})"
        for name, why in dossier.missing.items()
        if name.startswith("scenario.")
    ]
    same = "with the same draws in every run, so that each path is compared with itself"
    notes = [f"{counted(found.paths, 'path')} {same}. ±, <, >: 95% Monte Carlo error."]
    notes += [f"Left out, because they do not fit: {'; '.join(left)}."] if left else []
    return Section(
        "scenarios",
        "Scenarios side by side",
        (f"{compared_answer(found)}.",),
        (picture,),
        (_outcomes(found, dossier.titles),),
        tuple(notes),
    )


def _outcomes(found: Comparison, titles: dict[str, str]) -> Sheet:
    *_, last = found.shown_at()
    year = min(12, found.months) - 1
    dates = dict.fromkeys([year, last])
    heads = (
        "scenario",
        "half insolvent by",
        *(f"insolvent by {(found.first_month + month).label}" for month in dates),
        "months of solvency gained",
        "lives longer",
        "dies sooner",
    )
    rows = tuple(
        _outcome(found, outcome, title=titles.get(outcome.name, ""), dates=[*dates]) for outcome in found.outcomes
    )
    return Sheet("scenarios", "What each scenario comes to", heads, rows, lambda: compare_table(found))


def _outcome(found: Comparison, outcome: Outcome, *, title: str, dates: list[int]) -> tuple[str, ...]:
    clock = outcome.insolvent
    half = clock.month(0.5)
    name = _AS_IT_IS if outcome.name == BASE else short(f"{outcome.name}: {title}" if title else outcome.name, 90)
    cells = (
        name,
        beyond(found.months) if half is None else (found.first_month + (half - 1)).label,
        *(f"{percent(int(clock.counts[month]), clock.paths)}%" for month in dates),
    )
    if outcome.name == BASE:
        return (*cells, "-", "-", "-")
    pair = found.pair(outcome.name)
    order = pair.joint.order()
    ways = (f"{percent(count, order.paths)}%" for count in (order.longer, order.shorter))
    return (*cells, signed(pair.months_solvent), *ways)


def _overlay(found: Comparison) -> Sheet:
    names = [short(outcome.name, 40) for outcome in found.outcomes]
    rows = tuple(
        (
            (found.first_month + month).label,
            *(f"{percent(int(item.insolvent.counts[month]), found.paths)}%" for item in found.outcomes),
        )
        for month in range(found.months)
    )
    title = "Probability of insolvency by month end"
    return Sheet("scenarios-by-month", title, ("month", *names), rows, lambda: survival_overlay_table(found))


def levers(dossier: Dossier) -> Section | None:
    """What one unit of each lever buys, the strongest first."""
    found = dossier.ranked
    if found is None:
        return None
    run, end = found.comparison, (found.comparison.first_month + found.at).label
    count = run.paths - int(run.base.insolvent.counts[found.at])
    picture = Picture(
        name="levers",
        title=f"What one unit of each lever buys: survival to {end}, and months of solvency",
        words=f"{levers_answer(found)}. Bars from the strongest lever to the weakest, with 95% Monte Carlo error.",
        draw=lambda form: levers_picture(found, form),
        table=_levers(found, end=end),
    )
    note = (
        f"One unit of each lever beside the company as it is, on the same {counted(run.paths, 'path')}. Points: "
        f"percentage points more of the paths solvent to {end}; months: of solvency gained within "
        f"{counted(run.months, 'month')}, on average."
    )
    text = f"{levers_answer(found)}; as it is, {percent(count, run.paths)}% do."
    return Section("levers", "What buys the most runway", (text,), (picture,), notes=(note, *_left_out(found)))


def _left_out(found: Ranking) -> list[str]:
    items = "; ".join(f"{short(item.words, 60)} ({short(item.why, 90)})" for item in found.left_out)
    return [f"Left out: {items}."] if items else []


def _levers(found: Ranking, *, end: str) -> Sheet:
    priced = any(effect.handle.cost is not None for effect in found.effects)
    heads = ("one unit", f"points to {end}", "months of solvency", "half insolvent later by")
    rows = tuple(_lever(effect, found.comparison.currency, priced=priced) for effect in found.effects)
    return Sheet(
        "levers",
        "What one unit of each lever buys",
        (*heads, "cost") if priced else heads,
        rows,
        lambda: levers_table(found),
    )


def _lever(effect: Effect, currency: str, *, priced: bool) -> tuple[str, ...]:
    cost = effect.handle.cost
    costs = [] if not priced else ["-" if cost is None else format_money(cost, currency)]
    return (
        short(effect.handle.lever.named(), 60),
        points(effect.survive),
        signed(effect.months_solvent),
        _later(effect),
        *costs,
    )


def _later(effect: Effect) -> str:
    """By how many months half of the paths are insolvent later."""
    before, after = (outcome.insolvent.month(0.5) for outcome in (effect.pair.base, effect.pair.other))
    if before is None or after is None:
        return "-"
    months = after - before
    return f"{months:+d} month{'' if abs(months) == 1 else 's'}" if months else "no change"
