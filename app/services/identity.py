"""Who is asking: a person of the snapshot, proven by a sign-in or, in a demonstration, chosen."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.services.directory import SEVERAL, directory_of
from app.services.settings import PREFIX, Settings
from index.people_file.emails import plain_address
from recommender.errors import NotAllowedError
from recommender.people import People


@dataclass(frozen=True, slots=True)
class Identity:
    """The person on whose behalf a service is called."""

    person_id: str
    is_admin: bool = False
    demo: bool = False
    """Chosen from a list, not proven: the demonstration sign-in."""

    def require_admin(self) -> None:
        """Let only an administrator go on.

        Raises:
            NotAllowedError: the person is none.
        """
        if not self.is_admin:
            raise NotAllowedError("this page is for administrators; ask one to give you the role")


def identity_from_claims(
    claims: Mapping[str, object], people: People, settings: Settings
) -> Identity:
    """Map what an OpenID provider says about a signed-in person to one person of the company.

    Args:
        claims: the verified claims of the ID token (`st.user`).
        people: the snapshot's people.
        settings: which claims count, and who administers.

    Raises:
        NotAllowedError: the claims hold neither a verified e-mail nor, where the settings name a
            claim for it, a number; or one that nobody or more than one person has.
    """
    directory = directory_of(people)
    if settings.id_claim:
        what, row = "id", directory.by_number.get(_claimed_number(claims, settings.id_claim))
    else:
        what, row = "e-mail address", directory.by_address.get(_claimed_address(claims, settings))
    if row is None or row == SEVERAL:
        found = "nobody" if row is None else "more than one person"
        raise NotAllowedError(
            f"the people file has {found} with your {what}; ask the administrator to correct it"
        )
    is_admin = _is_listed(people, row, settings) or _has_role(claims, settings)
    return Identity(str(people.ids[row]), is_admin=is_admin)


def demo_identity(person_id: str, people: People, settings: Settings) -> Identity:
    """Be a person without proof, where the demonstration sign-in is on.

    Raises:
        NotAllowedError: the service signs people in for real.
        UnknownPersonError: nobody has this id.
    """
    if settings.sign_in != "demo":
        raise NotAllowedError("this service signs people in for real; use the sign-in button")
    row = people.row(person_id)
    return Identity(person_id, is_admin=_is_listed(people, row, settings), demo=True)


def _is_true(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.lower() == "true")


def _claimed_number(claims: Mapping[str, object], claim: str) -> str:
    value = claims.get(claim)
    number = "" if isinstance(value, bool) or not isinstance(value, str | int) else str(value)
    if not number.strip():
        raise NotAllowedError(
            f"the sign-in gave no id; the provider must send the claim {claim!r} as a text"
        )
    return number.strip()


def _claimed_address(claims: Mapping[str, object], settings: Settings) -> str:
    email = claims.get("email")
    address = plain_address(email) if isinstance(email, str) else ""
    if not address:
        raise NotAllowedError(
            "the sign-in gave no e-mail address; the provider must send the claim 'email'"
        )
    if "email_verified" not in claims:
        if not settings.company_owns_addresses:
            raise NotAllowedError(
                "the sign-in does not say that your e-mail address is verified; the provider must "
                "send the claim 'email_verified', or, where it gives out only addresses that the "
                "company owns, the setting company_owns_addresses "
                f"({PREFIX}COMPANY_OWNS_ADDRESSES=true) says so"
            )
    elif not _is_true(claims["email_verified"]):
        raise NotAllowedError(
            "your e-mail address is not verified with the sign-in provider; verify it there, "
            "then sign in again"
        )
    return address


def _is_listed(people: People, row: int, settings: Settings) -> bool:
    """Whether a person is one of the administrators: by key, or by an address of theirs alone.

    Not by the number of tonight's file, which may have been somebody else's.
    """
    by_address = directory_of(people).by_address
    listed = {name.strip() for name in settings.admins} - {""}
    return str(people.ids[row]) in listed or any(
        by_address.get(plain_address(name)) == row for name in listed
    )


def _has_role(claims: Mapping[str, object], settings: Settings) -> bool:
    if not settings.admin_claim or not settings.admin_claim_value:
        return False
    value = claims.get(settings.admin_claim)
    values = value if isinstance(value, list | tuple | set) else [value]
    return settings.admin_claim_value in values
