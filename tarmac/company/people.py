"""The people of a company: what they cost, who joins, who leaves."""

from typing import Annotated

from pydantic import Field

from tarmac.company.base import (
    AS_IT_IS,
    MOST_MONEY,
    NEVER_CHANGES,
    ZERO,
    Count,
    Listed,
    MonthField,
    Months,
    Name,
    Table,
    TimesSchedule,
)
from tarmac.company.quantity import Quantity, Schedule
from tarmac.uncertain import Uncertain

CostOfAHead = Annotated[Schedule, Quantity("money", 0, MOST_MONEY, typical="5k to 25k a month", schedule=True)]
Raises = Annotated[Schedule, Quantity("rate", -1, 10, typical="0% to 1% a month", schedule=True)]
Severance = Annotated[Uncertain, Quantity("months", 0, 240, typical="0 to 3")]
Leavers = Annotated[Uncertain, Quantity("share", 0, 1, typical="0.5% to 3% a month")]
EmployerTax = Annotated[Uncertain, Quantity("share", 0, 1, typical="8% to 30%")]


class Hire(Table):
    """People who join later."""

    month: MonthField = Field(description="The month planned.")
    count: Count = Field(description="How many join.")
    slip: Months = Field(ZERO, description="Months by which they join later than planned.")


class Team(Table):
    """People: paid every month, before anybody else."""

    name: Name = Field(description="What this team is called.")
    headcount: Count = Field(description="People at the opening.")
    cost: CostOfAHead = Field(
        description="Cost per head and month, fully loaded; without the employer's taxes where payroll_tax gives them."
    )
    growth: Raises = Field(NEVER_CHANGES, description="Growth of the cost per head from month to month (raises).")
    times: TimesSchedule = Field(AS_IT_IS, description="Factor on the cost per head, by month.")
    hires: Annotated[tuple[Hire, ...], Listed] = Field((), description="Hires planned.")
    severance_months: Severance = Field(
        ZERO, description="Months of cost paid to each person laid off, once the notice has run."
    )
    notice_months: Annotated[int, Field(ge=0, le=12)] = Field(
        0, description="Months that those laid off stay on the payroll, the month of the layoff included."
    )
    attrition: Leavers = Field(
        ZERO, description="Share of the people who leave of their own accord every month, without severance."
    )
    payroll_tax: EmployerTax = Field(
        ZERO, description="Employer's taxes as a share of pay (not of severance), on top of it."
    )
    payroll_tax_after: Annotated[int, Field(ge=0, le=12)] = Field(
        1, description="Months from pay to the due date of the taxes on it."
    )
