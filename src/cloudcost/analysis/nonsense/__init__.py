"""A pass over a whole project that warns of what makes no sense: each rule is a row with its limit and its reason.

What is impossible is a fault of the file and never gets here; what is odd is answered, and told beside the answer.
"""

from cloudcost.analysis.nonsense.rule import OptionRule, ProjectRule, Subject, Whole
from cloudcost.analysis.nonsense.rules import OPTION_RULES, PROJECT_RULES
from cloudcost.analysis.nonsense.told import nonsense_in

__all__ = ["OPTION_RULES", "PROJECT_RULES", "OptionRule", "ProjectRule", "Subject", "Whole", "nonsense_in"]
