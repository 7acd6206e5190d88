// The marked thresholds as a table (report D2).

function fillTable(table, model) {
  table.replaceChildren();
  const head = element("tr", {}, element("thead", {}, table));
  for (const name of ["threshold", "precision", "recall", "F1"]) element("th", { scope: "col" }, head, name);
  const body = element("tbody", {}, table);
  for (const row of model.marks) {
    const line = element("tr", row.best ? { class: "best" } : {}, body);
    element("th", { scope: "row" }, line, row.threshold.toFixed(2));
    for (const name of ["precision", "recall", "f1"]) {
      const text = share(row[name], model.n, "share");
      element("td", {}, line, name === "f1" && row.best ? `${text}, best` : text);
    }
  }
}
