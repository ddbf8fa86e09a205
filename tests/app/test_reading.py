"""The reader by setting: what is refused, what is said, and lists read beside the pages."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.services.identity import Identity
from app.services.reading import UnreadError
from app.services.services import open_services
from app.services.settings import Settings, load_settings
from recommender.errors import InputError
from recommender.relationships import Relationship
from tests.index.test_chat_reader import Endpoint

BASE = {"LEARNING_RELATIONSHIPS_INDEX": "i", "LEARNING_RELATIONSHIPS_STORE": "sqlite:///s"}
READER = "LEARNING_RELATIONSHIPS_READER_"


class Grader(Endpoint):
    """An endpoint that gives whoever is named first a 3, with their first passage, others a 0."""

    class Answers(list):
        def __init__(self, endpoint):
            super().__init__()
            self.endpoint = endpoint

        def __bool__(self):
            return True

        def pop(self, _):
            sent = json.loads(self.endpoint.bodies[-1]["messages"][1]["content"])
            people = [
                {"label": one["label"], "grade": 0, "quotes": []} for one in sent["colleagues"]
            ]
            people[0]["grade"] = 3
            passages = [text for text in sent["colleagues"][0]["passages"] if len(text) > 12]
            people[0]["quotes"] = [{"need": 1, "text": text} for text in passages[:1]]
            return json.dumps({"people": people})

    def __init__(self):
        super().__init__()
        self.answers = self.Answers(self)


@pytest.fixture
def endpoint():
    served = Grader()
    yield served
    served.close()


def settings_from(tmp_path: Path, table: str = "", **variables: str) -> Settings:
    path = tmp_path / "settings.toml"
    path.write_text(table, encoding="utf-8")
    own = {READER + name.upper(): value for name, value in variables.items()}
    return load_settings(BASE | own | {"LEARNING_RELATIONSHIPS_SETTINGS": str(path)})


def test_nothing_is_sent_where_no_reader_is_set(tmp_path):
    assert settings_from(tmp_path).reader is None


def test_file_and_environment_say_who_reads_and_the_environment_goes_first(tmp_path):
    table = '[reader]\nurl = "https://llm.example.com/v1"\nmodel = "big"\nreads = 12\n'
    settings = settings_from(tmp_path, table, model="bigger", key="k3y", timeout_s="9.5")
    assert settings.reader is not None
    reader = settings.reader.open()
    assert (reader.settings.model, reader.reads, reader.settings.timeout_s) == ("bigger", 12, 9.5)
    assert (reader.settings.key, reader.settings.host) == ("k3y", "llm.example.com")
    assert "k3y" not in repr(settings)
    assert settings_from(tmp_path, "", url="http://h/v1", model="m").reader is not None


def test_the_key_may_stand_in_a_file_of_its_own(tmp_path):
    (tmp_path / "key").write_text("k3y\n")
    settings = settings_from(tmp_path, url="http://h/v1", model="m", key_file=str(tmp_path / "key"))
    assert settings.reader is not None
    assert settings.reader.open().settings.key == "k3y"


@pytest.mark.parametrize(
    ("table", "variables", "says"),
    [
        ('reader = "gpt"', {}, "write it as a table"),
        ('[reader]\nurl = "http://h/v1"\nmodel = "m"\nkey = "k3y"', {}, "does not stand in the"),
        ('[reader]\nmodel = "m"', {}, "'reader.url' is missing; set LEARNING_RELATIONSHIPS"),
        ('[reader]\nurl = "h"\nmodel = "m"', {}, "'reader.url': Value error, must begin"),
        ('[reader]\nurl = "http://h"\nmodel = "m"\nread = 3', {}, "no setting 'reader.read'"),
        ("", {"url": "http://h/v1", "model": "m", "reads": "99"}, "'reader.reads'"),
        ("", {"url": "http://h/v1", "model": "m", "key": "a", "key_file": "b"}, "not in both"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_meant_is_one_clear_error(tmp_path, table, variables, says):
    with pytest.raises(InputError) as refused:
        settings_from(tmp_path, table, **variables)
    assert says in str(refused.value)
    assert "k3y" not in str(refused.value)


@pytest.fixture
def halden_services(halden_index, migrated_file, tmp_path, endpoint):
    store = shutil.copy(migrated_file, tmp_path)

    def opened(**reader):
        return open_services(
            Settings(
                index=halden_index,
                store=f"sqlite:///{store}",
                reader={"url": endpoint.url, "model": "m", **reader} if reader else None,
            )
        )

    return opened


ME = Identity("H0012")
GOAL = "I want to learn to present my own work in the Thursday demo without losing my English."


def test_a_list_is_read_beside_the_page_and_why_not_knows_it(halden_services, endpoint):
    services = halden_services(timeout_s=20)
    to = services.reading.addressee
    assert (to.host, to.model) == ("127.0.0.1", "m")
    goal = services.finding.type_goal(ME, GOAL)
    assert endpoint.bodies == [], "nothing goes before a list is read"
    read = services.reading.begin(ME, goal, Relationship.COACH).result(timeout=60)
    assert len(endpoint.bodies) == 1, "of the kind that is looked at alone"
    first = read.suggestions[0]
    assert first.contributions[0].signal == "reader"
    assert first.evidence
    found = services.reading.why_not(ME, goal, Relationship.COACH, first.person_id)
    assert found.rank == 1
    assert len(endpoint.bodies) == 1, "the answer is kept"


def test_an_endpoint_that_fails_is_told_and_why_not_knows_the_list_without_it(
    halden_services, endpoint
):
    endpoint.behave = "refuse"
    services = halden_services(timeout_s=20)
    goal = services.finding.type_goal(ME, GOAL)
    (alone,) = services.finding.suggest(ME, goal, Relationship.COACH).lists
    with pytest.raises(UnreadError):
        services.reading.begin(ME, goal, Relationship.COACH).result(timeout=60)
    second = alone.suggestions[1].person_id
    assert services.reading.why_not(ME, goal, Relationship.COACH, second).rank == 2


def test_somebody_elses_goal_is_not_read(halden_services, endpoint):
    services = halden_services(timeout_s=20)
    goal = services.finding.type_goal(ME, GOAL)
    other = Identity("H0013")
    with pytest.raises(Exception, match="no such goal of yours"):
        services.reading.begin(other, goal, Relationship.COACH).result(timeout=60)
    assert endpoint.bodies == []


def test_without_a_reader_there_is_nobody_to_name(halden_services):
    assert halden_services().reading.addressee is None


def test_the_terminal_says_to_whom_before_it_goes_and_can_keep_it(
    halden_index, endpoint, repository
):
    command = [sys.executable, "-m", "app", "recommend", "--index", str(halden_index)]
    command += ["--person", "H0012", "--goal", GOAL, "--relationship", "coach"]

    def call(*more):
        return subprocess.run(
            [*command, *more], cwd=repository, capture_output=True, text=True, timeout=120,
            env={"PATH": "", f"{READER}URL": endpoint.url, f"{READER}MODEL": "m1"},
        )  # fmt: skip

    done = call()
    assert done.returncode == 0, done.stderr
    assert "127.0.0.1, to be read by the language model m1" in done.stderr
    assert len(endpoint.bodies) == 1
    kept = call("--no-reader")
    assert kept.returncode == 0
    assert "language model" not in kept.stderr
    assert len(endpoint.bodies) == 1
    assert kept.stdout != done.stdout
    endpoint.behave = "refuse"
    failed = call()
    assert "the list stands without it" in failed.stderr
    assert failed.stdout == kept.stdout
