"use strict";
const table = document.querySelector("table.ops");
if (table) {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const details = new Map(rows.map(row => [row, document.querySelector(row.querySelector("a").hash).parentElement]));
  const [filter, status, shown] = ["filter", "status", "shown"].map(id => document.getElementById(id));
  const read = (row, column) => row.cells[column].textContent.trim();

  const compare = column => (a, b) => {
    const [one, other] = [read(a, column), read(b, column)];
    const [x, y] = [one, other].map(text => parseFloat(text.replace("inf", "Infinity")));
    if (isNaN(x) || isNaN(y)) return isNaN(x) - isNaN(y) || one.localeCompare(other, "en");
    return x - y;
  };

  const show = () => {
    let count = 0;
    for (const row of rows) {
      const fits = read(row, 0).toLowerCase().includes(filter.value.toLowerCase())
        && ["", read(row, 1)].includes(status.value);
      row.hidden = details.get(row).hidden = !fits;
      count += fits;
    }
    shown.textContent = `${count} of ${rows.length} shown`;
  };

  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const falls = heading.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", falls ? "descending" : "ascending");
      rows.sort(compare(column));
      body.append(...(falls ? [...rows].reverse() : rows));
    });
  });

  for (const name of new Set(rows.map(row => read(row, 1)))) status.add(new Option(name));
  filter.addEventListener("input", show);
  status.addEventListener("input", show);
  show();
  document.querySelector(".tools").hidden = false;
}

for (const code of document.querySelectorAll("pre > code")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = "Selected";
    }
  });
  code.parentElement.previousElementSibling.append(button);
}
