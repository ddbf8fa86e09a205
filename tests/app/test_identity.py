"""Who is asking: claims to one person, the administrator's role, and the demonstration's guard."""

import re

import pandas as pd
import pytest

from app.serve import serve
from app.services.demonstration import check_address, check_request
from app.services.directory import Directory
from app.services.identity import Identity, demo_identity, identity_from_claims
from app.services.settings import OTHERS, PREFIX, Settings, load_settings
from app.views.parts import company
from recommender.errors import InputError, NotAllowedError, UnknownPersonError
from tests.app.small_company import SmallSnapshot, as_people

PEOPLE = SmallSnapshot().people


def settings(**values) -> Settings:
    return Settings(index="index", store="sqlite:///store.sqlite", **values)


OIDC = settings(sign_in="oidc")
VERIFIED = {"email_verified": True}


def test_an_email_is_one_person_in_any_case():
    claims = {"email": " Anna@Small.EXAMPLE ", "email_verified": True, "name": "Cara"}
    assert identity_from_claims(claims, PEOPLE, OIDC) == Identity("ANNA")


def test_somebody_on_leave_may_sign_in():
    claims = {"email": "hal@small.example", "email_verified": True}
    assert identity_from_claims(claims, PEOPLE, OIDC) == Identity("HAL")


def named(**settings):
    """Return settings as the environment holds them."""
    return {f"{PREFIX}{name}": value for name, value in settings.items()}


@pytest.mark.parametrize("verified", [False, "false", None, 0, "no"])
def test_an_unverified_email_is_refused(verified):
    with pytest.raises(NotAllowedError, match="not verified"):
        identity_from_claims(
            {"email": "anna@small.example", "email_verified": verified}, PEOPLE, OIDC
        )


@pytest.mark.parametrize("verified", [True, "true", "True"])
def test_a_provider_may_send_the_claim_as_text(verified):
    claims = {"email": "anna@small.example", "email_verified": verified}
    assert identity_from_claims(claims, PEOPLE, OIDC).person_id == "ANNA"


def test_a_missing_claim_is_no_proof_unless_the_company_owns_the_addresses():
    claims = {"email": "anna@small.example"}
    with pytest.raises(NotAllowedError, match="COMPANY_OWNS_ADDRESSES=true"):
        identity_from_claims(claims, PEOPLE, OIDC)
    owned = settings(sign_in="oidc", company_owns_addresses=True)
    assert identity_from_claims(claims, PEOPLE, owned).person_id == "ANNA"
    with pytest.raises(NotAllowedError, match="not verified"):
        identity_from_claims({**claims, "email_verified": False}, PEOPLE, owned)


@pytest.mark.parametrize(
    ("in_the_file", "signed_in", "is_one"),
    [
        ("Straße@small.example", "straße@SMALL.example", True),
        ("strasse@small.example", "straße@small.example", False),
        ("anna@small.example", "anna@small.example.org", False),
        ("anna@small.example", "аnna@small.example", False),  # the first letter is Cyrillic
        ("kim@small.example", "\u212aim@small.example", False),  # the kelvin sign
        ("inan@small.example", "İnan@small.example", False),
        ("ﬁona@small.example", "fiona@small.example", False),
        ("anna@small.example", "anna@small.example\u200b", False),
        ("änne@small.example", "ÄNNE@small.example", False),
    ],
)
def test_addresses_meet_by_ascii_letters_only(in_the_file, signed_in, is_one):
    people = SmallSnapshot().changed("DAN", email=in_the_file).people
    people = (
        SmallSnapshot(people).changed("ANNA", email="").people
        if "anna" in in_the_file
        else (people)
    )
    claims = {"email": signed_in, "email_verified": True}
    if is_one:
        assert identity_from_claims(claims, people, OIDC) == Identity("DAN")
        return
    with pytest.raises(NotAllowedError, match="nobody with your e-mail"):
        identity_from_claims(claims, people, OIDC)
    admins = settings(sign_in="oidc", admins=(signed_in,))
    by_file = {"email": in_the_file, "email_verified": True}
    assert identity_from_claims(by_file, people, admins) == Identity("DAN")


def test_a_claim_may_be_the_number_of_the_people_file():
    numbered = settings(sign_in="oidc", id_claim="employee_id", admins=("DAN", "eve@small.example"))
    claims = {"email": "boss@small.example", "email_verified": True, "employee_id": "DAN"}
    assert identity_from_claims(claims, PEOPLE, numbered) == Identity("DAN", is_admin=True)
    assert identity_from_claims({"employee_id": "EVE"}, PEOPLE, numbered).is_admin
    assert not identity_from_claims({"employee_id": "ANNA"}, PEOPLE, numbered).is_admin
    frame = PEOPLE.frame.replace({"person_id": {"ANNA": "7"}, "manager_id": {"ANNA": "7"}})
    assert identity_from_claims({"employee_id": 7}, as_people(frame), numbered) == Identity("7")
    for wrong in ("dan", "D", "NOBODY", "0DAN"):
        with pytest.raises(NotAllowedError, match="nobody with your id"):
            identity_from_claims({"employee_id": wrong}, PEOPLE, numbered)
    for none in ("", " ", None, True, ["DAN"], {"id": "DAN"}):
        with pytest.raises(NotAllowedError, match="must send the claim 'employee_id'"):
            identity_from_claims({**claims, "employee_id": none}, PEOPLE, numbered)


def test_two_people_with_one_address_are_neither_administrators():
    people = SmallSnapshot().changed("BEN", email="anna@small.example").people
    told = settings(sign_in="oidc", id_claim="id", admins=("anna@small.example",))
    assert not identity_from_claims({"id": "BEN"}, people, told).is_admin
    assert not identity_from_claims({"id": "ANNA"}, people, told).is_admin


def test_each_snapshot_is_looked_up_by_itself_and_read_once(monkeypatch):
    reads = []
    read = Directory.read
    monkeypatch.setattr(Directory, "read", lambda people: reads.append(1) or read(people))
    first = SmallSnapshot()
    second = first.changed("ANNA", email="new@small.example")
    claims = {"email": "anna@small.example", "email_verified": True}
    for _ in range(3):
        assert identity_from_claims(claims, first.people, OIDC) == Identity("ANNA")
        with pytest.raises(NotAllowedError):
            identity_from_claims(claims, second.people, OIDC)
    assert len(reads) == 2


@pytest.mark.parametrize("claims", [{}, {"email": ""}, {"email": None}, {"sub": "ANNA"}])
def test_no_email_is_refused(claims):
    with pytest.raises(NotAllowedError, match="no e-mail address"):
        identity_from_claims(claims, PEOPLE, OIDC)


def test_an_email_of_nobody_or_of_two_is_refused():
    with pytest.raises(NotAllowedError, match="has nobody with your e-mail"):
        identity_from_claims({"email": "stranger@small.example", **VERIFIED}, PEOPLE, OIDC)
    frame = PEOPLE.frame.copy()
    frame.loc[frame["person_id"] == "BEN", "email"] = "ANNA@small.example"
    with pytest.raises(NotAllowedError, match="more than one person"):
        identity_from_claims({"email": "anna@small.example", **VERIFIED}, as_people(frame), OIDC)


def test_people_without_an_email_are_nobody():
    frame = PEOPLE.frame.copy()
    frame["email"] = pd.Series([""] * len(frame))
    with pytest.raises(NotAllowedError, match="no e-mail address"):
        identity_from_claims({"email": "  "}, as_people(frame), OIDC)


@pytest.mark.parametrize("listed", ["anna@small.example", "ANNA", " Anna@Small.Example "])
def test_an_administrator_is_listed(listed):
    told = settings(sign_in="oidc", admins=("boss@small.example", listed))
    assert identity_from_claims({"email": "anna@small.example", **VERIFIED}, PEOPLE, told).is_admin
    assert not identity_from_claims(
        {"email": "ben@small.example", **VERIFIED}, PEOPLE, told
    ).is_admin


@pytest.mark.parametrize(
    ("groups", "is_admin"),
    [(["staff", "learning"], True), ("learning", True), (["learnings"], False), (None, False)],
)
def test_an_administrator_has_a_claim(groups, is_admin):
    told = settings(sign_in="oidc", admin_claim="groups", admin_claim_value="learning")
    claims = {"email": "anna@small.example", "groups": groups, **VERIFIED}
    assert identity_from_claims(claims, PEOPLE, told).is_admin is is_admin


def test_no_claim_makes_an_administrator_where_none_is_set():
    claims = {"email": "anna@small.example", **VERIFIED, "": "", "is_admin": True, "groups": [""]}
    assert not identity_from_claims(claims, PEOPLE, OIDC).is_admin


def test_the_demonstration_lets_be_anybody_and_says_so():
    assert demo_identity("ANNA", PEOPLE, settings()) == Identity("ANNA", demo=True)
    assert demo_identity("ANNA", PEOPLE, settings(admins=("ANNA",))).is_admin
    with pytest.raises(UnknownPersonError):
        demo_identity("NOBODY", PEOPLE, settings())


def test_there_is_no_demonstration_where_people_sign_in():
    with pytest.raises(NotAllowedError, match="signs people in for real"):
        demo_identity("ANNA", PEOPLE, OIDC)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost"])
def test_the_demonstration_serves_loopback(address):
    check_address(address, settings())


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "", "10.0.0.5", "example.org", "127.0.0.1.x"])
def test_the_demonstration_refuses_everything_else_unless_told(address):
    with pytest.raises(NotAllowedError, match="LEARNING_RELATIONSHIPS_DEMO_ON_ANY_ADDRESS=true"):
        check_address(address, settings())
    check_address(address, settings(demo_on_any_address=True))
    check_address(address, OIDC)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8501", "localhost:8501", "LOCALHOST.", "[::1]:8501"]
)
def test_the_demonstration_answers_this_machines_browser(host):
    check_request(host, ["Host", "User-Agent", "Origin"], settings())


@pytest.mark.parametrize(
    "host",
    ["", "evil.example:8501", "10.0.0.5", "127.0.0.1.evil.example", "localhost@evil.example",
     "evil.example/localhost", "localhost:x", "localhost#evil.example", "[::2]", "[", "2130706433"],
)  # fmt: skip
def test_the_demonstration_does_not_answer_to_another_name(host):
    with pytest.raises(NotAllowedError, match="this machine's own browser only"):
        check_request(host, [], settings())
    check_request(host, [], settings(demo_on_any_address=True))
    check_request(host, [], OIDC)


@pytest.mark.parametrize("name", ["X-Forwarded-For", "forwarded", "Via", "x-real-ip"])
def test_the_demonstration_does_not_answer_through_a_proxy(name):
    with pytest.raises(NotAllowedError, match=f"through a proxy .{name.lower()}"):
        check_request("127.0.0.1:8501", ["Host", name], settings())


# --- settings ---------------------------------------------------------------------------------


def test_settings_come_from_a_file_and_the_environment_goes_first(tmp_path):
    path = tmp_path / "service.toml"
    path.write_text('index = "a"\nstore = "sqlite:///a"\nadmins = ["x@y.z"]\nsign_in = "oidc"\n')
    read = load_settings(
        {
            "LEARNING_RELATIONSHIPS_SETTINGS": str(path),
            "LEARNING_RELATIONSHIPS_STORE": "sqlite:///b",
        }
    )
    assert (str(read.index), read.store, read.sign_in) == ("a", "sqlite:///b", "oidc")
    assert read.admins == ("x@y.z",)


def test_old_names_of_variables_are_read_with_a_warning_and_new_ones_go_first(caplog):
    new = {"LEARNING_RELATIONSHIPS_INDEX": "a", "LEARNING_RELATIONSHIPS_ADMINS": "x@y.z"}
    read = load_settings({"LR_STORE": "sqlite:///b", "LR_ADMINS": "old@y.z"} | new)
    assert (read.store, read.admins) == ("sqlite:///b", ("x@y.z",))
    assert "LR_STORE is called LEARNING_RELATIONSHIPS_STORE now" in caplog.text
    assert "old@y.z" not in caplog.text
    caplog.clear()
    load_settings(new | {"LEARNING_RELATIONSHIPS_STORE": "b"})
    assert caplog.text == ""


def test_other_variables_of_the_project_are_no_settings(repository):
    files = [
        path for name in ("index", "app", "eval") for path in (repository / name).rglob("*.py")
    ]
    text = "\n".join(path.read_text("utf-8") for path in files)
    named = set(re.findall(r'"(LEARNING_RELATIONSHIPS_[A-Z_]+[A-Z])"', text))
    assert named >= OTHERS
    known = {PREFIX + name.upper() for name in (*Settings.model_fields, "settings")}
    # the two that make a write step kill its process belong to tests of the index alone
    hooks = {name for name in named if name.endswith(("_KILL_AT", "_STEP_LOG"))}
    assert named - known - hooks == OTHERS
    read = load_settings({"LR_INDEX": "a", "LR_STORE": "b"} | dict.fromkeys(OTHERS, "1"))
    assert str(read.index) == "a"


@pytest.mark.parametrize("named", ["the file", "an old name", "nothing"])
def test_serving_takes_the_store_that_the_settings_name(named, tmp_path, monkeypatch):
    for name in ("INDEX", "STORE", "SETTINGS", "ADMINS"):
        monkeypatch.setenv(PREFIX + name, "")  # so that it is as before in the end
        monkeypatch.delenv(PREFIX + name)
    file = tmp_path / "service.toml"
    file.write_text('store = "sqlite:///a"\n' if named == "the file" else "")
    monkeypatch.setenv(f"{PREFIX}SETTINGS", str(file))
    if named == "an old name":
        monkeypatch.setenv("LR_STORE", "sqlite:///a")
    company.settings.cache_clear()
    with pytest.raises(NotAllowedError):  # which ends it as soon as the settings are read
        serve(tmp_path / "index", 8501, address="0.0.0.0")
    beside = f"sqlite:///{tmp_path / 'index'}.sqlite"
    assert company.settings().store == (beside if named == "nothing" else "sqlite:///a")
    company.settings.cache_clear()


def test_administrators_in_the_environment_are_separated_by_commas():
    read = load_settings(
        {
            "LEARNING_RELATIONSHIPS_INDEX": "a",
            "LEARNING_RELATIONSHIPS_STORE": "b",
            "LEARNING_RELATIONSHIPS_ADMINS": "x@y.z, H0001,",
        }
    )
    assert read.admins == ("x@y.z", "H0001")


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (
            {"LEARNING_RELATIONSHIPS_STORE": "b"},
            "the setting 'index' is missing; set LEARNING_RELATIONSHIPS_INDEX",
        ),
        (
            {
                "LEARNING_RELATIONSHIPS_INDEX": "a",
                "LEARNING_RELATIONSHIPS_STORE": "b",
                "LEARNING_RELATIONSHIPS_SIGN_IN": "none",
            },
            "setting 'sign_in'",
        ),
        (
            {
                "LEARNING_RELATIONSHIPS_INDEX": "a",
                "LEARNING_RELATIONSHIPS_STORE": "b",
                "LEARNING_RELATIONSHIPS_DEMO_ON_ANY_ADDRESS": "perhaps",
            },
            "demo_on_any",
        ),
        (
            {
                "LEARNING_RELATIONSHIPS_INDEX": "a",
                "LEARNING_RELATIONSHIPS_STORE": "b",
                "LEARNING_RELATIONSHIPS_SMALLEST_GROUP": "1",
            },
            "smallest_group",
        ),
        (
            {
                "LEARNING_RELATIONSHIPS_INDEX": "a",
                "LEARNING_RELATIONSHIPS_STORE": "b",
                "LEARNING_RELATIONSHIPS_ADMIN_CLAIM": "groups",
            },
            "go together",
        ),
        (
            {
                "LEARNING_RELATIONSHIPS_INDEX": "a",
                "LEARNING_RELATIONSHIPS_STORE": "b",
                "LEARNING_RELATIONSHIPS_LEAVER_DAYS": "7",
            },
            "less than absent_days",
        ),
        (
            {
                "LEARNING_RELATIONSHIPS_INDEX": "a",
                "LEARNING_RELATIONSHIPS_STORE": "b",
                "LEARNING_RELATIONSHIPS_ADMIN": "x",
            },
            r"no setting 'admin' \(LEARNING_RELATIONSHIPS_ADMIN\)",
        ),
        (
            {"LEARNING_RELATIONSHIPS_SETTINGS": "nowhere.toml"},
            "the settings file nowhere.toml cannot be read",
        ),
    ],
)
def test_a_wrong_setting_is_said(values, says):
    with pytest.raises(InputError, match=says):
        load_settings(values)


def test_an_unknown_name_in_the_file_is_said(tmp_path):
    path = tmp_path / "service.toml"
    path.write_text('index = "a"\nstore = "b"\nadmin = "x"\n')
    with pytest.raises(
        InputError, match=r"there is no setting 'admin' .*; there are: index, store"
    ):
        load_settings({"LEARNING_RELATIONSHIPS_SETTINGS": str(path)})
    path.write_text("index = ")
    with pytest.raises(InputError, match="cannot be read"):
        load_settings({"LEARNING_RELATIONSHIPS_SETTINGS": str(path)})


@pytest.mark.parametrize(
    "url", ["learn.example.com", "ftp://learn.example.com", "https://", "https://a:port", "/path"]
)
def test_a_public_url_that_no_browser_opens_is_refused(url):
    with pytest.raises(InputError, match="public_url"):
        load_settings(
            {
                "LEARNING_RELATIONSHIPS_INDEX": "index",
                "LEARNING_RELATIONSHIPS_STORE": "sqlite:///x",
                "LEARNING_RELATIONSHIPS_PUBLIC_URL": url,
            }
        )


def test_a_public_url_loses_its_last_slash():
    named = {
        "LEARNING_RELATIONSHIPS_INDEX": "index",
        "LEARNING_RELATIONSHIPS_STORE": "sqlite:///x",
        "LEARNING_RELATIONSHIPS_PUBLIC_URL": "https://a.b/c/",
    }
    assert load_settings(named).public_url == "https://a.b/c"
