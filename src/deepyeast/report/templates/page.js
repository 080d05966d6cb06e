// The table of proteins: sort by a click on a heading, filter by text and compartment; the
// galleries below follow. Without scripts everything is still there to read.
(() => {
  for (const name of ["view", "wells"]) {
    for (const radio of document.querySelectorAll(`input[name=${name}]`)) {
      radio.addEventListener("change", () => { document.body.dataset[name] = radio.value; });
    }
  }

  const open = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (target && target.matches("details")) target.open = true;
  };
  addEventListener("hashchange", open);
  open();

  const table = document.getElementById("table");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const galleries = document.getElementById("galleries");
  const gallery = new Map(rows.map((row) => [row, document.getElementById(row.dataset.p)]));
  const text = new Map(rows.map((row) => [row, row.dataset.find.toLowerCase()]));
  const collator = new Intl.Collator(undefined, { numeric: true });
  const value = (row, column) =>
    row.cells[column].dataset.v ?? row.cells[column].textContent.trim();

  const sort = (heading, descending, asNumber) => {
    const column = heading.cellIndex;
    const sign = descending ? -1 : 1;
    rows.sort((a, b) => {
      const [x, y] = [value(a, column), value(b, column)];
      if (!x || !y) return (x ? 0 : 1) - (y ? 0 : 1); // the unknown last, either way
      return sign * (asNumber ? x - y : collator.compare(x, y));
    });
    body.append(...rows);
    galleries.append(...rows.map((row) => gallery.get(row)).filter(Boolean));
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
  };
  for (const button of table.querySelectorAll("thead button")) {
    button.addEventListener("click", () => {
      const heading = button.closest("th");
      const asNumber = "number" in button.dataset;
      const now = heading.getAttribute("aria-sort");
      sort(heading, now ? now === "ascending" : asNumber, asNumber);
    });
  }

  const [find, place, unsure, shown] = ["find", "place", "unsure", "shown"].map((id) =>
    document.getElementById(id));
  const filter = () => {
    const wanted = find.value.trim().toLowerCase();
    let n = 0;
    for (const row of rows) {
      const match = text.get(row).includes(wanted)
        && (!place.value || row.dataset.call === place.value)
        && (!unsure.checked || "unsure" in row.dataset);
      row.hidden = !match;
      if (gallery.get(row)) gallery.get(row).hidden = !match;
      n += match;
    }
    const all = rows.length.toLocaleString("en");
    const proteins = `${all} protein${rows.length === 1 ? "" : "s"}`;
    shown.textContent = n === rows.length ? proteins : `${n.toLocaleString("en")} of ${proteins}`;
  };
  for (const control of [find, place, unsure]) control.addEventListener("input", filter);
  find.form.addEventListener("submit", (event) => event.preventDefault());
  filter(); // a reloaded page keeps what was typed
})();
