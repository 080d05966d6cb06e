"""Objects that segmentation finds in fields whose truth is known: cells, or something else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from deepyeast.crop import crop_cells, resample, resample_labels
from deepyeast.evaluate import match_objects
from deepyeast.io import find_fields, read_field, read_mask
from deepyeast.segment import Segmenter, clean


def label_objects(
    fields: Path, segmenter: Segmenter, pixel_size_um: float
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield crops of the objects found in each field, and which of them are single whole cells.

    An object is a cell if it matches a true one at an IoU of 0.5; the others are pieces of
    cells, several cells in one, or dirt.

    Parameters
    ----------
    fields
        A simulated screen: fields, with true label images in its folder ``labels``.
    segmenter
        Finds the objects.
    pixel_size_um
        Micrometres a pixel of the crops.

    Yields
    ------
    tuple
        float32 ``(n, 2, 64, 64)`` and bool ``(n,)``.

    Raises
    ------
    InputError
        If a field or its truth cannot be read.
    """
    for file in find_fields(fields).files:
        field = read_field(fields, file)
        image, zoom = resample(field, pixel_size_um)
        truth = resample_labels(read_mask(fields / "labels", file), image.shape[1:])
        labels = clean(segmenter(image[0])).labels
        if not labels.any():
            continue
        matches = match_objects(truth, labels, count_border=True)
        good = np.isin(np.arange(1, labels.max() + 1), matches.found)
        yield crop_cells(field, image, labels, zoom).images, good
