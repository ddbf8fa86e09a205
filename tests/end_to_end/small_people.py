"""A company of nine in which somebody wrote hostile things into their profile."""

from pathlib import Path

import pandas as pd

from recommender.people import PEOPLE_COLUMNS

SEEKER, HOSTILE, ADMINISTRATOR = "P3", "P4", "P1"

# Reading takes the tags out that a text has when it was escaped for the web; these are no such
HOSTILE_NAME = "**x** <svg onload=\"document.title='owned'\"> :red[x] $x$ :smile: -> [y](z)"
HOSTILE_TITLE = "<img/src=x onerror=\"document.title='owned'\" _Head_ `of` www.example.com"
HOSTILE_ABOUT = "I teach <video>presenting</video> talks ![i](http://x/y.png) <h1/id=me> :blue[now]"

_PEOPLE = (
    # id, name, level, manager, department, title, about
    ("P1", "Board Person", 9, "", "Board", "Director", "I look after the whole."),
    ("P2", "Sales Head", 7, "P1", "Sales", "Head of Sales", "I sell freight to importers."),
    ("P3", "Anna Seeker", 4, "P2", "Sales", "Account Manager", "I sell, and I dislike talks."),
    ("P4", HOSTILE_NAME, 6, "P5", "Port", HOSTILE_TITLE, HOSTILE_ABOUT),
    ("P5", "Port Head", 7, "P1", "Port", "Head of Port", "I run a quay with forty people."),
    ("P6", "Cara Crane", 6, "P5", "Port", "Crane Lead", "I train crane drivers to speak up."),
    ("P7", "Dan Deck", 4, "P5", "Port", "Planner", "I plan berths and give talks to schools."),
    ("P8", "Eve Engine", 5, "P5", "Port", "Engineer", "I repair engines and explain how."),
    ("P9", "Fay Ferry", 4, "P5", "Port", "Purser", "I greet passengers in four languages."),
)


def write_people_file(path: Path) -> Path:
    """Write the company as a people export."""
    rows = [
        {
            "person_id": person_id,
            "display_name": name,
            "email": f"{person_id.lower()}@small.example",
            "status": "active",
            "job_title": title,
            "job_level": level,
            "department": department,
            "team": department,
            "location": "Gdynia",
            "country": "PL",
            "timezone": "Europe/Warsaw",
            "languages": "English;Polish",
            "worker_type": "employee",
            "manager_id": manager,
            "about": about,
            "can_help_with": about,
            "open_to": "mentor;coach;sponsor;peer",
            "capacity": 2,
            "updated_on": "2026-09-01",
        }
        for person_id, name, level, manager, department, title, about in _PEOPLE
    ]
    frame = pd.DataFrame(rows).reindex(columns=list(PEOPLE_COLUMNS))
    frame.to_csv(path, index=False)
    return path
