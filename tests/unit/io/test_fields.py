"""Fields of every format: found by name, read with the right channels, refused with advice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from deepyeast.core import DatasetError, InputError, NothingUsableError
from deepyeast.io import (
    Channels,
    FieldFile,
    PlateWriter,
    describe_field,
    find_fields,
    read_field,
    read_plane,
    write_field,
    write_labels,
)

SIZE = 70


@pytest.fixture
def image() -> np.ndarray:
    """Return red and green, uint16."""
    return np.random.default_rng(0).integers(50, 4000, (2, SIZE, SIZE)).astype(np.uint16)


def single(path: str, scene: str = "") -> FieldFile:
    return FieldFile(path, "", "", "", (("", path),), scene)


def only(files: tuple[FieldFile, ...]) -> FieldFile:
    assert len(files) == 1
    return files[0]


def kind_of(folder: Path, path: str, channels: Channels | None = None) -> str:
    with pytest.raises(InputError) as caught:
        read_field(folder, single(path), channels)
    assert caught.value.path == path
    assert len(caught.value.message) > 20
    return caught.value.kind


def test_ome_tiff_tells_channels_and_pixel_size(tmp_path, image):
    write_field(tmp_path / "plate1" / "A01_f02.ome.tif", image, 0.215)
    file = only(find_fields(tmp_path).files)
    assert (file.plate, file.well, file.field) == ("plate1", "A01", "02")
    field = read_field(tmp_path, file)
    np.testing.assert_array_equal(field.image, image)
    assert field.image.dtype == np.float32
    assert field.pixel_size_um == pytest.approx(0.215)
    info = describe_field(tmp_path, file)
    assert info.channels == info.chosen == ("RFP", "GFP")
    assert (info.shape, info.dtype) == ((SIZE, SIZE), "uint16")
    swapped = read_field(tmp_path, file, Channels(red="gfp", green=0))
    np.testing.assert_array_equal(swapped.image, image[::-1])


def test_the_same_field_gives_the_same_bytes(tmp_path, image):
    write_field(tmp_path / "a.ome.tif", image, 0.215)
    write_field(tmp_path / "b.ome.tif", image, 0.215)
    a, b = ((tmp_path / f"{n}.ome.tif").read_bytes() for n in "ab")
    assert a.replace(b"a.ome.tif", b"b.ome.tif") == b


def test_an_ome_zarr_plate_is_found_well_by_well(tmp_path, image):
    writer = PlateWriter(tmp_path / "p7.ome.zarr", "p7", ["A01", "B12"], 2, 0.3)
    for well in ("A01", "B12"):
        for number in (1, 2):
            writer.add(well, number, image + number)
    files = find_fields(tmp_path).files
    assert [(f.plate, f.well, f.field) for f in files] == [
        ("p7", "A01", "1"),
        ("p7", "A01", "2"),
        ("p7", "B12", "1"),
        ("p7", "B12", "2"),
    ]
    field = read_field(tmp_path, files[3])
    np.testing.assert_array_equal(field.image, image + 2)
    assert field.pixel_size_um == pytest.approx(0.3)


@pytest.mark.parametrize(
    "name",
    ["r01c02f03p01-ch{}sk1fk1fl1.tiff", "plate7_A02_s3_w{}.TIF", "A02_f03_C{}.tif"],
)
def test_channels_in_separate_files_are_joined(tmp_path, image, name):
    for number, plane in enumerate(image, 1):
        tifffile.imwrite(tmp_path / name.format(number), plane)
    file = only(find_fields(tmp_path).files)
    assert (file.well, file.field.lstrip("0")) == ("A02", "3")
    np.testing.assert_array_equal(read_field(tmp_path, file).image, image)


def test_separate_files_are_told_by_fluorophore(tmp_path, image):
    tifffile.imwrite(tmp_path / "B07_GFP.tif", image[1])
    tifffile.imwrite(tmp_path / "B07_RFP.tif", image[0])
    file = only(find_fields(tmp_path).files)
    np.testing.assert_array_equal(read_field(tmp_path, file).image, image)


def test_a_pattern_and_a_listing_go_before_names(tmp_path, image):
    (tmp_path / "P3").mkdir()
    for channel, plane in zip(("mark", "prot"), image, strict=True):
        tifffile.imwrite(tmp_path / "P3" / f"C-5_x9_{channel}.tif", plane)
    pattern = r"(?P<plate>P\d+)/(?P<row>[A-H])-(?P<column>\d+)_x(?P<field>\d+)_(?P<channel>\w+)"
    file = only(find_fields(tmp_path, pattern=pattern).files)
    assert (file.plate, file.well, file.field) == ("P3", "C05", "9")
    chosen = Channels(red="mark", green="prot")
    np.testing.assert_array_equal(read_field(tmp_path, file, chosen).image, image)
    listing = tmp_path / "list.csv"
    rows = [f"P3/C-5_x9_{c}.tif,{c},X,H12,4,0.5" for c in ("mark", "prot")]
    listing.write_text("path,channel,plate,well,field,pixel_size_um\n" + "\n".join(rows))
    listed = only(find_fields(tmp_path, listing=listing).files)
    assert (listed.plate, listed.well, listed.field) == ("X", "H12", "4")
    assert read_field(tmp_path, listed, chosen).pixel_size_um == 0.5
    listing.write_text("path,well\nx.tif,Z99\n")
    with pytest.raises(DatasetError, match="line 2: no plate has"):
        find_fields(tmp_path, listing=listing)
    with pytest.raises(DatasetError, match="must name the group"):
        find_fields(tmp_path, pattern="(.*)")
    with pytest.raises(DatasetError, match="no regular expression"):
        find_fields(tmp_path, pattern="(")


HARMONY = """<?xml version="1.0"?>
<EvaluationInputData xmlns="http://www.perkinelmer.com/PEHH/HarmonyV5">
<Plates><Plate><PlateID>HT7</PlateID></Plate></Plates>
<Images>{}</Images></EvaluationInputData>"""
HARMONY_IMAGE = """<Image Version="1"><id>x</id><URL>{file}</URL><Row>2</Row><Col>3</Col>
<FieldID>4</FieldID><PlaneID>1</PlaneID><TimepointID>0</TimepointID><ChannelID>{n}</ChannelID>
<ChannelName>{name}</ChannelName><ImageResolutionX Unit="m">1.5E-07</ImageResolutionX></Image>"""


def test_harmony_s_index_goes_before_names(tmp_path, image):
    entries = []
    for number, (name, plane) in enumerate(zip(("mCherry", "EGFP"), image, strict=True), 1):
        url = f"r09c09f09p01-ch{number}sk1fk1fl1.tiff"
        tifffile.imwrite(tmp_path / url, plane)
        entries.append(HARMONY_IMAGE.format(file=url, n=number, name=name))
    (tmp_path / "Index.idx.xml").write_text(HARMONY.format("".join(entries)))
    file = only(find_fields(tmp_path).files)
    assert (file.plate, file.well, file.field) == ("HT7", "B03", "4")
    field = read_field(tmp_path, file)
    np.testing.assert_array_equal(field.image, image)
    assert field.pixel_size_um == pytest.approx(0.15)
    (tmp_path / "Index.idx.xml").write_text("<!DOCTYPE x><x/>")
    assert find_fields(tmp_path).errors[0].kind == "unreadable"


def test_flex_files_hold_several_fields(tmp_path, image):
    names = "".join(f'<Array Name="{n}"/>' for n in ("Exp1Cam1", "Exp2Cam2"))
    xml = f"<Root><Arrays>{names * 2}</Arrays></Root>".encode()
    with tifffile.TiffWriter(tmp_path / "002003000.flex") as writer:
        for page in (*image, *(image + 1)):
            writer.write(page, extratags=[(65200, 2, None, xml, True)], metadata=None)
    files = find_fields(tmp_path).files
    assert [(f.well, f.field) for f in files] == [("B03", "1"), ("B03", "2")]
    second = read_field(tmp_path, files[1])
    np.testing.assert_array_equal(second.image, image + 1)


def test_rgb_pictures_and_stacks_are_read(tmp_path, image):
    rgb = np.zeros((SIZE, SIZE, 3), dtype=np.uint8)
    rgb[..., 0], rgb[..., 1] = image[0] // 16, image[1] // 16
    Image.fromarray(rgb).save(tmp_path / "A01.png")
    np.testing.assert_array_equal(read_field(tmp_path, single("A01.png")).image[1], rgb[..., 1])
    stack = np.stack([image, image // 2, image // 3])
    tifffile.imwrite(tmp_path / "z.tif", stack, imagej=True, metadata={"axes": "ZCYX"})
    np.testing.assert_array_equal(read_field(tmp_path, single("z.tif")).image, image)
    axes = {"axes": "TZCYX"}
    tifffile.imwrite(tmp_path / "t.ome.tif", np.stack([stack, stack // 4]), metadata=axes)
    np.testing.assert_array_equal(read_field(tmp_path, single("t.ome.tif")).image, image)


def test_what_cannot_be_used_is_told(tmp_path, image):
    tifffile.imwrite(tmp_path / "one.tif", image[0])
    assert kind_of(tmp_path, "one.tif") == "missing-channel"
    np.testing.assert_array_equal(read_plane(tmp_path, single("one.tif")), image[0])
    five = np.concatenate([image, image, image[:1]])
    tifffile.imwrite(tmp_path / "five.tif", five, photometric="minisblack")
    assert kind_of(tmp_path, "five.tif") == "which-channel"
    np.testing.assert_array_equal(
        read_field(tmp_path, single("five.tif"), Channels(red=2, green="3")).image, image
    )
    assert kind_of(tmp_path, "five.tif", Channels(red="RFP", green=1)) == "missing-channel"
    assert kind_of(tmp_path, "five.tif", Channels(red=1, green=1)) == "which-channel"
    (tmp_path / "text.tif").write_text("no image")
    assert kind_of(tmp_path, "text.tif") == "unreadable"
    write_field(tmp_path / "whole.ome.tif", image, 0.2)
    whole = (tmp_path / "whole.ome.tif").read_bytes()
    (tmp_path / "cut.ome.tif").write_bytes(whole[: len(whole) // 2])
    assert kind_of(tmp_path, "cut.ome.tif") == "unreadable"
    assert kind_of(tmp_path, "gone.tif") == "missing"
    floats = image.astype(np.float32)
    floats[1, 3, 3] = np.inf
    tifffile.imwrite(tmp_path / "inf.tif", floats, photometric="minisblack")
    assert kind_of(tmp_path, "inf.tif") == "not-finite"
    flat = np.stack([image[0], np.zeros_like(image[0])])
    tifffile.imwrite(tmp_path / "flat.tif", flat, photometric="minisblack")
    assert kind_of(tmp_path, "flat.tif") == "constant"
    tifffile.imwrite(tmp_path / "small.tif", image[:, :40, :40], photometric="minisblack")
    assert kind_of(tmp_path, "small.tif") == "wrong-shape"
    (tmp_path / "x.nd2").write_bytes(b"x" * 100)
    assert kind_of(tmp_path, "x.nd2") in ("missing-reader", "unreadable")


def test_label_images_are_no_fields_and_wells_sort_as_people_count(tmp_path, image):
    for name in ("A10_f1", "A2_f1", "A02_f10", "B1_f1"):
        write_field(tmp_path / "p10" / f"{name}.ome.tif", image, 0.2)
    write_field(tmp_path / "p2" / "A1_f1.ome.tif", image, 0.2)
    write_labels(tmp_path / "labels" / "A1_f1.tif", np.ones((4, 4), dtype=np.int32))
    write_labels(tmp_path / "p2" / "A1_f1_cp_masks.tif", np.ones((4, 4), dtype=np.int32))
    found = [(f.plate, f.well, f.field) for f in find_fields(tmp_path).files]
    assert found == [
        ("p2", "A01", "1"),
        ("p10", "A02", "1"),
        ("p10", "A02", "10"),
        ("p10", "A10", "1"),
        ("p10", "B01", "1"),
    ]


def test_two_files_of_one_field_are_told(tmp_path, image):
    write_field(tmp_path / "p" / "A01_f1.ome.tif", image, 0.2)
    write_field(tmp_path / "p" / "A1_s1.ome.tif", image, 0.2)
    listing = find_fields(tmp_path)
    assert len(listing.files) == 1
    assert [e.kind for e in listing.errors] == ["duplicate"]


def test_nothing_to_read_is_one_line(tmp_path):
    with pytest.raises(NothingUsableError, match="not a folder"):
        find_fields(tmp_path / "none")
    (tmp_path / "notes.txt").touch()
    with pytest.raises(NothingUsableError, match="no image"):
        find_fields(tmp_path)
