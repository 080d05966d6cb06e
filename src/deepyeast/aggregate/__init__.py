"""From cells to proteins: the posterior over the compartments of each protein's cells.

Contract: takes :class:`~deepyeast.core.Scores` and one protein name a cell, returns
:class:`~deepyeast.core.Calls` and the table ``proteins.csv`` is written from; touches no disk.
"""

from deepyeast.aggregate.dirichlet import aggregate
from deepyeast.aggregate.table import calls_table

__all__ = ["aggregate", "calls_table"]
