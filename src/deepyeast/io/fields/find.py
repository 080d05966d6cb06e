"""The fields of a folder, told from names and indices, without opening images."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from deepyeast.core import InputError, NothingUsableError
from deepyeast.io.fields.containers import CONTAINERS, fields_inside
from deepyeast.io.fields.files import SUFFIXES, FieldFile, FieldListing, natural, split_suffix
from deepyeast.io.fields.harmony import read_index
from deepyeast.io.fields.listing import read_listing
from deepyeast.io.fields.names import NameParts, compile_pattern, parse_by, parse_name

LABEL_FOLDERS = ("labels", "masks", "overlays")
LABEL_ENDINGS = ("_labels", "_label", "_masks", "_mask", "_cp_masks")


@dataclass(frozen=True)
class _Found:
    """One file, and what is known of it."""

    path: str
    parts: NameParts
    pixel_size_um: float | None = None


def find_fields(
    folder: Path, *, pattern: str | None = None, listing: Path | None = None
) -> FieldListing:
    """List the fields of a folder.

    A CSV ``listing`` goes before everything; then the ``pattern``, then an ``Index.idx.xml``
    of Harmony, then names (see ``docs/howto/fields.md``). The plate is that of the name, or
    the first folder under ``folder`` that the file lies in. Label images are left out: folders
    named ``labels`` or ``masks``, and names that end in ``_labels``, ``_masks`` and the like.

    Parameters
    ----------
    pattern
        Regular expression searched for in the path relative to ``folder``, with named groups
        ``plate``, ``well`` (or ``row`` and ``column``), ``field``, ``channel``.
    listing
        CSV with columns path, plate, well, field and, if need be, channel, scene and
        pixel_size_um.

    Raises
    ------
    NothingUsableError
        If there is no such folder, or no image in it.
    DatasetError
        If the pattern or the listing is wrong.
    """
    if not folder.is_dir():
        raise NothingUsableError(f"{folder}: is not a folder of fields")
    if listing is not None:
        return _sorted(*read_listing(listing))
    compiled = None if pattern is None else compile_pattern(pattern)
    errors: list[InputError] = []
    inside: list[FieldFile] = []
    single: list[_Found] = []
    for path in _images(folder):
        if compiled is None and split_suffix(path)[1] in CONTAINERS:
            try:
                inside += fields_inside(folder, path)
            except InputError as error:
                errors.append(error)
            continue
        single.append(_Found(path, NameParts()))
    indexed = {} if compiled is not None else _indexed(folder, errors)
    named: list[_Found] = []
    for found in single:
        if found.path in indexed:
            named.append(indexed[found.path])
            continue
        try:
            parts = _parse(found.path, compiled)
        except ValueError as error:
            errors.append(InputError(found.path, "no-well", f"its name tells no well: {error}"))
            continue
        if parts is None:
            errors.append(InputError(found.path, "no-match", "its name does not fit the --pattern"))
            continue
        named.append(replace(found, parts=parts))
    fields = [*inside, *_group(named, errors)]
    if not fields:
        reason = f"; first: {errors[0]}" if errors else f"; known are {', '.join(SUFFIXES)}"
        raise NothingUsableError(f"{folder}: holds no image that is a field{reason}")
    return _sorted(fields, errors)


def _sorted(fields: Iterable[FieldFile], errors: Iterable[InputError]) -> FieldListing:
    """Sort the fields; the second of two with the same plate, well and field is an error."""
    unique: dict[tuple[str, str, str], FieldFile] = {}
    errors = list(errors)
    for field in sorted(fields, key=lambda f: f.order):
        key = field.plate, field.well, field.field
        if key in unique:
            told = f"is plate {key[0]}, well {key[1]}, field {key[2]}, as is {unique[key].source}"
            errors.append(
                InputError(field.source, "duplicate", f"{told}; rename one, or use --pattern")
            )
        else:
            unique[key] = field
    return FieldListing(
        tuple(unique.values()), tuple(sorted(errors, key=lambda e: natural(e.path)))
    )


def _images(folder: Path) -> Iterator[str]:
    """Yield paths of images relative to ``folder``, sorted; a ``.zarr`` folder is one image."""
    for root, folders, files in os.walk(folder):
        within = Path(root).relative_to(folder)
        zarrs = [name for name in folders if name.lower().endswith(".zarr")]
        folders[:] = sorted(
            name
            for name in folders
            if name not in zarrs and not name.startswith(".") and name.lower() not in LABEL_FOLDERS
        )
        for name in sorted([*zarrs, *files]):
            stem, suffix = split_suffix(name)
            if suffix and not name.startswith(".") and not stem.lower().endswith(LABEL_ENDINGS):
                yield (within / name).as_posix()


def _indexed(folder: Path, errors: list[InputError]) -> dict[str, _Found]:
    """Return what Harmony's indices tell of the images beside them, by path."""
    found: dict[str, _Found] = {}
    for index in sorted(folder.rglob("[Ii]ndex.idx.xml")):
        base = index.parent.relative_to(folder)
        try:
            images = read_index(index)
        except InputError as error:
            errors.append(
                InputError(base.joinpath(index.name).as_posix(), error.kind, error.message)
            )
            continue
        for image in images:
            path = (base / image.file).as_posix()
            found[path] = _Found(path, image.parts, image.pixel_size_um)
    return found


def _parse(path: str, pattern: re.Pattern[str] | None) -> NameParts | None:
    """Return what a path tells, the plate from its first folder where the name has none."""
    if pattern is not None:
        parts = parse_by(pattern, path)
        if parts is None:
            return None
    else:
        parts = parse_name(split_suffix(Path(path).name)[0])
    folders = Path(path).parts[:-1]
    if not parts.plate and folders:
        return replace(parts, plate=folders[0])
    return parts


def _group(found: list[_Found], errors: list[InputError]) -> Iterator[FieldFile]:
    """Join the channels of a field that lie in separate files."""
    groups: dict[tuple[str, str, str, str], list[_Found]] = defaultdict(list)
    for one in found:
        parts = one.parts
        alone = "" if parts.channel else one.path
        field = parts.field or ("1" if parts.well else one.path)
        groups[parts.plate or "1", parts.well, field, alone].append(one)
    for (plate, well, field, _), members in groups.items():
        files: dict[str, str] = {}
        for one in sorted(members, key=lambda m: natural(m.path)):
            if one.parts.channel in files:
                told = f"is the same channel of the same field as {files[one.parts.channel]}"
                errors.append(InputError(one.path, "duplicate", f"{told}; rename one of them"))
            else:
                files[one.parts.channel] = one.path
        first = members[0]
        ordered = tuple(sorted(files.items(), key=lambda item: natural(item[0])))
        yield FieldFile(
            source=ordered[0][1],
            plate=plate,
            well=well,
            field=field,
            files=ordered,
            pixel_size_um=first.pixel_size_um,
        )
