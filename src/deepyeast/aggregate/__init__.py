"""From cells to proteins: the posterior over compartments.

Contract: takes ``Scores`` and names, or the table of cells batch by batch, returns ``Calls``
and tables of proteins and wells; does no input or output.
"""

from deepyeast.aggregate.dirichlet import aggregate
from deepyeast.aggregate.tally import Tally

__all__ = ["Tally", "aggregate"]
