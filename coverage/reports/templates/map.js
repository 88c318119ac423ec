"use strict";
// What the drawn map can do. The page that holds it (or the application around its frame) may call
// maillage.show(key), maillage.select(code), and set maillage.onselect = code => {...}.
window.maillage = {
  map: null,
  layers: {},
  features: null,
  current: null,
  onselect: null,

  start(map, features, neighbours, bounds) {
    this.map = map;
    this.features = features;
    [["ground", 300], ["below", 340], ["communes", 350], ["shapes", 420], ["selection", 440]].forEach(([name, level]) => {
      map.createPane(name).style.zIndex = level;
    });
    map.getPane("selection").style.pointerEvents = "none";
    L.geoJSON(neighbours, {
      pane: "ground",
      interactive: false,
      style: { color: "#D5DADB", weight: 1, fillColor: "#F1F1ED", fillOpacity: 1 },
    }).addTo(map);
    map.attributionControl.setPrefix(false);
    L.control.zoom({ zoomInTitle: "Agrandir", zoomOutTitle: "Réduire" }).addTo(map);
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
    map.on("popupopen", (event) => {
      const button = event.popup.getElement().querySelector(".leaflet-popup-close-button");
      if (button) button.setAttribute("aria-label", "Fermer");
    });
    const fit = () => map.fitBounds(bounds, { padding: [16, 16], animate: false });
    const size = () => {
      const small = map.getSize().x < 600;
      map.getContainer().classList.toggle("m-narrow", small);
    };
    const zoomed = () => map.getContainer().classList.toggle("m-far", map.getZoom() < 10);
    map.on("resize", size);
    map.on("zoomend", zoomed);
    size();
    fit();
    zoomed();
  },

  explain(layer, html) {
    layer.bindTooltip(html, { sticky: true, className: "m-tip" });
    layer.bindPopup(html, { className: "m-tip" });
    layer.on("click", () => layer.closeTooltip());
    // Hundreds of outlines are no stops for the Tab key: the list of communes is the way there.
    layer.on("add", () => layer.getElement && layer.getElement()?.setAttribute("tabindex", "-1"));
  },

  // "below": areas that show where the communes are transparent; "above": outlines over them.
  communes(key, { below, above } = {}) {
    const around = (data, pane, style) => (data ? [L.geoJSON(data, { pane, interactive: false, style })] : []);
    const communes = L.geoJSON(this.features, {
      pane: "communes",
      style: (feature) => ({
        color: "#7F888C",
        weight: 0.7,
        fillColor: feature.properties.fill[key],
        fillOpacity: 1,
      }),
      onEachFeature: (feature, shape) => {
        this.explain(shape, feature.properties.tip);
        shape.on("click", () => this.select(feature.properties.code, false));
      },
    });
    const layer = L.layerGroup([
      ...around(below, "below", (area) => ({ stroke: false, fillColor: area.properties.fill, fillOpacity: 1 })),
      communes,
      ...around(above, "shapes", { fill: false, color: "#1B2428", weight: 1.8 }),
    ]);
    layer.on("add", () => this.explained(key));
    this.layers[key] = layer;
    return layer;
  },

  places(rows) {
    return L.layerGroup(rows.map((row) => {
      const icon = L.divIcon({
        className: `m-place ${row.look}`,
        html: row.html,
        iconSize: [row.size, row.size],
      });
      const marker = L.marker([row.lat, row.lon], {
        icon, keyboard: false, zIndexOffset: row.level, interactive: Boolean(row.tip),
      });
      if (row.tip) this.explain(marker, row.tip);
      return marker;
    }));
  },

  shapes(data, styles) {
    return L.layerGroup(styles.map((style) => L.geoJSON(data, {
      pane: "shapes",
      interactive: Boolean(style.interactive),
      style: { fill: false, ...style },
      onEachFeature: (feature, shape) => {
        if (style.interactive) this.explain(shape, feature.properties.tip);
      },
    })));
  },

  // The legend follows the layer that is drawn.
  explained(key) {
    this.current = key;
    document.querySelectorAll("[data-legend]").forEach((part) => {
      part.hidden = part.dataset.legend !== key;
    });
  },

  show(key) {
    Object.entries(this.layers).forEach(([name, layer]) => {
      if (name !== key) this.map.removeLayer(layer);
    });
    if (this.layers[key]) this.map.addLayer(this.layers[key]);
  },

  select(code, move = true) {
    if (this.chosen) this.chosen.forEach((layer) => layer.remove());
    this.chosen = null;
    const feature = this.features.features.find((one) => one.properties.code === code);
    if (!feature) return false;
    const line = (color, weight) => L.geoJSON(feature, {
      pane: "selection", interactive: false, style: { color, weight, fill: false },
    }).addTo(this.map);
    this.chosen = [line("#FFFFFF", 6), line("#1B2428", 3)];
    if (move) {
      // In the application's frame a card lies over the right of a wide map.
      const bare = document.documentElement.classList.contains("m-bare");
      const right = bare && this.map.getSize().x > 700 ? 390 : 60;
      this.map.fitBounds(this.chosen[0].getBounds(), {
        maxZoom: 11, paddingTopLeft: [60, 60], paddingBottomRight: [right, 60],
      });
    }
    if (this.onselect) this.onselect(code);
    return true;
  },

  finish(control) {
    const opener = control.getContainer().querySelector(".leaflet-control-layers-toggle");
    opener.title = "Couches";
    opener.setAttribute("aria-label", "Couches");
    const place = document.getElementById("m-layers");
    if (place) place.append(control.getContainer());
    document.querySelectorAll("button[data-code]").forEach((button) => {
      button.addEventListener("click", () => this.select(button.dataset.code));
    });
  },
};
