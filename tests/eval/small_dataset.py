"""A company of fourteen with four goals, small enough to check by eye."""
# ruff: noqa: E501 (a person a line)

import csv
from pathlib import Path

PEOPLE = """\
person_id,display_name,job_title,job_level,department,manager_id,worker_type,about,experience,skills,can_help_with,open_to,capacity
P01,Ada One,Chief,9,Board,,employee,I built this company from a shed.,,leadership,,mentor;sponsor,1
P02,Bo Two,Head of Data,7,Data,P01,employee,I lead the data people.,Built the first data team,statistics;leadership,careers in data,mentor;sponsor,2
P03,Cy Three,Head of Sales,7,Sales,P01,employee,I lead the sellers.,Opened the Lisbon office,sales;negotiation,first sales calls,mentor;sponsor,2
P04,Di Four,Data Scientist,5,Data,P02,employee,Bayesian models and coffee.,Forecast demand for two ports,statistics;python,confidence intervals explained kindly,coach;mentor;peer,2
P05,Ed Five,Data Engineer,4,Data,P02,employee,Pipelines that do not break.,Moved everything to SQL,sql;python,writing better SQL,coach;peer,1
P06,Flo Six,Account Manager,5,Sales,P03,employee,I talk to customers all day.,Won back three lost customers,negotiation,negotiating prices,coach;mentor;peer,2
P07,Gus Seven,Sales Rep,3,Sales,P06,employee,New in the job and curious.,,cold calls,,peer,1
P08,Hal Eight,Analyst,3,Data,P04,employee,Spreadsheets.,,excel,,peer,1
P09,Ivy Nine,Writer,4,Sales,P03,employee,I write everything that goes out.,Edited the handbook,writing;editing,clear texts and public speaking,coach;peer,2
P10,Jo Ten,Trainer,5,Sales,P03,employee,I train people to speak in front of others.,Coached forty speakers on stage,public speaking,giving talks without fear,coach;mentor,3
P11,Kim Eleven,Contractor,6,Data,P02,contractor,Consulting on data platforms.,,cloud,,mentor;coach;sponsor,2
P12,Lou Twelve,Clerk,2,Sales,P06,employee,,,,,,0
P13,Mia Thirteen,Engineer,4,Data,P02,employee,I keep the sensors alive.,,electronics,,peer;coach,0
P14,Nat Fourteen,Engineer,4,Data,P02,employee,I keep the servers alive.,Moved the servers to the cloud,linux;cloud,first steps with Linux,peer;coach,1
"""

GOALS = """\
goal_id,person_id,text,relationship
G1,P08,I want to understand confidence intervals and basic statistics.,coach
G2,P07,How do I get from selling to leading a sales office?,mentor
G3,P05,I would like to swap ideas about Linux and cloud servers.,peer
G4,P08,I want to give talks without fear.,
"""

QRELS = """\
goal_id,relationship,person_id,grade
G1,coach,P05,1
G1,coach,P11,2
G2,mentor,P03,1
G2,mentor,P02,3
G3,peer,P14,3
G3,peer,P04,0
"""

KINDS = """\
goal_id,kind,rank
G1,coach,1
G4,coach,1
G4,mentor,2
"""

GROUPS = "person_id,gender\n" + "".join(
    f"P{number:02},{'woman' if number % 2 else 'man'}\n" for number in range(1, 15)
)

README = """\
# Fourteen
How it was made, to be said wherever it is shown: everything here was made up for a test. Nobody
works at this company.
"""


def write_small_dataset(folder: Path, **changed: str) -> Path:
    """Write the dataset; `changed` replaces a file's text by its stem, "" leaves the file out."""
    files = {
        "people": PEOPLE, "goals": GOALS, "qrels": QRELS, "kinds": KINDS, "demographics": GROUPS,
    } | changed  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    for stem, text in files.items():
        if text:
            (folder / f"{stem}.csv").write_text(text, encoding="utf-8")
    (folder / "README.md").write_text(README, encoding="utf-8")
    return folder


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read a CSV file as dictionaries."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
