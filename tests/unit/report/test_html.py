"""Pages are whole, self-contained and escaped, and hold what they were given."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pandas as pd
import pytest
import zarr

from deepyeast.aggregate import aggregate
from deepyeast.core import COMPARTMENTS
from deepyeast.evaluate import evaluate_cells, evaluate_proteins
from deepyeast.report import GalleryCells, html, render_evaluation, render_report

VOID = {"meta", "img", "input", "source", "link", "br"}
LOADS = {"src", "href", "srcset", "action", "data"}


class Page(HTMLParser):
    """The elements of a page, checked to be closed in the order they were opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.text += f" {' '.join(data.split())} "

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [a for t, a in self.elements if t == tag and wanted.items() <= a.items()]


@pytest.fixture
def metrics(run: dict[str, Any]) -> dict[str, Any]:
    cells = run["cells"]
    p = cells[[f"p_{c}" for c in COMPARTMENTS.columns]].to_numpy()
    labels = np.where(cells["protein"] == "AAC1", 5, 1)
    calls = aggregate(p, cells["protein"].to_numpy(), cells["used"].to_numpy())
    return {
        "cell_metrics": evaluate_cells(labels, p, proteins=cells["protein"].to_numpy()),
        "protein_metrics": evaluate_proteins(calls, {"AAC1": 5, "AAH1": 1, "NOP56": 1}),
    }


def render(**values: Any) -> str:
    """Render a run from its whole table of cells."""
    gallery = GalleryCells(values["proteins"])
    gallery.add(values.pop("cells"))
    counts = gallery.class_counts()
    return render_report(**values, cells=gallery.cells(), class_counts=counts)


def assert_self_contained(text: str) -> None:
    for tag, attributes in Page(text).elements:
        for name in LOADS & set(attributes):
            assert (attributes[name] or "").startswith(("data:", "#")), (tag, name)
    assert not re.search(r"url\((?!data:|#)", text)
    assert not re.search(r"@import|https?://", text)


def test_report_needs_no_other_file(run: dict[str, Any], metrics: dict[str, Any]) -> None:
    assert_self_contained(render(**run, **metrics))


def test_every_protein_has_a_row_and_a_gallery(run: dict[str, Any]) -> None:
    page = Page(render(**run))
    called = {a["data-find"]: a["data-call"] for _, a in page.elements if "data-find" in a}
    assert {str(k).strip(): v for k, v in called.items()} == {
        "<b>&": "",
        "AAC1": "mitochondrion",
        "AAH1": "cytoplasm",
        "NOP56": "nucleolus",
    }
    assert len(page.all("details")) == 4
    # 12 of 20, all 3, the only one, and both unusable ones.
    assert len(page.all("div", **{"class": "tile"})) == 12 + 3 + 1 + 2


def test_ids_are_unique_and_links_lead_somewhere(
    run: dict[str, Any], metrics: dict[str, Any]
) -> None:
    page = Page(render(**run, **metrics))
    ids = Counter(a["id"] for _, a in page.elements if "id" in a)
    assert set(ids.values()) == {1}
    links = {str(a["href"])[1:] for a in page.all("a")}
    assert links <= set(ids)
    assert {"proteins", "cells", "accuracy", "errors", "provenance"} <= links


def test_names_are_escaped(run: dict[str, Any]) -> None:
    text = render(**run, title="<script>alert(1)</script>")
    assert "<b>&" not in text
    assert "<script>alert" not in text
    page = Page(text)
    assert " <b>& " in page.text
    assert " x/<i>.tif " in page.text


def test_bars_show_the_posterior_fractions(run: dict[str, Any]) -> None:
    page = Page(render(**run))
    aac1 = run["proteins"].set_index("protein").loc["AAC1"]
    assert page.all("i", title=f"mitochondrion {aac1['f_mitochondrion']:.0%}")
    styles = [str(a["style"]) for a in page.all("i", **{"class": "k5"}) if "style" in a]
    assert f"width:{100 * aac1['f_mitochondrion']:.1f}%" in styles


def test_headings_are_buttons_that_tell_the_order(run: dict[str, Any]) -> None:
    page = Page(render(**run))
    assert len(page.all("th", **{"aria-sort": "ascending"})) == 1
    assert len(page.all("button", type="button")) == 6


def test_places_are_shown_where_known(run: dict[str, Any]) -> None:
    assert " Plate " not in Page(render(**run)).text
    run["proteins"].loc[0, ["plate", "well"]] = ["plate7", "B02"]
    text = Page(render(**run)).text
    assert " Plate " in text
    assert " plate7 " in text


def test_metrics_are_shown_where_labels_are(run: dict[str, Any], metrics: dict[str, Any]) -> None:
    assert "Against the labels given" not in render(**run)
    page = Page(render(**run, **metrics))
    assert f" {metrics['cell_metrics'].accuracy:.1%} " in page.text
    alts = [str(a["alt"]) for a in page.all("img")]
    assert sum("Confusion matrix" in alt for alt in alts) == 2


def test_cells_may_have_labels_where_proteins_have_none(
    run: dict[str, Any], metrics: dict[str, Any]
) -> None:
    text = Page(render(**run, cell_metrics=metrics["cell_metrics"])).text
    assert " Cell by cell " in text
    assert " Protein by protein " not in text


def test_galleries_go_to_the_least_probable_when_there_are_too_many(
    run: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(html, "GALLERIES", 2)
    page = Page(render(**run))
    least = run["proteins"].nsmallest(2, "probability").index
    assert {a["id"] for a in page.all("details")} == {f"p{i}" for i in least}
    assert "Shown are the 2 proteins of the lowest share" in page.text


def test_errors_are_listed_and_cut(run: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    assert "copy it again" in render(**run)
    monkeypatch.setattr(html, "ERRORS", 3)
    run["errors"] = pd.concat([run["errors"]] * 5)
    page = Page(render(**run))
    assert page.text.count("copy it again") == 3
    assert "The first 3 are listed here" in page.text
    run["errors"] = run["errors"].head(0)
    assert not Page(render(**run)).all("section", id="errors")


def test_provenance_is_told(run: dict[str, Any]) -> None:
    text = Page(render(**run)).text
    assert " deepyeast classify CELLS " in text
    assert run["provenance"].config_hash in text


def test_a_table_read_back_from_csv_gives_the_same_page(run: dict[str, Any], tmp_path) -> None:
    run["proteins"].to_csv(tmp_path / "proteins.csv", index=False)
    back = run | {"proteins": pd.read_csv(tmp_path / "proteins.csv")}
    numbers = re.compile(r'data-v="[^"]*"')  # of more digits than CSV keeps
    one, other = (numbers.sub("", render(**values)) for values in (run, back))
    assert one == other


def test_crops_may_lie_in_a_zarr_array(run: dict[str, Any], tmp_path) -> None:
    stored = zarr.create_array(tmp_path / "crops.zarr", data=run["crops"], chunks=(7, 2, 64, 64))
    assert render(**(run | {"crops": stored})) == render(**run)


def test_evaluation_shows_metrics_and_mistakes(
    run: dict[str, Any], metrics: dict[str, Any]
) -> None:
    truth = np.where(run["cells"]["protein"] == "AAC1", "mitochondrion", "cytoplasm")
    cells = run["cells"].assign(true_label=truth)
    shared = {k: run[k] for k in ("crops", "provenance", "pixel_size")}
    text = render_evaluation(cells=cells, **shared, **metrics, title="fast on a test")
    assert_self_contained(text)
    page = Page(text)
    # NOP56 was called nucleolus, and <b>& nucleus.
    assert len(page.all("article")) == 2
    assert len(page.all("div", **{"class": "tile"})) == 3
    assert len(page.all("img")) == 3


def test_evaluation_without_mistakes_has_no_gallery(
    run: dict[str, Any], metrics: dict[str, Any]
) -> None:
    cells = run["cells"].assign(true_label=run["cells"]["label"])
    shared = {k: run[k] for k in ("crops", "provenance", "pixel_size")}
    metrics["protein_metrics"] = None
    page = Page(render_evaluation(cells=cells, **shared, **metrics))
    assert not page.all("article")
    assert not page.all("section", id="mistakes")
