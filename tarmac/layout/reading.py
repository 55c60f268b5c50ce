"""Numbers, months and conditions of a company file, as the engine reads them."""

from tarmac.company import Company
from tarmac.company.funding import Trigger
from tarmac.company.numbers import line_paths
from tarmac.company.quantity import Schedule
from tarmac.months import Month
from tarmac.plan import FOREVER, Condition, Number, Steps
from tarmac.uncertain import Uncertain


class Reading:
    """What every table is read with: numbers become constants or drivers, months count from 0."""

    def __init__(self, company: Company, *, named: bool = False) -> None:
        """`named`: certain numbers, zeros apart, are read by their key path too, as if they were drawn."""
        self.company = company
        self._named = named
        self.first = company.company.first_month
        self.own = company.company.currency
        self.lines = line_paths(company)
        self.names_of_rounds = [item.name for item in company.round]

    def number(self, number: Uncertain, path: str) -> Number:
        """A number as a constant, or as the draw of the input at a key path."""
        currency = number.unit if number.unit not in ("", "%", self.own) else None
        if number.certain and not (self._named and number.value):
            return Number(number.value, None, currency)
        return Number(0.0, path, currency)

    def optional(self, number: Uncertain | None, path: str) -> Number | None:
        """The same of a number that may not be there."""
        return None if number is None else self.number(number, path)

    def index(self, month: Month | None, default: int) -> int:
        """A month counted from the first, or `default` where there is none."""
        return default if month is None else month - self.first

    def steps(self, schedule: Schedule, path: str) -> Steps:
        """A number by month."""
        return Steps(
            tuple(
                (self.index(month, 0), self.number(number, path if month is None else f"{path}[{month}]"))
                for month, number in schedule.entries
            )
        )

    def part(self, value: Schedule | Uncertain, path: str) -> Steps:
        """The same of a number that may hold throughout."""
        return self.steps(value, path) if isinstance(value, Schedule) else Steps(((0, self.number(value, path)),))

    def until(self, path: str) -> int:
        """The last month in which a round may close or a policy be decided on: the origin where it is barred later."""
        past = self.company.posterior
        return FOREVER if past is None or path not in past.barred else past.about.origin - self.first

    def condition(self, when: Trigger, path: str) -> Condition:
        """A state that a round or a policy watches."""
        return Condition(
            runway_below=self.optional(when.runway_below, f"{path}.runway_below"),
            cash_below=self.optional(when.cash_below, f"{path}.cash_below"),
            arrears_above=self.optional(when.arrears_above, f"{path}.arrears_above"),
            month=None if when.month is None else when.month - self.first,
            round_failed=None if when.round_failed is None else self.names_of_rounds.index(when.round_failed),
            oldest_bill_above=self.optional(when.oldest_bill_above, f"{path}.oldest_bill_above"),
        )
