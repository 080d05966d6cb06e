"""Training sets from screens: which proteins can be trusted, in which split, how bright.

Contract: tables of annotations and numbers of cells in, proteins with labels and splits out;
float crops in, 8-bit pictures out. Values to values; touches no disk.
"""

from deepyeast.curate.agreement import Curated, Dropped, Reason, curate
from deepyeast.curate.brightness import Brightness
from deepyeast.curate.split import SHARES, split_proteins

__all__ = ["SHARES", "Brightness", "Curated", "Dropped", "Reason", "curate", "split_proteins"]
