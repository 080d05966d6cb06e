"""Other names of the compartments, so that annotations from elsewhere can be understood.

The names are those of the proteome-wide studies of yeast (Huh et al. 2003, CYCLoPs of Chong
et al. 2015) and the terms of the Gene Ontology's cellular-component branch. A term stands for a
compartment if it is that compartment or a part of it that looks the same at this
resolution; a name that might mean another compartment as well (cell cortex, vesicle,
membrane) is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from deepyeast.core.classes import COMPARTMENTS, TRANSFER_COMPARTMENTS, ClassList

_GO = re.compile(r"GO:\d{7}", re.IGNORECASE)

# Class: {GO term: its name}, then plain names. Terms of the classes themselves are in `classes`.
_TERMS: Mapping[str, Mapping[str, str]] = {
    "cell periphery": {"GO:0005886": "plasma membrane"},
    "cytoplasm": {"GO:0005829": "cytosol"},
    "endosome": {
        "GO:0005769": "early endosome",
        "GO:0005770": "late endosome",
        "GO:0005771": "multivesicular body",
        "GO:0010008": "endosome membrane",
    },
    "er": {
        "GO:0005783": "endoplasmic reticulum",
        "GO:0005788": "endoplasmic reticulum lumen",
        "GO:0005789": "endoplasmic reticulum membrane",
    },
    "golgi": {
        "GO:0000139": "golgi membrane",
        "GO:0005794": "golgi apparatus",
        "GO:0005796": "golgi lumen",
        "GO:0005801": "cis golgi network",
        "GO:0005802": "trans golgi network",
    },
    "mitochondrion": {
        "GO:0005740": "mitochondrial envelope",
        "GO:0005741": "mitochondrial outer membrane",
        "GO:0005743": "mitochondrial inner membrane",
        "GO:0005758": "mitochondrial intermembrane space",
        "GO:0005759": "mitochondrial matrix",
        "GO:0031966": "mitochondrial membrane",
    },
    "nuclear periphery": {
        "GO:0005635": "nuclear envelope",
        "GO:0005637": "nuclear inner membrane",
        "GO:0005640": "nuclear outer membrane",
        "GO:0005643": "nuclear pore",
        "GO:0031965": "nuclear membrane",
    },
    "nucleolus": {},
    "nucleus": {"GO:0005654": "nucleoplasm"},
    "peroxisome": {
        "GO:0005778": "peroxisomal membrane",
        "GO:0005782": "peroxisomal matrix",
    },
    "spindle pole": {"GO:0005816": "spindle pole body"},
    "vacuole": {
        "GO:0000322": "storage vacuole",
        "GO:0000323": "lytic vacuole",
        "GO:0000324": "fungal type vacuole",
        "GO:0000328": "fungal type vacuole lumen",
        "GO:0000329": "fungal type vacuole membrane",
        "GO:0005774": "vacuolar membrane",
        "GO:0005775": "vacuolar lumen",
    },
    "actin": {"GO:0015629": "actin cytoskeleton", "GO:0030479": "actin cortical patch"},
    "bud neck": {"GO:0005935": "cellular bud neck"},
    "lipid particle": {"GO:0005811": "lipid droplet"},
    "microtubule": {},
}

_NAMES: Mapping[str, tuple[str, ...]] = {
    "cell periphery": ("periphery", "cell membrane", "pm"),
    "cytoplasm": ("cytoplasmic", "cytosolic"),
    "endosome": ("endosomes", "endosomal"),
    "er": ("er membrane", "er lumen"),
    "golgi": (
        "golgi body",
        "golgi complex",
        "early golgi",
        "late golgi",
        "cis golgi",
        "trans golgi",
    ),
    "mitochondrion": ("mitochondria", "mitochondrial"),
    "nuclear periphery": ("nuclear rim", "nuclear pore complex", "inner nuclear membrane"),
    "nucleolus": ("nucleoli", "nucleolar"),
    "nucleus": ("nuclei", "nuclear"),
    "peroxisome": ("peroxisomes", "peroxisomal"),
    "spindle pole": ("spindle poles", "spindle pole bodies", "spb"),
    "vacuole": ("vacuoles", "vacuolar", "vacuole membrane", "vacuole lumen"),
    "actin": ("actin patch", "actin patches"),
    "bud neck": ("budneck",),
    "lipid particle": ("lipid particles", "lipid droplets", "lipid body"),
    "microtubule": ("microtubules",),
}


def match_compartment(text: str, classes: ClassList = COMPARTMENTS) -> str | None:
    """Return the class that a name or Gene Ontology term stands for, or None.

    Case, blanks, hyphens and underscores do not matter. Where the text has a term's
    identifier (``nucleus (GO:0005634)``), that alone decides.

    Parameters
    ----------
    text
        A compartment's name, or a term of the Gene Ontology, as an annotation spells it.
    classes
        Only its classes are returned.
    """
    term = _GO.search(text)
    name = _BY_NAME.get(term[0].upper() if term else _plain(text))
    return name if name in classes.names else None


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[-_\s]+", " ", text).casefold().split())


def _by_name() -> dict[str, str]:
    """Return the class of every identifier and plain name; a name of two classes is a defect."""
    found: dict[str, str] = {}
    for compartment in COMPARTMENTS.compartments + TRANSFER_COMPARTMENTS.compartments:
        name = compartment.name
        terms = _TERMS[name]
        for spelling in (compartment.go, *terms, name, *terms.values(), *_NAMES[name]):
            if found.setdefault(spelling, name) != name:
                raise ValueError(f"{spelling!r} is a name of {found[spelling]} and of {name}")
    return found


_BY_NAME: Mapping[str, str] = _by_name()
