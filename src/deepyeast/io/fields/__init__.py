"""Fields of view on disk: which there are, and their pixels.

Contract: ``find_fields`` lists the fields of a folder without opening images (but for
containers of several fields), ``read_field`` returns one as a :class:`~deepyeast.core.Field`;
whatever is wrong with one is an ``InputError`` that tells what to do.
"""

from deepyeast.io.fields.channels import Channels
from deepyeast.io.fields.files import FieldFile, FieldListing
from deepyeast.io.fields.find import find_fields
from deepyeast.io.fields.read import (
    FieldInfo,
    describe_field,
    read_field,
    read_pixel_size,
    read_plane,
)
from deepyeast.io.fields.write import PlateWriter, write_field, write_labels

__all__ = [
    "Channels",
    "FieldFile",
    "FieldInfo",
    "FieldListing",
    "PlateWriter",
    "describe_field",
    "find_fields",
    "read_field",
    "read_pixel_size",
    "read_plane",
    "write_field",
    "write_labels",
]
