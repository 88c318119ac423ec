"""A folium map that asks nothing of any other host.

``render`` gives two flavours of the same drawing: one self-contained page with everything inside,
and one whose files are served beside it, under a nonce content security policy.
"""

from __future__ import annotations

import base64
import html
import re
from functools import cache
from importlib import resources
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, cast

import folium
from branca.element import Figure
from folium.template import Template

_LEAFLET = ("XStatic-Leaflet", "xstatic/pkg/leaflet/data/")
_JQUERY = ("XStatic-jQuery", "xstatic/pkg/jquery/data/")

#: The files that a server may hand out for a map, and where they come from. Nothing else.
ASSETS: dict[str, tuple[str, str]] = {
    "leaflet.js": _LEAFLET,
    "leaflet.css": _LEAFLET,
    "images/layers.png": _LEAFLET,
    "images/layers-2x.png": _LEAFLET,
    "images/marker-icon.png": _LEAFLET,
    "images/marker-icon-2x.png": _LEAFLET,
    "images/marker-shadow.png": _LEAFLET,
    "jquery.min.js": _JQUERY,
}

_CSS_URL = re.compile(r"url\((?!['\"]?(?:data:|#))['\"]?([^)'\"]+)['\"]?\)")
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)
_NONCE = re.compile(r"[A-Za-z0-9+/_=-]+")
_PREFIX = re.compile(r"[A-Za-z0-9/._~-]*")


class MapPage(Figure):
    """The page around a map: French, zoomable, its title escaped."""

    _template = Template(
        "<!DOCTYPE html>\n"
        '<html lang="fr"{% if this.bare %} class="m-bare"{% endif %}>\n'
        "<head>\n"
        '<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>{{ this.title|e }}</title>\n"
        "{{ this.header.render(**kwargs) }}\n"
        "</head>\n"
        "<body>\n"
        "{{ this.html.render(**kwargs) }}\n"
        "<script>\n{{ this.script.render(**kwargs) }}\n</script>\n"
        "</body>\n"
        "</html>\n"
    )

    def __init__(self, title: str) -> None:
        super().__init__(title=title)
        self.header._children.clear()  # its meta tag repeats ours
        self.bare = False


class OfflineMap(folium.Map):
    """A Leaflet map without tiles, whose scripts and styles are files of ours.

    ``before`` and ``after`` are HTML put around the map's box, already escaped.
    """

    # folium declares these two as lists of the instance
    default_js = [("leaflet", "leaflet.js"), ("jquery", "jquery.min.js")]  # noqa: RUF012
    default_css = [("leaflet_css", "leaflet.css")]  # noqa: RUF012

    _template = Template(
        """
        {% macro header(this, kwargs) %}
            <style>{{ this.style }}</style>
            <script>{{ this.code }}</script>
        {% endmacro %}
        {% macro html(this, kwargs) %}
            {{ this.before }}
            <div class="folium-map" id={{ this.get_name()|tojson }}
                role="application" aria-label={{ this.label|tojson }}></div>
            {{ this.after }}
        {% endmacro %}
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
                center: {{ this.location|tojson }},
                ...{{ this.options|tojavascript }}
            });
        {% endmacro %}
        """
    )

    def __init__(self, location: tuple[float, float], *, title: str, label: str) -> None:
        super().__init__(
            location=location, tiles=None, zoom_control=False, zoom_snap=0.25, max_zoom=16
        )
        self.label = label
        self.before, self.after = "", ""
        self.style, self.code = shipped("map.css"), shipped("map.js")
        MapPage(title).add_child(self)


def shipped(name: str) -> str:
    """Return the text of one of the files in ``templates/``."""
    return resources.files("coverage.reports").joinpath("templates", name).read_text("utf-8")


def asset(name: str) -> Path:
    """Return the path of a file that maps need, from a fixed list.

    Raises ``KeyError`` for any other name.
    """
    package, folder = ASSETS[name]
    return Path(str(distribution(package).locate_file(folder + name)))


@cache
def _inlined_script(name: str) -> str:
    code = _SOURCE_MAP.sub("", asset(name).read_text("utf-8"))
    return code.replace("</script", "<\\/script").replace("<!--", "<\\!--")


@cache
def _inlined_style(name: str) -> str:
    def data_uri(match: re.Match[str]) -> str:
        image = base64.b64encode(asset(match[1]).read_bytes()).decode("ascii")
        return f"url(data:image/png;base64,{image})"

    css = asset(name).read_text("utf-8")
    # An SVG-less relic of Internet Explorer 8; it would be the only "url" left.
    return _CSS_URL.sub(data_uri, css.replace("behavior: url(#default#VML);", ""))


def _elements(root: Any) -> list[Any]:
    found = [root]
    for child in root._children.values():
        found.extend(_elements(child))
    return found


def _stable_names(text: str, page: MapPage) -> str:
    """Number the elements instead of naming them at random: same study, same bytes."""
    roots = (page, page.header, page.html, page.script)
    known = {element._id for root in roots for element in _elements(root)}
    order: dict[str, str] = {}

    def numbered(match: re.Match[str]) -> str:
        name = match[1]
        if name not in known:
            return match[0]
        return f"_{order.setdefault(name, str(len(order)))}"

    return re.sub(r"_([0-9a-f]{32})(?![0-9a-f])", numbered, text)


def render(
    drawn: folium.Map, *, assets: str = "inline", nonce: str | None = None, panel: bool = True
) -> str:
    """Return the HTML page of a map.

    ``assets="inline"`` puts Leaflet and jQuery into the page; any other value is the address
    prefix under which the files of ``asset`` are served (``/static/carte``). ``nonce`` is put on
    every script and style. ``panel=False`` leaves the map alone, without title and side panel,
    for a page that brings its own.
    """
    if nonce is not None and not _NONCE.fullmatch(nonce):
        raise ValueError("A nonce holds base64 characters only.")
    page = cast(MapPage, drawn.get_root())
    page.bare = not panel
    for part in (page.header, page.html, page.script):
        part._children.clear()  # what an earlier rendering left there
    text = _stable_names(page.render(), page)
    # Data can't hold a tag: it is escaped to \u003c in scripts and to &lt; in markup.
    if nonce is not None:
        text = re.sub(r"<(script|style|link)\b", rf'<\1 nonce="{nonce}"', text)
    mark = f' nonce="{nonce}"' if nonce is not None else ""
    for _, name in OfflineMap.default_js:
        tag = f'<script{mark} src="{name}"></script>'
        text = _put(text, tag, assets, name, f"<script{mark}>", "</script>")
    for _, name in OfflineMap.default_css:
        tag = f'<link{mark} rel="stylesheet" href="{name}"/>'
        text = _put(text, tag, assets, name, f"<style{mark}>", "</style>")
    return text


def _put(text: str, tag: str, assets: str, name: str, opening: str, closing: str) -> str:
    if text.count(tag) != 1:
        raise RuntimeError(f"folium no longer writes {html.escape(tag)} once.")
    if assets == "inline":
        inlined = _inlined_script(name) if name.endswith(".js") else _inlined_style(name)
        return text.replace(tag, f"{opening}{inlined}{closing}")
    if not _PREFIX.fullmatch(assets):
        raise ValueError("The address prefix of the files is a plain path.")
    return text.replace(f'"{name}"', f'"{assets.rstrip("/")}/{name}"', 1)
