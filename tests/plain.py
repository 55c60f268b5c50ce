"""A company's books on one path as plain loops, a number at a time: what the engine is checked against.

`books` is the model in the order of a month, at most 90 lines. How lines move stands in tests/plain_lines.py, what is
owed to lenders in tests/plain_debts.py, policies and rounds in tests/plain_plans.py, who owns what in
tests/plain_ownership.py; tests/plain_reading.py only looks up what a company file declares and what was drawn for the
path. Nothing here is taken from the engine but the draws.

Every month the books prove themselves: what the company owns less what it owes is what was put in and earned. What
is left unpaid in the month of insolvency is there as a negative balance of cash.
"""

from collections.abc import Iterable
from math import prod
from typing import Any

from tarmac.company import Company
from tarmac.company.targets import matching
from tarmac.engine.draws import Draws
from tests.plain_debts import Holiday, credit_line_of, debts_of
from tests.plain_lines import Cell, Sold, Team, Vendor
from tests.plain_plans import Books, Plans, Seen
from tests.plain_reading import Reading

BALANCES = ("receivables", "credits", "payables", "taxes_owed", "deferred", "debt")


def books(company: Company, draws: Draws, path: int) -> Books:  # noqa: C901, PLR0912, PLR0915  (read in one piece)
    """One path of a company: the months in the order of the design's section 5."""
    read, out, judged = Reading(company, draws, path), Books(draws.months), company.company.insolvent_when
    sold, teams = [Sold(read, table) for table in company.revenue], [Team(read, table) for table in company.team]
    bills = [Vendor(read, f"{kind}.{t.name}", table=t) for kind in ("compute", "cost") for t in getattr(company, kind)]
    taxed, vendors = ([bill for bill in bills if (bill.kind == "tax") is tax] for tax in (True, False))
    debts, bank, holiday, plans = debts_of(read), credit_line_of(read), Holiday(), Plans(read)
    lenders, actors = [*debts.values(), bank], list[Any]([*sold, *teams, *bills, holiday])
    everything, watchers = list[Any]([*actors, *lenders]), list[Any]([*lenders, *vendors, plans])
    cash, keep, balance = read("cash.opening"), read("cash.keep_payroll_months"), balances(everything)
    worth, scale = equity(cash, balance), abs(cash) + sum(abs(amount) for amount in balance.values())
    for month in range(draws.months):
        for action, by in plans.biting(month):
            for actor in actors:
                actor.act(action, by, month=month)
        forgiven = 0.0
        for effect, share in read.reliefs(month) if judged != "cash_below_zero" else ():
            relief = sum(vendor.relieve(share) for vendor in vendors if matching(effect.target, [vendor.where]))
            forgiven += relief if effect.into is None else 0.0
            if effect.into is not None:
                debts[f"debt.{effect.into}"].lend(relief, month)
        for line in sold:
            line.supply = prod(vendor.factor(line) for vendor in vendors)
        by_line = {line.where: line.earn(month) for line in sold}
        earned, invoiced = sum(by_line.values()), sum(abs(line.invoiced) for line in sold)
        pay, payroll_tax = sum(team.pay(month) for team in teams), sum(team.tax(month) for team in teams)
        billed = sum(bill.bill(month, by_line) for bill in bills)
        arrears = sum(vendor.arrears() for vendor in vendors)
        closed = plans.closing(out, Seen(month, cash, arrears, scale=scale, earned=earned))
        if plans.register.close(out, closed, lenders=lenders, month=month):
            out.strike(month, exit=True)
            break
        priced = any(item.instrument == "equity" for item in closed)
        shares = sum(lender.convert() for lender in lenders) if priced else 0.0
        funding = given = 0.0
        for item in closed:
            amount = read(f"round.{item.name}.amount", month, month) * read(f"round.{item.name}.delivered")
            funding += amount if item.instrument not in ("compute", "secondary") else 0.0
            shares += amount if item.instrument in ("equity", "safe", "compute") else 0.0
            given += amount if item.instrument in ("grant", "asset_sale") else 0.0
            if item.instrument in ("debt", "note"):
                debts[f"round.{item.name}"].lend(amount, month)
            for vendor in vendors:
                vendor.pots[item.name] += amount * vendor.gives(item)
        collected, bad_debt = sum(line.collect(month) for line in sold), sum(line.write_off(month) for line in sold)
        one_off, payroll = read.one_off(month), pay + sum(team.severance.pop(month, 0.0) for team in teams)
        served = [lender.service(month) for lender in lenders]
        interest, principal = sum(debt.interest for debt in served), sum(debt.principal for debt in served)
        fallen = sum(bill.falling.pop(month, 0.0) for bill in taxed) + sum(team.tax_due(month) for team in teams)
        taxes = holiday.due(month, fallen)
        late_interest = sum(vendor.fall_due(month) for vendor in vendors)
        unpaid = sorted((cell for vendor in vendors for cell in vendor.unpaid), key=Cell.patience)
        due, refunds = sum(cell.amount for cell in unpaid), sum(max(-cell.amount, 0.0) for cell in unpaid)
        flows = abs(collected) + abs(one_off) + payroll + interest + principal + abs(taxes) + abs(due) + 2 * refunds
        scale += flows + funding + shares + abs(billed) + payroll_tax + invoiced
        liquid = cash + funding + collected + one_off - payroll - interest - principal - taxes + bank.undrawn()
        overdraft, able = judged == "cash_below_zero", max(liquid - keep * payroll, 0.0)
        paid = due if overdraft else min(able, due)
        broke, missed = out.less(liquid - paid, 0.0, scale), not overdraft and out.less(able, due, scale)
        pool = paid + refunds
        for cell in unpaid:
            cell.amount, pool = max(cell.amount - pool, 0.0) * missed, max(pool - max(cell.amount, 0.0), 0.0)
        late = [cell for cell in unpaid if out.less(0.0, cell.amount, scale)]
        over = missed and (judged == "missed_bill" or any(cell.patience() <= 0 and not cell.cuts_off for cell in late))
        hopeless, cash = broke or over, liquid - paid - bank.undrawn()
        cash += bank.settle(cash, max(keep * payroll, *(debt.least(month) for debt in (*debts.values(), bank))))
        short = max(-cash, 0.0) if hopeless and not overdraft else 0.0
        short -= min(max(short - max(taxes, 0.0), 0.0), principal)  # what is not repaid of a debt is no burn
        net_burn = payroll + interest + taxes + paid - collected - one_off - short
        accrued, lost = sum(debt.accrued for debt in served), sum(bill.lost for bill in bills)
        other_income, costs = forgiven + given + one_off, payroll + payroll_tax + billed + late_interest + accrued
        worth += shares + earned + other_income - costs - bad_debt - lost
        balance, arrears = balances(everything), sum(vendor.arrears() for vendor in vendors)
        assert abs(equity(cash, balance) - worth) <= 1e-6 * scale, (month, cash, balance, worth)
        oldest = max((min(cell.age, cell.stretch + 1) for cell in late), default=-1)
        ways_out = sum(team.way_out(month) for team in teams) + sum(vendor.way_out(month) for vendor in vendors)
        wind_down = balance["payables"] + balance["taxes_owed"] + balance["debt"] + ways_out
        out.write(cash=0.0 if hopeless else cash, net_burn=net_burn, arrears=arrears, oldest=oldest, **balance)
        out.write(earned=earned, bad_debt=bad_debt, payroll=payroll, payroll_tax=payroll_tax, billed=billed)
        out.write(late_interest=late_interest, interest=accrued, other_income=other_income, funding=funding)
        out.write(credits_used=sum(bill.covered for bill in bills), credits_lost=lost, scale=scale)
        out.strike(month, profitable=abs(net_burn) <= 1e-9 * flows or not out.less(0.0, net_burn, flows))
        out.strike(month, first_missed_bill=broke or missed, insolvent=hopeless)
        out.strike(month, point_of_no_return=out.less(cash, wind_down, scale + wind_down) or hopeless)
        out.strike(month, balance_sheet_insolvent=out.less(equity(cash, balance), 0.0, scale))
        if hopeless:
            break
        seen = Seen(month, cash, arrears, scale=scale, oldest=oldest)
        for watcher in watchers:
            watcher.look(out, seen)
    return out


def balances(everything: Iterable[Any]) -> dict[str, float]:
    """What is owned besides cash, and what is owed."""
    found = [thing.balances() for thing in everything]
    return {name: sum(balance.get(name, 0.0) for balance in found) for name in BALANCES}


def equity(cash: float, balance: dict[str, float]) -> float:
    """What the company owns less what it owes."""
    owned = cash + balance["receivables"] + balance["credits"]
    return owned - balance["payables"] - balance["taxes_owed"] - balance["deferred"] - balance["debt"]
