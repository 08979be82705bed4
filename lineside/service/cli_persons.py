"""``lineside person export`` and ``lineside person delete``."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from lineside.service.cli_inputs import BadInputError, reason
from lineside.service.cli_serve import opened
from lineside.service.persons.export import held_about
from lineside.service.persons.register import Register
from lineside.service.persons.scrub import PersonKind
from lineside.service.problems import Problem
from lineside.service.settings import ServiceSettings
from lineside.service.storage.models import Region

CONSOLE = "made at the console"


def export_person(settings: ServiceSettings, region: str, kind: PersonKind, person: str, path: Path) -> None:
    """Write all that is held about a person into a new file that only its owner may read.

    Raises
    ------
    BadInputError
        If nothing is held, or the file cannot be written.
    """
    with opened(settings) as database, database.session() as session:
        try:
            held = held_about(session, region_named(session, region).id, kind, person)
        except Problem as problem:
            raise BadInputError([problem.detail]) from None
    try:
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(json.dumps(held, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise BadInputError([f"{path} cannot be written: {reason(error)}. Give a new name in another place."]) from None
    print(f"{path}: all that is held about {person}.")


def delete_person(settings: ServiceSettings, region: str, kind: PersonKind, person: str) -> None:
    """Delete a person from everything of a region, and tell what stays.

    Raises
    ------
    BadInputError
        If nothing is held, or a run is not finished; nothing is changed then.
    """
    with opened(settings) as database, database.session() as session:
        try:
            done = Register(session, region_named(session, region).id, CONSOLE).delete(kind, person)
        except Problem as problem:
            raise BadInputError([problem.detail]) from None
    counts = ", ".join(f"{count} of {table}" for table, count in sorted(done.rewritten.items()))
    print(f"{done.pseudonym} stands for the person from now on. Rows written anew: {counts or 'none'}.")
    print(f"Addresses that are gone: {done.addresses}. New revisions without the person: {done.revisions}.")
    for sentence in done.stays:
        print(sentence)


def region_named(session: Session, name: str) -> Region:
    """Return a region by its name.

    Raises
    ------
    BadInputError
        If there is none.
    """
    found = session.scalars(select(Region).where(Region.name == name)).one_or_none()
    if found is None:
        raise BadInputError([f"There is no region {name!r}. Give the name that lineside key was given."])
    return found
