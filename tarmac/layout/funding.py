"""Debts, attempts to raise money and holders of shares, laid out for the engine."""

from typing import Final

from tarmac.company.debts import CreditLine, Loan, Note
from tarmac.company.funding import ComputeRound, DebtRound, Gate, NoteRound, Round
from tarmac.company.odds import Odds
from tarmac.layout.reading import Reading
from tarmac.plan import (
    FOREVER,
    NOTHING,
    CreditLinePlan,
    GatePlan,
    HazardPlan,
    HolderPlan,
    LoanPlan,
    NotePlan,
    Number,
    OddsPlan,
    RoundPlan,
    SlopePlan,
)

NOT_DECLARED: Final = "holders so far"
"""Who owns all shares at the opening where a file does not say."""


class Funding(Reading):
    """Turns money from outside into plans."""

    def loans(self) -> list[tuple[str, Loan | DebtRound]]:
        """Everything that is repaid as a loan, by key path: what is owed, and what may be raised."""
        found: list[tuple[str, Loan | DebtRound]] = [
            (f"debt.{item.name}", item) for item in self.company.debt if isinstance(item, Loan)
        ]
        return [*found, *((f"round.{item.name}", item) for item in self.company.round if isinstance(item, DebtRound))]

    def notes(self) -> list[tuple[str, Note | NoteRound]]:
        """The same of convertible notes."""
        found: list[tuple[str, Note | NoteRound]] = [
            (f"debt.{item.name}", item) for item in self.company.debt if isinstance(item, Note)
        ]
        return [*found, *((f"round.{item.name}", item) for item in self.company.round if isinstance(item, NoteRound))]

    def loan(self, path: str, item: Loan | DebtRound) -> LoanPlan:
        """A loan, or a round that brings one."""
        return LoanPlan(
            name=path,
            principal=self.number(item.principal, f"{path}.principal") if isinstance(item, Loan) else NOTHING,
            interest=self.number(item.interest, f"{path}.interest"),
            interest_only=item.interest_only_months,
            repaid_over=item.repaid_over,
            minimum_cash=self.optional(item.minimum_cash, f"{path}.minimum_cash"),
        )

    def note(self, path: str, item: Note | NoteRound) -> NotePlan:
        """A convertible note, or a round that brings one."""
        return NotePlan(
            name=path,
            principal=self.number(item.principal, f"{path}.principal") if isinstance(item, Note) else NOTHING,
            interest=self.number(item.interest, f"{path}.interest"),
            matures=self.index(item.matures, FOREVER),
            cap=self.optional(item.cap, f"{path}.cap"),
            discount=self.optional(item.discount, f"{path}.discount"),
            owner=path if isinstance(item, Note) else item.by or path,
        )

    def credit_line(self) -> CreditLinePlan | None:
        """The credit line, if there is one."""
        lines = [item for item in self.company.debt if isinstance(item, CreditLine)]
        if not lines:
            return None
        item, path = lines[0], f"debt.{lines[0].name}"
        return CreditLinePlan(
            name=path,
            principal=self.number(item.principal, f"{path}.principal"),
            limit=self.number(item.limit, f"{path}.limit"),
            interest=self.number(item.interest, f"{path}.interest"),
            minimum_cash=self.optional(item.minimum_cash, f"{path}.minimum_cash"),
        )

    def round(self, item: Round) -> RoundPlan:
        """An attempt to raise money."""
        path = f"round.{item.name}"

        def terms(key: str) -> Number | None:
            return self.optional(getattr(item, key, None), f"{path}.{key}")

        return RoundPlan(
            name=item.name,
            instrument=str(getattr(item, "instrument", "")),
            starts=None if item.starts is None else item.starts - self.first,
            when=None if item.when is None else self.condition(item.when, f"{path}.when"),
            takes=self.number(item.takes, f"{path}.takes"),
            succeeds=self.number(item.succeeds, f"{path}.succeeds"),
            amount=self.number(item.amount, f"{path}.amount"),
            delivered=self.number(item.delivered, f"{path}.delivered"),
            market=self.number(item.market, f"{path}.market"),
            odds=None if item.odds is None else self._odds(item.odds, f"{path}.odds"),
            gate=None if item.requires is None else self._gate(item.requires, f"{path}.requires"),
            vendor=f"compute.{item.vendor}" if isinstance(item, ComputeRound) else None,
            owner=getattr(item, "by", None) or path,
            hazard=self._hazard(item, path),
            retries=item.retries or 0,
            again_after=terms("again_after") or NOTHING,
            pre_money=terms("pre_money"),
            sold=terms("sold"),
            share=terms("share"),
            option_pool=terms("option_pool"),
            cap=terms("cap"),
            discount=terms("discount"),
            until=self.until(path),
        )

    def _hazard(self, item: Round, path: str) -> HazardPlan | None:
        if item.closes_monthly is None or item.gives_up_after is None:
            return None
        monthly = self.number(item.closes_monthly, f"{path}.closes_monthly")
        return HazardPlan(f"closing/{path}", monthly, self.number(item.gives_up_after, f"{path}.gives_up_after"))

    def _odds(self, odds: Odds, path: str) -> OddsPlan:
        def slope(key: str) -> SlopePlan | None:
            table, where = getattr(odds, key), f"{path}.{key}"
            if table is None:
                return None
            return SlopePlan(
                self.number(table.at, f"{where}.at"),
                self.number(table.adds, f"{where}.adds"),
                self.optional(getattr(table, "most", None), f"{where}.most") or NOTHING,
            )

        return OddsPlan(slope("revenue"), slope("growth"), slope("burn_multiple"), slope("runway"))

    def _gate(self, requires: Gate, path: str) -> GatePlan:
        return GatePlan(
            self.optional(requires.revenue_above, f"{path}.revenue_above"),
            self.optional(requires.cash_above, f"{path}.cash_above"),
            self.optional(requires.arrears_below, f"{path}.arrears_below"),
        )

    def holders(self) -> tuple[HolderPlan, ...]:
        """Who owns the company at the opening; shares that are off 100% by rounding are set right."""
        total = sum(item.share.value for item in self.company.holder)
        return tuple(
            HolderPlan(
                name=item.name,
                kind=item.kind,
                share=item.share.value / total,
                invested=NOTHING
                if item.invested is None
                else self.number(item.invested, f"holder.{item.name}.invested"),
            )
            for item in self.company.holder
        ) or (HolderPlan(NOT_DECLARED, "common", 1.0, NOTHING),)
