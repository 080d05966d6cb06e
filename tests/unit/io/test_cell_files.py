"""Which files are found to be cells, and with which label."""

from __future__ import annotations

from pathlib import Path

import pytest

from deepyeast.core import COMPARTMENTS, TRANSFER_COMPARTMENTS, DatasetError, NothingUsableError
from deepyeast.io import find_cells, read_labels


def make(folder: Path, *files: str) -> Path:
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).touch()
    return folder


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            ["AAC1/x_gfp.tif", "AAC1/x_rfp.tif"],
            [("AAC1/x", "AAC1", "AAC1/x_gfp.tif", "AAC1/x_rfp.tif")],
            id="pair",
        ),
        pytest.param(
            ["A/x_GFP.TIF", "A/x_RFP.tif", "A/y.PNG", "A/z.tiff"],
            [
                ("A/x", "A", "A/x_GFP.TIF", "A/x_RFP.tif"),
                ("A/y", "A", "A/y.PNG", "A/y.PNG"),
                ("A/z", "A", "A/z.tiff", "A/z.tiff"),
            ],
            id="any case, any ending",
        ),
        pytest.param(
            ["B/day1/x.png", "B/day2/x.png", "A/x.png"],
            [
                ("A/x", "A", "A/x.png", "A/x.png"),
                ("B/day1/x", "B", "B/day1/x.png", "B/day1/x.png"),
                ("B/day2/x", "B", "B/day2/x.png", "B/day2/x.png"),
            ],
            id="deeper folders",
        ),
        pytest.param(
            ["A/x.png", "A/x.tif"],
            [("A/A/x.png", "A", "A/x.png", "A/x.png"), ("A/A/x.tif", "A", "A/x.tif", "A/x.tif")],
            id="one name, two files",
        ),
        pytest.param(
            ["A/x_gfp.tif", "A/y_rfp.tif"],
            [
                ("A/x_gfp", "A", "A/x_gfp.tif", "A/x_gfp.tif"),
                ("A/y_rfp", "A", "A/y_rfp.tif", "A/y_rfp.tif"),
            ],
            id="channels without partner",
        ),
        pytest.param(
            ["A/x.png", "A/.hidden.png", ".cache/y.png", "A/Thumbs.db", "README.md", "A/notes.csv"],
            [("A/x", "A", "A/x.png", "A/x.png")],
            id="hidden and other files",
        ),
        pytest.param(
            ["x.png", "y_gfp.png", "y_rfp.png"],
            [
                ("cells/x", "cells", "x.png", "x.png"),
                ("cells/y", "cells", "y_gfp.png", "y_rfp.png"),
            ],
            id="flat",
        ),
    ],
)
def test_cells_of_a_folder(tmp_path, files, expected):
    cells = find_cells(make(tmp_path / "cells", *files))
    assert [(c.cell_id, c.protein, c.source, c.red_source) for c in cells] == expected
    assert all((tmp_path / "cells" / c.source) == (c.green or c.red) for c in cells)


def test_labels_name_the_proteins_of_a_flat_folder(tmp_path):
    make(tmp_path / "cells", "x.png", "y_gfp.png", "y_rfp.png", "z.png")
    (tmp_path / "cells" / "labels.csv").write_text("file,label\nx.png,er\ny_rfp.png,golgi\n")
    proteins = {c.source: c.protein for c in find_cells(tmp_path / "cells")}
    assert proteins == {"x.png": "er", "y_gfp.png": "golgi", "z.png": "cells"}


def test_a_link_to_an_outer_folder_is_not_followed_forever(tmp_path):
    make(tmp_path, "cells/A/x.png", "elsewhere/y.png")
    (tmp_path / "cells" / "A" / "loop").symlink_to(tmp_path / "cells")
    (tmp_path / "cells" / "B").symlink_to(tmp_path / "elsewhere")
    assert [c.source for c in find_cells(tmp_path / "cells")] == ["A/x.png", "B/y.png"]


def test_a_name_that_is_not_text_becomes_text(tmp_path):
    strange = "caf\udce9"  # Latin-1, as old archives unpack
    try:
        make(tmp_path, f"{strange}/x.png")
    except (OSError, UnicodeEncodeError):
        pytest.skip("the file system takes UTF-8 names only")
    (cell,) = find_cells(tmp_path)
    assert cell.protein == "caf�"
    assert cell.red.exists()


@pytest.mark.parametrize(
    ("files", "path", "message"),
    [
        ([], "cells", "no such folder"),
        (["cells"], "cells", "is a file, not a folder"),
        (["cells/README.md"], "cells", "one sub-folder a protein"),
    ],
)
def test_nothing_to_read_is_one_line(tmp_path, files, path, message):
    make(tmp_path, *files)
    with pytest.raises(NothingUsableError, match=message) as caught:
        find_cells(tmp_path / path)
    assert "\n" not in str(caught.value)


def test_labels_by_source(tmp_path):
    make(tmp_path, "A/x_gfp.tif", "A/x_rfp.tif", "A/y_gfp.tif", "A/y_rfp.tif", "B/z.png", "B/u.png")
    assert read_labels(tmp_path) is None
    (tmp_path / "labels.csv").write_text(
        "\ufeffLabel, File ,note\r\n"
        "spindle_pole,A/x_gfp.tif,green named\r\n"
        "ER,A\\y_rfp.tif,red named\r\n"
        " nuclear periphery , ./B/z.png \r\n"
        ",B/u.png\r\n"
        "golgi,elsewhere.png,\r\n"
    )
    names = {source: COMPARTMENTS.names[i] for source, i in (read_labels(tmp_path) or {}).items()}
    assert names == {
        "A/x_gfp.tif": "spindle pole",
        "A/y_gfp.tif": "er",
        "B/z.png": "nuclear periphery",
    }


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("name,label\nx.png,er\n", "needs the columns file,label; it has name,label"),
        ("", "needs the columns"),
        ("file;label\nx.png;er\n", "it has file;label"),
        ("file,label\nx.png,mitochondria\n", r"x\.png: unknown compartment 'mitochondria'"),
        ("file,label\nx.png,actin\n", "unknown compartment 'actin'"),
        ("file,label\nx.png,er\nx.png,golgi\n", "as er and as golgi"),
        ("file,label\nX/x.png,er\n", "names none of the images.* such as x.png"),
        ("file,label\nx.png\n", "names none"),
        ("file,label\nx.png,\u00e9r\n".encode("latin-1"), "UTF-8"),
        ("file,label\nx.png,er\n".encode("utf-16"), "UTF-8"),
    ],
)
def test_a_label_table_that_cannot_be_right_is_refused(tmp_path, table, message):
    make(tmp_path, "x.png")
    (tmp_path / "labels.csv").write_bytes(table if isinstance(table, bytes) else table.encode())
    with pytest.raises(DatasetError, match=message):
        read_labels(tmp_path)


def test_labels_are_of_the_network_s_classes(tmp_path):
    make(tmp_path, "x.png")
    (tmp_path / "labels.csv").write_text("file,label\nx.png,bud neck\n")
    assert read_labels(tmp_path, TRANSFER_COMPARTMENTS) == {"x.png": 1}
