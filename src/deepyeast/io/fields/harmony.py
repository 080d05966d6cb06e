"""The index that PerkinElmer's Harmony writes beside the images of Opera Phenix and Operetta."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from deepyeast.core import InputError, well_name
from deepyeast.io.fields.names import NameParts


@dataclass(frozen=True)
class IndexedImage:
    """One image of the index: its file beside it, and what the index tells."""

    file: str
    parts: NameParts
    pixel_size_um: float | None


def read_index(path: Path) -> list[IndexedImage]:
    """Return the images that an ``Index.idx.xml`` lists, whatever the version of its format.

    Of several planes the first is taken, and the first time point.

    Raises
    ------
    InputError
        If it cannot be read; ``path`` in it is empty.
    """
    try:
        text = path.read_bytes()
        if b"<!DOCTYPE" in text[:4096].upper() or b"<!ENTITY" in text[:65536].upper():
            raise InputError("", "unreadable", "declares entities, which no Harmony index does")
        root = ElementTree.fromstring(text)  # noqa: S314 - entities are refused above
        return list(_images(root))
    except (OSError, ElementTree.ParseError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError("", "unreadable", f"is no readable Harmony index: {error}") from error


def _images(root: ElementTree.Element) -> Iterator[IndexedImage]:
    plate = next((e.text or "" for e in root.iter() if _tag(e) in ("PlateID", "Name")), "")
    channels = _channels(root)
    for element in root.iter():
        if _tag(element) != "Image":
            continue
        values = {_tag(child): (child.text or "").strip() for child in element}
        if "URL" not in values or values.get("PlaneID", "1") != "1":
            continue
        if values.get("TimepointID", "0") != "0":
            continue
        known = channels.get(values.get("ChannelID", ""), {})
        size = values.get("ImageResolutionX") or known.get("ImageResolutionX")
        yield IndexedImage(
            file=values["URL"],
            parts=NameParts(
                plate=plate,
                well=well_name(int(values["Row"]), int(values["Col"])),
                field=values.get("FieldID", "1"),
                channel=values.get("ChannelName")
                or known.get("ChannelName")
                or values.get("ChannelID", ""),
            ),
            pixel_size_um=float(size) * 1e6 if size else None,
        )


def _channels(root: ElementTree.Element) -> dict[str, dict[str, str]]:
    """Return what version 6 tells once for each channel rather than for every image."""
    found = {}
    for element in root.iter():
        number = element.get("ChannelID")
        if number:
            found[number] = {_tag(e): (e.text or "").strip() for e in element.iter()}
    return found


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
