"""Profit and loss, cash flow and balance sheet by month: of one path, of the path of median runway, of the mean."""

from tarmac.statements.statement import Statements, statements_of

__all__ = ["Statements", "statements_of"]
