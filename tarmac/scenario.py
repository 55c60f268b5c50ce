"""A scenario: a named patch over a company. Scenarios compose in the order given."""

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Annotated, Any, Final, Self

from pydantic import BeforeValidator, Field, PrivateAttr, model_validator

from tarmac.company import Company, company_from, validated
from tarmac.company.base import MOST_MONEY, Listed, Table
from tarmac.company.calibrated import calibrated
from tarmac.company.numbers import drivers, shocks
from tarmac.company.quantity import Quantity, mistake
from tarmac.errors import InputError, Problem
from tarmac.months import Month
from tarmac.patch import OPERATIONS, Edit, Patch, pair_of
from tarmac.uncertain import Uncertain, UncertainError, parse


def _when(value: Any) -> Any:  # noqa: ANN401  (whatever stands in the file)
    """A month of the calendar ("2023-07"), or of the forecast, counted from 1."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    try:
        return Month.parse(value)
    except (ValueError, TypeError):
        rule = "is a month such as '2023-07', or a month of the forecast counted from 1"
        raise mistake(rule, "write '2023-07' or 7") from None


def _factor(value: Any) -> Any:  # noqa: ANN401  (whatever stands in the file)
    """A certain factor."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1000:
        raise mistake("is a number from 0 to 1000", "write multiply = 1.5")
    return value


def _amount(value: Any) -> Any:  # noqa: ANN401  (whatever stands in the file)
    """A number to be added, in the words of a company file."""
    if isinstance(value, str):
        try:
            parse(value)
        except UncertainError as error:
            raise mistake("is a number, such as 0.01, '1%' or '250k'", str(error)) from None
    return value


def _positive(value: Any) -> Any:  # noqa: ANN401  (whatever stands in the file)
    """A whole number as a number."""
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _divides(step: float, amount: float) -> bool:
    return abs(amount / step - round(amount / step)) < 1e-9 and step <= amount


When = Annotated[Month | int, BeforeValidator(_when)]
Value = bool | int | float | str | list[Any] | dict[str, Any]


class Change(Table):
    """One change: a target, exactly one operation, and optionally the months in which it holds."""

    target: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        description="A path ('compute.aws.monthly') or a glob ('compute.*.monthly'); for add_item a section ('round')."
    )
    set: Value | None = Field(None, description="The new value.")
    multiply: Annotated[int | float | None, BeforeValidator(_factor)] = Field(
        None, description="Factor on a number, from 0 to 1000."
    )
    add: Annotated[int | float | str | None, BeforeValidator(_amount)] = Field(
        None, description="What is added to a number ('1%', '250k')."
    )
    shift: int | float | None = Field(
        None,
        description="Months by which a month or a schedule moves; collected_after also by a part of one.",
        ge=-240,
        le=240,
    )
    add_item: dict[str, Any] | None = Field(None, description="One more table in a section.")
    remove: bool | None = Field(None, description="true: the table or key is taken out.")
    from_: When | None = Field(None, alias="from", description="First month in which the change holds.")
    to: When | None = Field(None, description="Last month in which the change holds.")

    @model_validator(mode="after")
    def _one_operation(self) -> Self:
        given = [name for name in OPERATIONS if getattr(self, name) is not None]
        if len(given) != 1:
            raise mistake(f"a change is exactly one of {', '.join(OPERATIONS)}", "write multiply = 1.5, for instance")
        if self.remove is False:
            raise mistake("remove is true", "write remove = true, or leave the change out")
        dated = self.from_ is not None or self.to is not None
        if isinstance(self.from_, Month) and isinstance(self.to, Month) and self.to < self.from_:
            raise mistake("a change ends no earlier than it begins", "swap from and to")
        if isinstance(self.from_, int) and isinstance(self.to, int) and self.to < self.from_:
            raise mistake("a change ends no earlier than it begins", "swap from and to")
        if dated and given[0] not in ("set", "multiply", "add"):
            raise mistake("from and to go with set, multiply and add", "remove from and to")
        return self

    def edit(self) -> Edit:
        """The change as an edit of a company's document."""
        operation = next(name for name in OPERATIONS if getattr(self, name) is not None)
        return Edit(self.target, operation, getattr(self, operation), self.from_, self.to)


AMOUNT: Final = "{amount}"
"""Where the words of a lever say how far it is pulled."""


class Lever(Table):
    """What makes a scenario a lever: its changes are what one unit does, and more or less of it scales them.

    Scaled are factors (their distance from 1), sums, shifts and, in an added policy, `by`; set and remove are not.
    """

    words: Annotated[str, Field(min_length=1, max_length=60)] = Field(
        description="What it does, with {amount} where the amount stands: 'prices {amount}% higher'."
    )
    amount: Annotated[float, BeforeValidator(_positive), Field(gt=0, le=1e6)] = Field(
        description="The amount of one unit: that of the changes below."
    )
    step: Annotated[float, BeforeValidator(_positive), Field(gt=0, le=1e6)] | None = Field(
        None, description="The smallest amount it moves by; not given: a hundredth of a unit."
    )
    most: Annotated[float, BeforeValidator(_positive), Field(gt=0, le=1e6)] | None = Field(
        None, description="The largest amount that makes sense; not given: five units."
    )
    cost: Annotated[Uncertain, Quantity("money", 0, MOST_MONEY, typical="0 to 500k")] | None = Field(
        None, description="What one unit costs, to rank by effect per money. It is not paid in the simulation."
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if AMOUNT not in self.words:
            raise mistake("words say where the amount stands", "write words = 'prices {amount}% higher'", key="words")
        if self.step is not None and not _divides(self.step, self.amount):
            raise mistake("the amount of a unit is a whole number of steps", "write amount = 30, step = 15", key="step")
        if self.most is not None and self.most < self.amount:
            raise mistake("most is at least one unit", "write most = 50 for amount = 10, for instance", key="most")
        if self.cost is not None and not self.cost.certain:
            raise mistake("a cost is certain: levers are ranked by it", "write cost = '20k'", key="cost")
        return self

    def named(self, units: float = 1.0) -> str:
        """The words with the amount of so many units.

        >>> lever = Lever(words="raises {amount} months earlier", amount=1)
        >>> lever.named(), lever.named(2)
        ('raises 1 month earlier', 'raises 2 months earlier')
        """
        shown = f"{round(units * self.amount, 6):,g}"
        text = self.words.replace(AMOUNT, shown)
        return re.sub(r"(?<![\w.,])1 (month|day|point)s\b", r"1 \1", text)

    @property
    def finest(self) -> float:
        """The smallest step, in units."""
        return 0.01 if self.step is None else self.step / self.amount

    @property
    def largest(self) -> float:
        """The largest number of units."""
        return 5.0 if self.most is None else self.most / self.amount


class Scenario(Table):
    """A patch file: what it is about, where it comes from, and its changes in order."""

    title: Annotated[str, Field(min_length=1, max_length=200)] = Field(description="A few words.")
    story: Annotated[str, Field(max_length=4000)] = Field("", description="What happens, in a sentence or two.")
    source: Annotated[str, Field(max_length=2000)] = Field("", description="Where it comes from.")
    lever: Lever | None = Field(None, description="What one unit of it is, where it is a lever that can be pulled.")
    change: Annotated[tuple[Change, ...], Listed, Field(min_length=1)] = Field(description="The changes, in order.")

    _file: str = PrivateAttr("scenario")

    @property
    def name(self) -> str:
        """The name of its file, without folder and ending."""
        return PurePath(self._file).stem

    @property
    def file(self) -> str:
        """The file it came from, for messages."""
        return self._file


def scenario_from(document: Mapping[str, Any], file: str) -> Scenario:
    """A scenario from the plain values of its file. InputError lists every mistake at once."""
    scenario = validated(Scenario, document, file=file)
    scenario._file = file  # a private attribute: how a frozen model remembers its file
    return scenario


def pulled(scenario: Scenario, units: float) -> Scenario:
    """A lever pulled so many times as far; the scenario itself for one unit."""
    if units == 1:
        return scenario
    changes = tuple(change.model_copy(update=_scaled(change, units)) for change in scenario.change)
    more = scenario.model_copy(update={"change": changes})
    more._file = scenario.file
    return more


def scales(scenario: Scenario) -> bool:
    """Whether a lever can be pulled by more or less than one unit."""
    return any(_scaled(change, 2.0) for change in scenario.change)


def _scaled(change: Change, units: float) -> dict[str, Any]:
    """What of a change is another for so many units."""
    if change.multiply is not None:
        return {"multiply": max(1 + units * (change.multiply - 1), 0.0)}
    if change.add is not None:
        return {"add": _times(change.add, units)}
    if change.shift is not None:
        return {"shift": _times(change.shift, units)}
    item = change.add_item
    if item is not None and isinstance(item.get("do"), list):
        done = [action | {"by": _times(action["by"], units)} if "by" in action else action for action in item["do"]]
        return {"add_item": item | {"do": done}} if done != item["do"] else {}
    return {}


def _times(number: float | str, units: float) -> float | str:
    """A number of a file times so many units, in its own unit; whole where it comes out so."""
    known = parse(number)
    if not known.certain:
        return f"({number}) * {units!r}"
    value = round(known.value * units, 12)
    whole = int(value) if value.is_integer() and not isinstance(number, float) else value
    return f"{value!r} {known.unit}" if known.unit.isalpha() else whole


def from_now_on(scenario: Scenario, company: Company) -> Scenario:
    """A scenario as it holds after the origin of the facts of a company that has been calibrated; else as it is.

    Numbers that may change by month change from the month after it, months of the forecast count from there, and an
    added policy acts from there. What has no month changes the past as well.
    """
    if company.posterior is None:
        return scenario
    now = company.posterior.about.origin + 1
    same = scenario.model_copy(update={"change": tuple(_since(change, company, now=now) for change in scenario.change)})
    same._file = scenario.file
    return same


def _since(change: Change, company: Company, *, now: Month) -> Change:
    """A change that holds from some month on, where it can."""
    if change.add_item is not None and change.target == "policy":
        item = change.add_item
        return change.model_copy(update={"add_item": item | {"when": {"month": str(now)} | item.get("when", {})}})
    if change.from_ is not None or change.to is not None:
        months = {key: getattr(change, key) for key in ("from_", "to")}
        return change.model_copy(
            update={key: now + (month - 1) if isinstance(month, int) else month for key, month in months.items()}
        )
    if change.set is None and change.multiply is None and change.add is None:
        return change
    dated = change.model_copy(update={"from_": now})
    return change if Patch(company).make(dated.edit()) else dated


def apply(company: Company, scenario: Scenario) -> Company:
    """The company with a scenario's changes made, in their order, and checked again as a whole."""
    patch = Patch(company)
    problems = []
    for index, change in enumerate(scenario.change):
        for where, value, rule, remedy in patch.make(change.edit()):
            problems.append(Problem(scenario.file, f"change[{index}].{where}", value, rule, remedy))
    if problems:
        raise InputError(problems)
    return _without_moot_pairs(patch.document, f"{company.file} + {scenario.name}")


def without_funding(company: Company) -> Company:
    """The same company with every attempt to raise money taken away, and what depends on one with it.

    That is the policies that wait for a round to fail, and the correlations of a number of either. Of a company that
    has been calibrated, what was raised up to the origin of its facts stays; no round closes after that.
    """
    return _keeping(company, rounds=frozenset(), policies=frozenset(item.name for item in company.policy))


def without_other_money(company: Company) -> Company:
    """The same company with no round but the sale of the whole company, where it has one."""
    sales = frozenset(item.name for item in company.round if item.instrument == "acquisition")
    return _keeping(company, rounds=sales, policies=frozenset(item.name for item in company.policy))


def with_approved_plans(company: Company) -> Company:
    """The same company with the rounds and policies alone that are approved."""
    rounds = frozenset(item.name for item in company.round if item.approved)
    return _keeping(company, rounds=rounds, policies=frozenset(item.name for item in company.policy if item.approved))


def without_plans(company: Company) -> Company:
    """The same company with nothing raised and nothing done about it."""
    return _keeping(company, rounds=frozenset(), policies=frozenset())


def _keeping(company: Company, *, rounds: frozenset[str], policies: frozenset[str]) -> Company:
    """The company with some of its rounds and policies, less those that wait for a round that is gone to fail.

    Of a company that has been calibrated the others stay, as they were up to the origin of its facts: they are what
    these are of. After it they come to nothing.
    """
    document = company.document()
    kept = [item for item in document.get("round", ()) if item["name"] in rounds]
    while waiting := [item for item in kept if _waits_for_none(item, kept)]:
        kept = [item for item in kept if item not in waiting]
    done = [item for item in document.get("policy", ()) if item["name"] in policies and not _waits_for_none(item, kept)]
    if company.posterior is None:
        return _without_moot_pairs(document | {"round": kept, "policy": done}, company.file)
    barred = [f"round.{item['name']}" for item in document.get("round", ()) if item not in kept]
    barred += [f"policy.{item['name']}" for item in document.get("policy", ()) if item not in done]
    return calibrated(company, company.posterior.barring(barred))


def _waits_for_none(item: dict[str, Any], rounds: list[dict[str, Any]]) -> bool:
    """Whether a round or policy waits for the failure of a round that is not there."""
    failed = item.get("when", {}).get("round_failed")
    return failed is not None and failed not in [other["name"] for other in rounds]


def _without_moot_pairs(document: dict[str, Any], file: str) -> Company:
    """The company of a document, less the correlations of a driver that a change has taken away or made certain."""
    pairs = document.get("correlation")
    if not pairs:
        return company_from(document, file)
    try:
        whole = company_from(document, file)
    except InputError:  # a pair that is moot is a mistake, too
        whole = company_from({key: value for key, value in document.items() if key != "correlation"}, file)
    known = {*drivers(whole), *shocks(whole)}
    kept = [item for item in pairs if known.issuperset(pair_of(item) or ())]
    if whole.correlation and len(kept) == len(pairs):
        return whole
    return company_from(document | {"correlation": kept}, file)
