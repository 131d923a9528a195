"""Every value that a caller says: dates, times, telephone numbers, names, places…"""

from dialog.values.context import ValueContext
from dialog.values.extract import entities_in
from dialog.values.phones import digits_so_far

__all__ = ["ValueContext", "digits_so_far", "entities_in"]
