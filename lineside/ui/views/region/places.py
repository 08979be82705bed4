"""A map of plants, training sites and homes, drawn here and without anything from outside."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st

from lineside.models.mistakes import name_some
from lineside.ui import show
from lineside.ui.views.region.draft import Draft
from lineside.ui.views.region.labels import label_places
from lineside.ui.views.region.outlook import HOME, Place, Plane, not_drawn, places_of
from lineside.ui.words import counted, escaped

KINDS = ("plant", "college", "hall", HOME)
SHAPES = ("square", "triangle-up", "diamond", "circle")
COLOURS = ("#0b3d6b", "#b45309", "#6d28d9", "#64748b")
DRAWN_IN_ORDER = (HOME, "plant", "college", "hall")
MOST_NAMED = 25
"""Sites whose ids are printed; with more of them many would find no room."""
SIZE = 680
"""Width and height of the map in pixels: a kilometre is as long upwards as across."""
MANY = 200
"""Places from which on their marks are small."""


def draw(draft: Draft) -> None:
    """Show the map, and the same as a table."""
    with st.spinner("Looking up coordinates …"):
        places = places_of(draft.texts)
    if not places:
        st.info("No place has coordinates or a known zip code yet. Give them in the table sites, then look here.")
        return
    missing = not_drawn(draft.texts)
    if missing:
        names = escaped(name_some(missing))
        st.warning(f"Not drawn, since their place or kind is not known: {names}. Correct them in the table sites.")
    counts = {kind: sum(place.kind == kind for place in places) for kind in KINDS}
    people = sum(place.num_apprentices for place in places if place.kind == HOME)
    words = (
        f"{counted(counts['plant'], 'plant')}, {counted(counts['college'], 'college')}, "
        f"{counted(counts['hall'], 'hall')} and the homes of {counted(people, 'apprentice')}"
    )
    rest = len(draft.texts.tables["apprentices"].filled()[0]) - people
    away = f" {counted(rest, 'apprentice')} without a known zip code cannot be drawn." if rest else ""
    st.write(f"{words}. Homes are drawn by zip code, a few kilometres beside it and without names.{away}")
    show.chart(_map(places), "map", f"Map with north above: {words}.", is_stretched=False)
    degrees = dict.fromkeys(("Degrees north", "Degrees east"), st.column_config.NumberColumn(format="%.4f"))
    words = "The same places as a table: kind, name, apprentices and coordinates."
    show.table(_table(places), "places", words, columns=degrees)


def _table(places: list[Place]) -> pd.DataFrame:
    sites = [place for place in places if place.kind != HOME]
    rows = [(place.kind, place.name, place.num_apprentices, *place.coordinates, place.source) for place in sites]
    columns = ["Kind", "Site", "Apprentices", "Degrees north", "Degrees east", "Coordinates from"]
    return pd.DataFrame(rows, columns=columns)


def _map(places: list[Place]) -> show.Drawing:
    plane = Plane.around(places)
    half = plane.half_km
    rows = [
        {"kind": place.kind, "name": place.name, "apprentices": place.num_apprentices,
         **dict(zip(("east", "north"), plane.kilometres(place.coordinates), strict=True))}
        for place in sorted(places, key=lambda place: DRAWN_IN_ORDER.index(place.kind))
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    x = alt.X("east:Q", scale=alt.Scale(domain=[-half, half], nice=False), axis=None)
    y = alt.Y("north:Q", scale=alt.Scale(domain=[-half, half], nice=False), axis=None)
    key = [kind for kind in KINDS if kind in set(frame["kind"])]
    shape = alt.Shape("kind:N", title=None, scale=alt.Scale(domain=key, range=[SHAPES[KINDS.index(k)] for k in key]))
    colour = alt.Color("kind:N", title=None, scale=alt.Scale(domain=key, range=[COLOURS[KINDS.index(k)] for k in key]))
    size = alt.Size("apprentices:Q", title="apprentices", scale=alt.Scale(range=[60, 500]), legend=None)
    tips = [alt.Tooltip("kind:N"), alt.Tooltip("name:N"), alt.Tooltip("apprentices:Q")]
    base = alt.Chart(frame).encode(x=x, y=y, tooltip=tips)
    layers = _background(plane, x, y)
    size_of_site = alt.value(170 if len(places) < MANY else 70)
    for wanted, opacity, extent in ((True, 0.45, size), (False, 0.95, size_of_site)):
        if ((frame["kind"] == HOME) == wanted).any():  # a layer without marks would be an image without words
            some = base.transform_filter(f"(datum.kind == '{HOME}') == {str(wanted).lower()}")
            points = some.mark_point(filled=True, opacity=opacity, stroke=None if wanted else "white")
            layers.append(points.encode(shape=shape, color=colour, size=extent))
    if sum(place.kind != HOME for place in places) <= MOST_NAMED:
        layers += _names([place for place in places if place.kind != HOME], plane, x, y)
    return alt.layer(*layers).properties(width=SIZE, height=SIZE)


def _names(sites: list[Place], plane: Plane, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Return the sites' ids, with a line to the mark where one stands farther away."""
    if not sites:
        return []
    scale = SIZE / (2 * plane.half_km)
    points = [plane.kilometres(place.coordinates) for place in sites]
    pixels = [((east + plane.half_km) * scale, (plane.half_km - north) * scale) for east, north in points]
    names = [place.name.partition(":")[0] for place in sites]
    rows = [
        {"label": name, "east": at[0] / scale - plane.half_km, "north": plane.half_km - at[1] / scale,
         "east2": point[0], "north2": point[1]}
        for name, point, at in zip(names, points, label_places(pixels, names, SIZE), strict=True)
        if at is not None
    ]  # fmt: skip
    base = alt.Chart(pd.DataFrame(rows)).encode(x=x, y=y)
    lines = base.mark_rule(color="#6b7280", strokeWidth=0.6).encode(x2="east2:Q", y2="north2:Q")
    return [lines, base.mark_text(fontSize=11, color="#1c2430", stroke=None).encode(text="label:N")]


def _background(plane: Plane, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Return the lines of latitude and longitude with their degrees, and a scale."""
    columns = ["kind", "east", "north", "east2", "north2", "label"]
    lines = pd.DataFrame(plane.lines(), columns=columns)
    left, low, length = -plane.half_km * 0.95, -plane.half_km * 0.93, plane.scale_km
    bar = pd.DataFrame([{"east": left, "north": low, "east2": left + length, "label": f"{length:g} km"}])
    grid = alt.Chart(lines).mark_rule(color="#d5dbe3").encode(x=x, y=y, x2="east2:Q", y2="north2:Q")
    names = alt.Chart(lines).mark_text(color="#4b5563", fontSize=10, align="left", dx=3, dy=-5)
    scale = alt.Chart(bar).mark_rule(color="#1c2430", strokeWidth=3).encode(x=x, y=y, x2="east2:Q")
    told = alt.Chart(bar).mark_text(color="#1c2430", align="left", dy=-9).encode(x=x, y=y, text="label:N")
    return [grid, names.encode(x=x, y=y, text="label:N"), scale, told]
