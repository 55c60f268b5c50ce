"""A company laid out for the engine: numbers, lines and rules by month counted from 0. The only door to the engine.

A plan is made of constants and of references to drivers; it holds no random draws and knows nothing of files.
"""

from tarmac.plan.company import Plan
from tarmac.plan.funding import (
    Condition,
    CreditLinePlan,
    GatePlan,
    HazardPlan,
    HolderPlan,
    LoanPlan,
    NotePlan,
    OddsPlan,
    RoundPlan,
    SlopePlan,
)
from tarmac.plan.lines import (
    Commitment,
    ContractPlan,
    CreditsPlan,
    CustomerPlan,
    CutOffPlan,
    HirePlan,
    Level,
    RegimePlan,
    RevenueLine,
    Shock,
    TeamLine,
    VendorLine,
    Window,
)
from tarmac.plan.numbers import AS_IT_IS, FOREVER, NOTHING, STEADY, Copula, Input, Number, Steps
from tarmac.plan.reactions import ActionPlan, EventPlan, PolicyPlan

__all__ = [
    "AS_IT_IS",
    "FOREVER",
    "NOTHING",
    "STEADY",
    "ActionPlan",
    "Commitment",
    "Condition",
    "ContractPlan",
    "Copula",
    "CreditLinePlan",
    "CreditsPlan",
    "CustomerPlan",
    "CutOffPlan",
    "EventPlan",
    "GatePlan",
    "HazardPlan",
    "HirePlan",
    "HolderPlan",
    "Input",
    "Level",
    "LoanPlan",
    "NotePlan",
    "Number",
    "OddsPlan",
    "Plan",
    "PolicyPlan",
    "RegimePlan",
    "RevenueLine",
    "RoundPlan",
    "Shock",
    "SlopePlan",
    "Steps",
    "TeamLine",
    "VendorLine",
    "Window",
]
