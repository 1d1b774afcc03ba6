"""Import sheets of accounts, contacts and partner relations: every error named, or all filed."""

from heliodesk.customers.imports.report import Filed, Problem, Report, Rules
from heliodesk.customers.imports.run import COLUMNS, KINDS, import_sheet

__all__ = ["COLUMNS", "KINDS", "Filed", "Problem", "Report", "Rules", "import_sheet"]
