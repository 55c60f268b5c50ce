"""A scenario: a named patch over a company. Scenarios compose in the order given."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, PrivateAttr, model_validator

from tarmac.company import Company, company_from, validated
from tarmac.company.base import Listed, Table
from tarmac.company.numbers import drivers, shocks
from tarmac.company.quantity import mistake
from tarmac.errors import InputError, Problem
from tarmac.months import Month
from tarmac.patch import OPERATIONS, Edit, Patch, pair_of
from tarmac.uncertain import UncertainError, parse


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


class Scenario(Table):
    """A patch file: what it is about, where it comes from, and its changes in order."""

    title: Annotated[str, Field(min_length=1, max_length=200)] = Field(description="A few words.")
    story: Annotated[str, Field(max_length=4000)] = Field("", description="What happens, in a sentence or two.")
    source: Annotated[str, Field(max_length=2000)] = Field("", description="Where it comes from.")
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

    That is the policies that wait for a round to fail, and the correlations of a number of either.
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
    """The company with some of its rounds and policies, less those that wait for a round that is gone to fail."""
    document = company.document()
    kept = [item for item in document.get("round", ()) if item["name"] in rounds]
    while waiting := [item for item in kept if _waits_for_none(item, kept)]:
        kept = [item for item in kept if item not in waiting]
    done = [item for item in document.get("policy", ()) if item["name"] in policies and not _waits_for_none(item, kept)]
    return _without_moot_pairs(document | {"round": kept, "policy": done}, company.file)


def _waits_for_none(item: dict[str, Any], rounds: list[dict[str, Any]]) -> bool:
    """Whether a round or policy waits for the failure of a round that is not there."""
    failed = item.get("when", {}).get("round_failed")
    return failed is not None and failed not in [other["name"] for other in rounds]


def _without_moot_pairs(document: dict[str, Any], file: str) -> Company:
    """The company of a document, less the correlations of a driver that a change has taken away or made certain."""
    pairs = document.get("correlation")
    bare = company_from({key: value for key, value in document.items() if key != "correlation"}, file)
    if not pairs:
        return bare
    known = {*drivers(bare), *shocks(bare)}
    kept = [item for item in pairs if known.issuperset(pair_of(item) or ())]
    return company_from(document | {"correlation": kept}, file)
