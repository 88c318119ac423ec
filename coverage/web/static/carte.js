"use strict";
// The panel beside the map: it switches the map's layer, sorts and filters the table, and keeps one
// selection for both. Without it the same form asks the server.
(() => {
  const app = document.querySelector(".mapapp");
  const frame = document.getElementById("map");
  const table = document.getElementById("communes");
  const body = table.tBodies[0];
  const form = document.getElementById("f");
  const search = document.getElementById("q");
  const layer = document.getElementById("layer");
  const card = document.getElementById("card");
  const reasons = document.getElementById("reasons");
  const count = document.getElementById("count");
  const rows = Array.from(body.rows);
  const none = document.getElementById("none");
  const orders = Array.from(document.querySelectorAll("[data-order]"));
  let selected = app.dataset.selected;
  let drawn = null;

  const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "")
    .replace(/’/g, "'").toLowerCase().trim();

  // one selection

  function fillCard(row) {
    const columns = Array.from(table.tHead.rows[0].cells, (cell) => cell.dataset.key);
    const values = {
      ...row.dataset, nom: row.cells[0].textContent.trim(),
    };
    columns.forEach((key, at) => { values[key] = row.cells[at].textContent.trim(); });
    card.querySelectorAll("[data-of]").forEach((part) => { part.textContent = values[part.dataset.of]; });
    card.hidden = false;
    tellWhy(row.dataset.code);
  }

  // The three sentences come from the server, commune by commune.
  function tellWhy(code) {
    if (reasons.dataset.code === code) return;
    reasons.dataset.code = code;
    reasons.replaceChildren();
    const show = (texts) => {
      if (reasons.dataset.code !== code) return;
      reasons.replaceChildren(...texts.map((text) => {
        const line = document.createElement("li");
        line.textContent = text;
        return line;
      }));
    };
    fetch(reasons.dataset.address.replace("CODE", encodeURIComponent(code)))
      .then((answer) => answer.json())
      .then((told) => show(told.pourquoi))
      .catch(() => {
        show(["Les raisons n’ont pas pu être lues. Choisissez de nouveau la commune."]);
        reasons.dataset.code = "";
      });
  }

  // The address always leads back to what is shown, so that it can be shared.
  function remember(name, value) {
    const here = new URL(window.location.href);
    if (value) here.searchParams.set(name, value); else here.searchParams.delete(name);
    window.history.replaceState(null, "", here);
  }

  function choose(code, { fromMap = false } = {}) {
    const row = rows.find((one) => one.dataset.code === code);
    if (!row) return;
    selected = code;
    rows.forEach((one) => one.removeAttribute("aria-current"));
    row.setAttribute("aria-current", "true");
    fillCard(row);
    remember("commune", code);
    if (fromMap) showInList(row);
    else if (drawn) drawn.select(code);
  }

  // Only the list's own box scrolls: moving the page would take the map away from under the finger.
  function showInList(row) {
    const box = table.closest(".tw");
    if (!box || box.scrollHeight <= box.clientHeight) return;
    const [outer, inner] = [box.getBoundingClientRect(), row.getBoundingClientRect()];
    const head = table.tHead.getBoundingClientRect().height;
    if (inner.top < outer.top + head) box.scrollTop -= outer.top + head - inner.top;
    else if (inner.bottom > outer.bottom) box.scrollTop += inner.bottom - outer.bottom;
  }

  // Beside a wide map there is room for the reasons; on a phone they are one touch away.
  document.getElementById("why").open = window.matchMedia("(min-width: 1001px)").matches;

  card.querySelector(".x").hidden = false;
  card.querySelector(".x").addEventListener("click", () => {
    card.hidden = true;
    selected = "";
    rows.forEach((one) => one.removeAttribute("aria-current"));
    remember("commune", "");
    if (drawn) drawn.select("");
    search.focus();
  });

  body.addEventListener("click", (event) => {
    const row = event.target.closest("tr");
    if (!row) return;
    event.preventDefault();
    choose(row.dataset.code);
    // On a narrow screen the map and its card stand above the list.
    if (getComputedStyle(card).position === "relative") card.scrollIntoView({ block: "center" });
  });

  // the order

  function sortBy(head, descending) {
    const at = head.cellIndex;
    const numeric = head.dataset.numeric === "1";
    const value = (row) => {
      if (!numeric) return plain(row.cells[at].textContent);
      const text = row.cells[at].dataset.value;
      if (text === "") return null;
      return text === "inf" ? Infinity : Number(text);
    };
    const name = (row) => plain(row.cells[0].textContent);
    orders.forEach((button) => {
      const pressed = button.dataset.order === head.dataset.key && descending;
      button.setAttribute("aria-pressed", String(pressed));
    });
    rows.sort((a, b) => {
      const [x, y] = [value(a), value(b)];
      if (x !== y) {
        if (x === null) return 1;
        if (y === null) return -1;
        return (x < y ? -1 : 1) * (descending ? -1 : 1);
      }
      return name(a) < name(b) ? -1 : 1;
    });
    body.append(...rows);
    Array.from(table.tHead.rows[0].cells).forEach((cell) => {
      const mine = cell === head;
      cell.setAttribute("aria-sort", mine ? (descending ? "descending" : "ascending") : "none");
    });
  }

  table.tHead.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    event.preventDefault();
    const head = button.closest("th");
    const now = head.getAttribute("aria-sort");
    const descending = now === "none" ? head.dataset.first === "desc" : now === "ascending";
    sortBy(head, descending);
  });

  orders.forEach((button) => button.addEventListener("click", (event) => {
    event.preventDefault();
    sortBy(table.tHead.querySelector(`[data-key=${button.dataset.order}]`), true);
  }));

  // the search, on the rows that the server sent

  function filter() {
    const words = plain(search.value).split(/\s+/).filter(Boolean);
    const found = rows.filter((row) => {
      row.hidden = !words.every((word) => row.dataset.search.includes(word));
      return !row.hidden;
    });
    const many = found.length > 1 ? "s" : "";
    count.textContent = words.length
      ? `${found.length} commune${many} sur ${rows.length}.` : count.dataset.all;
    none.hidden = found.length > 0;
    document.getElementById("typed").textContent = search.value;
    if (words.length && found.length === 1) choose(found[0].dataset.code);
  }

  search.addEventListener("input", filter);
  form.addEventListener("submit", (event) => { event.preventDefault(); filter(); });

  // the map in its frame

  function showLayer() {
    const option = layer.selectedOptions[0];
    if (drawn) drawn.show(layer.value);
    document.getElementById("question").textContent = option.textContent;
    document.getElementById("reading").textContent = option.dataset.reading;
    document.getElementById("shows").textContent = option.dataset.shows;
    document.querySelectorAll(".legend").forEach((part) => {
      part.hidden = part.id !== `legend-${layer.value}`;
    });
  }

  function listOverlays(inside) {
    const name = Object.keys(inside).find((key) => /^layer_control_.*_layers$/.test(key));
    const box = document.getElementById("overlays");
    if (!name) return;
    Object.entries(inside[name].overlays).forEach(([title, group]) => {
      const label = document.createElement("label");
      const check = document.createElement("input");
      check.type = "checkbox";
      check.checked = drawn.map.hasLayer(group);
      check.addEventListener("change", () => {
        if (check.checked) drawn.map.addLayer(group); else drawn.map.removeLayer(group);
      });
      label.append(check, title);
      box.querySelector("fieldset").append(label);
    });
    box.hidden = false;
  }

  function withoutPopups(shape) {
    shape.unbindPopup();
    if (shape.eachLayer) shape.eachLayer(withoutPopups);
  }

  function connect() {
    const inside = frame.contentWindow;
    if (drawn || !inside.maillage || !inside.maillage.map) return;
    drawn = inside.maillage;
    drawn.onselect = (code) => choose(code, { fromMap: true });
    // Our card says of a commune what its popup would say again.
    Object.values(drawn.layers).forEach(withoutPopups);
    document.getElementById("layer-choice").hidden = false;
    listOverlays(inside);
    showLayer();
    if (selected) choose(selected);
    app.dataset.ready = "1";
  }

  layer.addEventListener("change", () => {
    showLayer();
    remember("couche", layer.value);
  });
  frame.addEventListener("load", connect);
  if (frame.contentDocument && frame.contentDocument.readyState === "complete") connect();
})();
