"""The declaration of one company's money: what a company file says, checked and frozen."""

from tarmac.company.model import SECTIONS, Company
from tarmac.company.reading import company_from, validated
from tarmac.company.reference import json_schema, reference_table

__all__ = ["SECTIONS", "Company", "company_from", "json_schema", "reference_table", "validated"]
