"""How this service is run: from a TOML file and the environment, read strictly.

A setting `store` stands in the file as `store = "…"` and in the environment as
`LEARNING_RELATIONSHIPS_STORE`; the environment goes first. `LEARNING_RELATIONSHIPS_SETTINGS` names
the file.
"""

import logging
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from app.services.reader_settings import TABLE, ReaderSettings, read_reader_values
from index.disk.cache_folder import CACHE
from index.night.nightly import ACCEPT_DROP
from recommender.errors import InputError

PREFIX = "LEARNING_RELATIONSHIPS_"
"""What every environment variable of this project begins with."""

OTHERS = frozenset({CACHE, ACCEPT_DROP})
"""Variables of this project that are no settings of a service."""

_OLD_PREFIX = "LR_"
"""What settings began with up to 0.1; still read, with a warning, for one version more."""

_FILE = "SETTINGS"

_log = logging.getLogger(__name__)


class Settings(BaseModel):
    """The settings of one service; an unknown name is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    index: Path
    """The index folder."""
    store: str
    """The store's address: `sqlite:///path/to/store.sqlite` or `postgresql://user@host/name`."""
    sign_in: Literal["demo", "oidc"] = "demo"
    """`oidc` signs people in with Streamlit's `st.login`; `demo` lets everybody be anybody."""
    demo_on_any_address: bool = False
    """Let the demonstration sign-in serve other addresses than loopback."""
    public_url: str = ""
    """Where people open the pages, where that is a proxy in front of this machine: such as
    `https://learn.example.com/mentoring`, with the path under which the proxy passes them on."""
    company_owns_addresses: bool = False
    """Take the e-mail of a provider that sends no claim `email_verified`, as all its addresses are
    the company's own. One that says that an address is not verified is believed."""
    id_claim: str = ""
    """A claim of the sign-in that is the person_id of the people file, such as `employee_id`; with
    it the e-mail is not asked for."""
    admins: tuple[str, ...] = ()
    """Administrators by e-mail or person id (in the environment: separated by commas). An id means
    whoever had it first; nobody becomes an administrator by being given it later."""
    admin_claim: str = ""
    """A claim of the sign-in that makes administrators, such as `groups`."""
    admin_claim_value: str = ""
    """The value of `admin_claim`, or one of its values, that an administrator has."""
    people_file: Path | None = None
    """The people export that 'rebuild' on the page The night reads."""
    policy_file: Path | None = None
    """The company's policy file: the page The policy writes it, the next build reads it."""
    quality_report: Path | None = None
    """The latest evaluation report, a JSON or HTML file, for the page Quality."""
    gate: str | None = None
    """The gate's command for a rebuild from the page; None for the index's own, "" for none."""
    absent_days: int = Field(default=30, ge=1, le=3650)
    """After so many days out of the people file a person's requests and relationships end."""
    leaver_days: int = Field(default=90, ge=1, le=3650)
    """After so many days out of it what the person wrote is erased."""
    confidential_contact: str = ""
    """Whom people can turn to who are treated badly: names, an address, a number, in one line. A
    goal that sounds like that is answered with it."""
    impression_days: int = Field(default=90, ge=90, le=3650)
    """So many days how much each helper was shown, and to how many, is kept, as a sum a day; who
    was shown whom is deleted after 30 days."""
    open_requests_per_seeker: int = Field(default=10, ge=1, le=1000)
    """So many open requests a person may have."""
    requests_per_day: int = Field(default=20, ge=1, le=1000)
    """So many requests a person may send in a day, taken back or not."""
    goals_per_seeker: int = Field(default=50, ge=1, le=1000)
    """So many goals a person may keep."""
    goals_per_minute: int = Field(default=10, ge=1, le=1000)
    """So many goals a person may write in a minute, deleted or not."""
    reader: ReaderSettings | None = None
    """The language model that reads the lists; None, and then nothing is sent anywhere."""
    smallest_group: int = Field(default=5, ge=2, le=100)
    """Programme figures about fewer people than this are withheld."""

    @field_validator("admins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("public_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        if not value:
            return value
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query:
            raise ValueError("give scheme, host and path, such as https://learn.example.com/path")
        _ = parts.port  # raises ValueError where it is no number
        return value.rstrip("/")

    @model_validator(mode="after")
    def _claim_is_whole(self) -> "Settings":
        if bool(self.admin_claim) != bool(self.admin_claim_value):
            raise ValueError("admin_claim and admin_claim_value go together; set both or neither")
        return self

    @model_validator(mode="after")
    def _ends_before_it_is_erased(self) -> "Settings":
        if self.leaver_days < self.absent_days:
            raise ValueError("leaver_days cannot be less than absent_days; raise it")
        return self


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings.

    Args:
        environment: variables; those of this process where None.

    Raises:
        InputError: the file cannot be read, or a name or value is not allowed.
    """
    environment = os.environ if environment is None else environment
    for variable in environment:
        if variable.startswith(_OLD_PREFIX):
            now = PREFIX + variable.removeprefix(_OLD_PREFIX)
            _log.warning(
                "%s is called %s now; the old name ends with the next version", variable, now
            )
    try:
        return Settings.model_validate(read_values(environment))
    except ValidationError as error:
        raise InputError("; ".join(_say(problem) for problem in error.errors())) from None


def read_values(environment: Mapping[str, str]) -> dict[str, Any]:
    """Read what file and environment say, unchecked, by the settings' names.

    Raises:
        InputError: the file cannot be read.
    """
    told: dict[str, str] = {}
    for prefix in (_OLD_PREFIX, PREFIX):  # the new names go first
        told |= {
            variable.removeprefix(prefix): value
            for variable, value in environment.items()
            if variable.startswith(prefix) and variable not in OTHERS
        }
    values = _read_file(told.pop(_FILE, ""))
    reader, told = read_reader_values(values.pop(TABLE, None), told)
    values |= {name.lower(): value for name, value in told.items()}
    return values if reader is None else values | {TABLE: reader}


def load_reader_settings(environment: Mapping[str, str]) -> ReaderSettings | None:
    """Read which language model reads the lists, for doors that need no other setting.

    Raises:
        InputError: the file cannot be read, or a name or value is not allowed.
    """
    values = read_values(environment).get(TABLE)
    try:
        return None if values is None else ReaderSettings.model_validate(values)
    except ValidationError as error:
        problems = (
            _say({**problem, "loc": (TABLE, *problem["loc"])}) for problem in error.errors()
        )
        raise InputError("; ".join(problems)) from None


def _read_file(name: str) -> dict[str, Any]:
    if not name:
        return {}
    try:
        return tomllib.loads(Path(name).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"the settings file {name} cannot be read: {error}") from None


def _say(problem: Any) -> str:
    name = ".".join(str(part) for part in problem["loc"])
    variable = PREFIX + name.upper().replace(".", "_")
    if problem["type"] == "missing":
        return f"the setting {name!r} is missing; set {variable} or put it in the file"
    if problem["type"] == "extra_forbidden":
        model = ReaderSettings if problem["loc"][0] == TABLE and "." in name else Settings
        known = ", ".join(model.model_fields)
        return f"there is no setting {name!r} ({variable}); there are: {known}"
    return f"setting {name!r}: {problem['msg']}" if name else str(problem["msg"])
