"""Tables of annotations: several shapes are read, and what is wrong is named by its row."""

from __future__ import annotations

from pathlib import Path

import pytest

from deepyeast.core import DatasetError
from deepyeast.io import read_annotations


def table(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "huh.csv"
    path.write_text(text, encoding=encoding)
    return path


@pytest.mark.parametrize(
    "text",
    [
        "protein,compartment\nA,nucleus;nucleolus\nB,er\n",
        "Gene,Localization\nA,nucleus | nucleolus\nB,er\n",
        'ORF,GO_term\nA,"nucleus, nucleolus"\nB, er\n',
        "label,x,name\nnucleus,1,A\nnucleolus,2,A\ner,3,B\nnucleus,4,A\n,5,C\n",
        "\ufeffprotein,compartment\r\nA,nucleus;;nucleolus;\r\n\r\nB,er\r\n",
        "gene,protein,label,compartment\nx,A,y,nucleus;nucleolus\nx,B,y,er\n",
    ],
)
def test_every_usual_shape_says_the_same(tmp_path, text):
    annotations = read_annotations(table(tmp_path, text))
    assert annotations.name == "huh.csv"
    assert annotations.compartments == {"A": ("nucleus", "nucleolus"), "B": ("er",)}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "needs a column named protein .or gene, orf, name.; it has none"),
        ("protein,x\nA,nucleus\n", "needs a column named compartment .*it has protein, x"),
        ("protein,compartment\nA,er\n,nucleus\n", "row 3: .*no protein"),
        ("protein,compartment\nA,er\nB,nucleus,nucleolus\n", "row 3: has more values.*quotes"),
        ("protein,compartment\nA,\n", "gives no protein a compartment"),
        ("label,protein,label\ner,A,er\n", "two columns named label"),
    ],
)
def test_what_is_wrong_is_told(tmp_path, text, message):
    with pytest.raises(DatasetError, match=message):
        read_annotations(table(tmp_path, text))


def test_a_file_that_is_no_text_or_not_there_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="UTF-8"):
        read_annotations(table(tmp_path, "protein,compartment\nA,er\n", "utf-16"))
    with pytest.raises(DatasetError, match="cannot be read"):
        read_annotations(tmp_path / "nothing.csv")
