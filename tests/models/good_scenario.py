"""A small scenario without mistakes, as texts that tests change, and the ways to put it into files."""

from __future__ import annotations

import copy
import csv
import datetime as dt
import json
from pathlib import Path
from typing import Any

import openpyxl

from lineside.models.settings_text import toml_text

SHARED_REGIONS = Path(__file__).parents[2] / "../shared/regions"
BUNDLED = Path(__file__).parents[2] / "lineside/scenarios/bundled"

Tables = dict[str, list[list[str]]]

SETTINGS: dict[str, Any] = {
    "name": "Good",
    "timezone": "America/Chicago",
    "first_day": dt.date(2026, 9, 14),
    "weeks": 6,
    "holidays": "US-WI",
    "rules": {"rest_minutes": 480},
    "prices": {"dollar": 0.05},
}

_TABLES = {
    "companies": """company,name,sessions,release_minutes
ACME,Acme,lunch before after off release,60
BOLT,Bolt,after off,0""",
    "sites": """site,name,kind,company,open_to,zip,latitude,longitude
P1,Acme plant,plant,ACME,own,53202,,
P2,Bolt plant,plant,BOLT,own,,43.04,-87.9
COL,College,college,,all,53203,,
WEB,Online,online,,all,,,""",
    "rooms": """room,site,seats,features,hours,dollars_per_hour
R1,P1,12,lab,Mon-Fri 06:00-22:00,
R2,COL,24,boards lab,Mon-Fri 07:00-21:00; Sat 08:00-13:00,42.5
R3,WEB,30,,Mon-Sun 00:00-00:00,5""",
    "lines": """line,site,name,weight
L1,P1,Press,
L2,P2,Pack,1.5""",
    "rotas": """rota,company,anchor,cycle,hours,meals
D1,ACME,2026-09-14,DDDDDOO,D 06:00-14:00,D 10:00-10:30
D2,BOLT,2026-09-14,DDDDDOO,D 06:00-14:00,
N2,BOLT,2026-09-14,NNNNOOO,N 20:00-06:00,N 00:30-01:00""",
    "crews": """line,rota,headcount,minimum,relief
L1,D1,10,8,1
L2,D2,9,7,
L2,N2,8,6,""",
    "modules": """module,name,hours,seats_min,seats_max,session_min,session_max,modes,features,after
MATH,Mathematics,20.1,2,20,30,180,,,
BLUE,Blueprints,8,2,16,45,180,classroom,lab,MATH
OSHA,Safety,10,2,30,30,240,classroom online,,""",
    "requirements": """program,requirement,option,modules
IMT,math,std,MATH
IMT,tech,blue,BLUE
IMT,tech,osha,OSHA""",
    "instructors": """instructor,name,modules,hours,week_minutes,dollars_per_hour
I1,Ines,MATH BLUE,Mon-Fri 06:00-22:00,1200,70
I2,Igor,OSHA,Mon-Sat 08:00-20:00,900,42.5""",
    "patterns": """pattern,days,start,minutes,sites
W1,Mon Wed,14:30,90,P1 COL
W2,Tue-Thu,15:00,60,all""",
    "apprentices": "apprentice,name,company,line,rota,program,"
    """credits,options,wanted,zip,travel_max,off_dates,starts,due
A1,Ada,ACME,L1,D1,IMT,,tech=blue,,53202,40,,,
A2,Ben,ACME,L1,D1,IMT,MATH,,,53204,40,2026-10-05,,
A3,Cleo,BOLT,L2,D2,IMT,,,MATH,,30,2026-10-05 2026-10-06,2026-09-14,2026-10-20
A4,Dan,BOLT,L2,N2,IMT,,,,53211,30,,,""",
    "closures": """scope,first,last,kind,reason
site:COL,2026-09-28,2026-09-29,closed,college break""",
    "travel": """origin,destination,minutes
P1,COL,12
53211,P2,35""",
    "pins": """apprentice,module,cohort
A1,MATH,K1
A4,OSHA,none""",
}

PUBLISHED: dict[str, Any] = {
    "scenario": "Good",
    "first_day": "2026-09-14",
    "status": "feasible",
    "objective": 12.5,
    "cohorts": [
        {
            "cohort": "K1",
            "module": "MATH",
            "site": "COL",
            "room": "R2",
            "instructor": "I1",
            "days": "Mon Wed",
            "start": "14:30",
            "minutes": 90,
            "first_week": 1,
            "meetings": [{"date": "2026-09-21", "start": "14:30", "end": "16:00"}],
        }
    ],
    "seats": [{"apprentice": "A1", "module": "MATH", "cohort": "K1"}],
}


class Files:
    """Texts of a scenario that a test may change before they are written."""

    def __init__(self) -> None:
        self.settings = copy.deepcopy(SETTINGS)
        self.tables: Tables = {name: list(csv.reader(text.split("\n"))) for name, text in _TABLES.items()}
        self.published: dict[str, Any] | None = copy.deepcopy(PUBLISHED)

    def set(self, table: str, row: int, column: str, text: str) -> None:
        """Change a cell; ``row`` is the row of the file, the header being 1."""
        self.tables[table][row - 1][self.tables[table][0].index(column)] = text

    def add(self, table: str, text: str) -> None:
        """Add a row of comma-separated cells below the others; missing cells at its end are empty."""
        cells = next(csv.reader([text]))
        self.tables[table].append(cells + [""] * (len(self.tables[table][0]) - len(cells)))

    def add_column(self, table: str, name: str) -> None:
        """Add an empty column on the right."""
        for i, row in enumerate(self.tables[table]):
            row.append("" if i else name)

    def write_folder(self, folder: Path) -> Path:
        """Write ``scenario.toml``, the tables and the published plan."""
        folder.mkdir()
        (folder / "scenario.toml").write_text(toml_text(self.settings), encoding="utf-8")
        for name, rows in self.tables.items():
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(rows)
        if self.published is not None:
            (folder / "published.json").write_text(json.dumps(self.published), encoding="utf-8")
        return folder

    def workbook(self) -> openpyxl.Workbook:
        """Return a workbook with every table cell as text, as a person pastes a CSV file."""
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = "scenario"
        for key, value in self.settings.items():
            for place, item in {f"{key}.{k}": v for k, v in value.items()}.items() if isinstance(value, dict) else ():
                sheet.append([place, item])
            if not isinstance(value, dict):
                sheet.append([key, value])
        for name, rows in self.tables.items():
            sheet = book.create_sheet(name)
            for i, row in enumerate(rows, start=1):
                for k, text in enumerate(row, start=1):
                    if text:
                        sheet.cell(i, k, text).data_type = "s"
        if self.published is not None:
            book.create_sheet("published").append([json.dumps(self.published)])
        return book
