"""Exceptions: one tree, so that callers catch as widely or as narrowly as they like.

Each subclasses the builtin a Python user would expect. The command line turns any of
them into one clear line; a traceback therefore always means a defect in DeepYeast.
"""

from __future__ import annotations


class DeepYeastError(Exception):
    """Base of every error DeepYeast raises on purpose."""


class InputError(DeepYeastError, ValueError):
    """One input that cannot be used; the others go on.

    Parameters
    ----------
    path
        The input, relative to the input folder where there is one.
    kind
        A short, stable word to count by, such as ``unreadable`` or ``missing-channel``.
    message
        What is wrong and what to do about it, as one line.
    """

    def __init__(self, path: str, kind: str, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.kind = kind
        self.message = message

    def __reduce__(self) -> tuple[type[InputError], tuple[str, str, str]]:
        """Pickle by the three parts: the default would call ``__init__`` with the text alone."""
        return type(self), (self.path, self.kind, self.message)


class NothingUsableError(DeepYeastError, ValueError):
    """No input at all can be used, so there is nothing to go on with."""


class DatasetError(DeepYeastError, ValueError):
    """A data set that contradicts its own lists, or that cannot serve what was asked of it."""


class RunFolderError(DeepYeastError, OSError):
    """A run folder that cannot be written, or that is not one."""


class WeightsError(DeepYeastError, ValueError):
    """A weights file that is damaged, unsafe, unknown or made for something else."""


class DownloadError(DeepYeastError, OSError):
    """A download that did not arrive, or whose checksum is wrong."""


class ScreenError(DeepYeastError, RuntimeError):
    """A screen that had to stop before its end; what was done is kept."""


class MissingExtraError(DeepYeastError, ImportError):
    """Something optional that is not installed.

    Parameters
    ----------
    extra
        The extra of DeepYeast that installs it.
    wanted
        What needs it.
    """

    def __init__(self, extra: str, wanted: str) -> None:
        super().__init__(f"{wanted} needs an extra: pip install 'deepyeast[{extra}]'")
        self.extra = extra
