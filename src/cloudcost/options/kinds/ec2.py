"""EC2: an instance of one of AWS's types."""

from __future__ import annotations

from datetime import date

from cloudcost.domain.project import Option
from cloudcost.options.kinds.base import Kind
from cloudcost.options.kinds.rented import rented
from cloudcost.usage.machines.machine import Machine


class Ec2(Kind):
    """An option on EC2."""

    def machine(self, option: Option, on: date) -> Machine:
        """Return the instance."""
        return rented(option.instance or "")
