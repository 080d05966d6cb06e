"""One field of view through all stages up to its scored cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from deepyeast import qc
from deepyeast.core import Field, InputError
from deepyeast.crop import crop_cells, resample, resample_labels
from deepyeast.io import cell_table
from deepyeast.nn import Model
from deepyeast.pipeline.run import GOOD_ENOUGH
from deepyeast.segment import Segmenter, clean


@dataclass(frozen=True, eq=False)
class AnalysedField:
    """A field's cells and how it was come by them.

    ``cells`` is the table of cells, ``crops`` float32 ``(n, 2, 64, 64)`` and ``embeddings``
    float32 ``(n, d)`` are in its order; ``summary`` is the field's row in the table of fields.
    ``image`` ``(2, h, w)`` and ``labels`` ``(h, w)`` are at the model's pixel size.
    """

    cells: pd.DataFrame
    crops: np.ndarray
    embeddings: np.ndarray
    summary: dict[str, Any]
    image: np.ndarray
    labels: np.ndarray


def analyse_field(
    field: Field,
    segmenter: Segmenter,
    model: Model,
    *,
    protein: str,
    details: Mapping[str, str] | None = None,
    masks: np.ndarray | None = None,
) -> AnalysedField:
    """Segment, crop, check and classify the cells of a field.

    Parameters
    ----------
    field
        The field, of any pixel size.
    segmenter
        Finds cells in the red channel, resampled to the model's pixel size.
    model
        The network.
    protein, details
        What the plate map says of the well.
    masks
        Ready labels int32 ``(h, w)``, that are taken instead of the segmenter's.

    Raises
    ------
    InputError
        If the channels look swapped, or there is no whole cell in the field.
    """
    if qc.looks_swapped(field.image):
        raise InputError(
            field.source,
            "swapped-channels",
            "red looks like a protein and green like the cytosolic marker; "
            "name the channels with --red and --green",
        )
    image, zoom = resample(field, model.card.pixel_size_um)
    found = segmenter(image[0]) if masks is None else resample_labels(masks, image.shape[1:])
    cleaned = clean(found)
    if cleaned.labels.max(initial=0) == 0:
        raise InputError(
            field.source,
            "no-cells",
            f"no whole cell was found ({cleaned.border} at the border, {cleaned.small} too small, "
            f"{cleaned.large} too large); leave the protein empty in the plate map if the well "
            "is blank",
        )
    crops = crop_cells(field, image, cleaned.labels, zoom)
    scores = model.predict(crops)
    limit = qc.ceiling(field.image)
    flags = qc.flag_cells(image, cleaned.labels, limit)
    used = scores.quality >= GOOD_ENOUGH
    known = crops.cells.assign(protein=protein, flags=flags, **(details or {}))
    cells = cell_table(type(crops)(crops.images, known), scores, used)
    outside = image[:, cleaned.labels == 0]
    summary = {
        "n_objects": cleaned.n_objects,
        "n_cells": len(cells),
        "n_used": int(used.sum()),
        "dropped_border": cleaned.border,
        "dropped_small": cleaned.small,
        "dropped_large": cleaned.large,
        "area_median": float(cells["area"].median()),
        "background": float(np.median(outside[0])) if outside.size else float("nan"),
        "saturated": float((field.image >= 0.999 * limit[:, None, None]).mean()),
        "defocused": sum("defocus" in f for f in flags),
    }
    return AnalysedField(cells, crops.images, scores.embeddings, summary, image, cleaned.labels)
