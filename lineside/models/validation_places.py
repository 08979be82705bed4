"""Validation of places: between any two that a plan may compare, travel must be known."""

from __future__ import annotations

from collections.abc import Mapping

from lineside.models.geography import zip_coordinates
from lineside.models.mistakes import Findings, name_some
from lineside.models.plan import Plan
from lineside.models.records import Record, Records
from lineside.models.validation_tables import by_id


def check_places(records: Mapping[str, Records], plan: Plan | None, findings: Findings) -> None:
    """Note sites and home zips without coordinates, unless the travel table has every pair that may be asked for.

    Meetings are held at sites with rooms and at those of the published plan; each of them is compared
    with every other, with the sites of lines, and with every home.
    """
    sites = by_id(records["sites"], "site")
    places = {site: row for site, row in sites.items() if row.has("kind", "zip") and row["kind"] != "online"}
    meeting = [site for site in _meeting_sites(records, plan) if site in places]
    working = [site for site in dict.fromkeys(row["site"] for row in records["lines"]) if site in places]
    homes: dict[str, int] = {}
    for record in records["apprentices"]:
        if record["zip"] is not None:
            homes.setdefault(record["zip"], record.row)
    table = frozenset(frozenset((row["origin"], row["destination"])) for row in records["travel"])
    lost = [site for site in dict.fromkeys((*meeting, *working)) if not _has_coordinates(places[site])]
    for site in lost:
        others = [*meeting, *working, *homes] if site in meeting else meeting
        missing = [other for other in dict.fromkeys(others) if other != site and frozenset((site, other)) not in table]
        if missing:
            _report_site(site, places[site], missing, findings)
    known = [site for site in meeting if site not in lost]
    for zip_code, row in homes.items():
        if zip_coordinates(zip_code) is not None:
            continue
        missing = [site for site in known if frozenset((zip_code, site)) not in table]
        if missing:
            fact = f"Zip code {zip_code} is not known, and the travel table lacks it with {name_some(missing, 3)}."
            findings.add("apprentices", row, "zip", zip_code, f"{fact} Correct it, leave it empty, or add the minutes.")


def _meeting_sites(records: Mapping[str, Records], plan: Plan | None) -> list[str]:
    published = [cohort.site for cohort in plan.cohorts] if plan is not None else []
    return list(dict.fromkeys((*(row["site"] for row in records["rooms"]), *published)))


def _has_coordinates(site: Record) -> bool:
    """Return whether both coordinates are known; a cell with a mistake counts, its mistake is noted already."""
    if not site.has("latitude", "longitude"):
        return True
    both = site["latitude"] is not None and site["longitude"] is not None
    return both or (site["zip"] is not None and zip_coordinates(site["zip"]) is not None)


def _report_site(site: str, record: Record, missing: list[str], findings: Findings) -> None:
    reason = "no coordinates and no zip code" if record["zip"] is None else f"only the unknown zip code {record['zip']}"
    fact = f"Site {site} has {reason}, and the travel table lacks it with {name_some(missing, 3)}."
    remedy = "Give latitude and longitude, a known zip code, or the minutes in the travel table."
    findings.add("sites", record.row, "zip", record["zip"], f"{fact} {remedy}")
