"""Cells found by Cellpose 4 (Pachitariu et al., 2025), an optional extra."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np

from deepyeast.core import MissingExtraError


class Cellpose:
    """The generalist network of Cellpose-SAM, on the red channel alone.

    Slow without a GPU. Its weights are downloaded by Cellpose when it is first used.

    Raises
    ------
    MissingExtraError
        If Cellpose is not installed, or its weights cannot be had.
    """

    def __init__(self) -> None:
        if find_spec("cellpose") is None:
            raise MissingExtraError("cellpose", "the segmenter cellpose")
        import torch
        from cellpose import models

        try:
            self._model = models.CellposeModel(gpu=torch.cuda.is_available())
        except OSError as error:
            raise MissingExtraError("cellpose", f"Cellpose's weights ({error})") from error

    def __call__(self, red: np.ndarray) -> np.ndarray:
        """Return labels int32 ``(h, w)`` of the red channel ``(h, w)``."""
        labels, _, _ = self._model.eval(np.asarray(red, dtype=np.float32))
        return np.asarray(labels, dtype=np.int32)
