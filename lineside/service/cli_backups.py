"""``lineside backup`` and ``lineside restore``."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.exc import OperationalError

from lineside.service.cli_inputs import BadInputError
from lineside.service.cli_serve import opened
from lineside.service.settings import ServiceSettings
from lineside.service.storage.backup import back_up, first_line
from lineside.service.storage.backup_file import BackupAbout, BackupError
from lineside.service.storage.database import WrongAddressError
from lineside.service.storage.restore import restore


def write_backup(settings: ServiceSettings, path: Path) -> None:
    """Back up the service's database and tell what was written.

    Raises
    ------
    BadInputError
        If there is nothing to back up, or the file cannot be written.
    """
    with opened(settings, as_it_is=True) as database:
        try:
            about = back_up(database, path)
        except BackupError as error:
            raise BadInputError([str(error)]) from None
        except OperationalError as error:
            raise _silent(error) from None
    size = path.stat().st_size / 2**20
    print(f"{path}: {_contents(about)}, {size:.1f} MB.")


def restore_backup(settings: ServiceSettings, path: Path, *, is_replacing: bool) -> None:
    """Restore a backup into the service's database and tell what was done.

    Raises
    ------
    BadInputError
        If the backup cannot be used or the database cannot take it; the database is as it was.
    """
    with opened(settings, as_it_is=True) as database:
        try:
            restored = restore(database, path, is_replacing=is_replacing)
        except (BackupError, WrongAddressError) as error:
            raise BadInputError([str(error)]) from None
        except OperationalError as error:
            raise _silent(error) from None
    print(f"Restored {path}: {_contents(restored.about)}, of {restored.about.made_at:%Y-%m-%d %H:%M} UTC.")
    if restored.is_queue_new:
        print("Its queue was of another version: workers put the runs that were not over into the queue anew.")


def _silent(error: OperationalError) -> BadInputError:
    return BadInputError([f"The database does not answer: {first_line(error)}. Check its address and that it runs."])


def _contents(about: BackupAbout) -> str:
    return f"{len(about.tables)} tables with {about.num_rows:,} rows"
