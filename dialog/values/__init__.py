"""Every value that a caller says: dates, times, telephone numbers, names, places…"""

from dialog.values.context import ValueContext
from dialog.values.extract import entities_in

__all__ = ["ValueContext", "entities_in"]
