"""Import sheets of accounts, contacts and partner relations: every error named, or all filed."""

from heliodesk.customers.imports.report import Filed, Problem, Report, Rules
from heliodesk.customers.imports.run import KINDS, import_sheet

__all__ = ["KINDS", "Filed", "Problem", "Report", "Rules", "import_sheet"]
