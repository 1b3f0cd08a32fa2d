"""Who may do what: five roles, and the rights each one has."""

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """What a user does here. One person may have several."""

    ADMINISTRATOR = "administrator"
    PRODUCT_MANAGER = "product_manager"
    GATEKEEPER = "gatekeeper"
    SALES = "sales"
    SERVICE = "service"

    @property
    def title(self) -> str:  # type: ignore[override]
        return self.value.replace("_", " ").capitalize()


class Right(StrEnum):
    """What a route asks for. Every route names exactly one."""

    READ = "read"  # See records, themes, proposals.
    SELF = "self"  # Change what is one's own: password, sign-out.
    IMPORT = "import"  # Bring records in.
    TRIAGE = "triage"  # Correct themes, refresh them.
    PROPOSE = "propose"  # Make and edit proposals, hand them to a gate.
    INVITE = "invite"  # Ask contacts into the portal and into co-design.
    MODERATE = "moderate"  # Answer, hide and merge what contacts write.
    DECIDE = "decide"  # Score and decide at a gate.
    LAUNCH = "launch"  # Plan a launch: its day, cells, checks and who owns them.
    PREPARE = "prepare"  # Carry a readiness check that is one's own, or check another's.
    COMMIT = "commit"  # Promise something to a customer, and keep account of it.
    CAPTURE = "capture"  # Mark what a customer wishes in what they said.
    ADMINISTER = "administer"  # Users, process, audit.

    @property
    def is_read_only(self) -> bool:
        return self is Right.READ


WORDS = {
    Right.READ: "read everything",
    Right.IMPORT: "import records",
    Right.TRIAGE: "triage themes",
    Right.PROPOSE: "make proposals",
    Right.INVITE: "invite contacts",
    Right.MODERATE: "answer and moderate what contacts write",
    Right.DECIDE: "score and decide at gates",
    Right.LAUNCH: "plan launches",
    Right.PREPARE: "prepare launches",
    Right.COMMIT: "make commitments to customers",
    Right.CAPTURE: "capture wishes",
    Right.ADMINISTER: "let people in and read the audit",
}

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ADMINISTRATOR: frozenset(Right) - {Right.DECIDE},
    Role.PRODUCT_MANAGER: frozenset(Right) - {Right.DECIDE, Right.ADMINISTER},
    Role.GATEKEEPER: frozenset({Right.READ, Right.SELF, Right.DECIDE, Right.PREPARE}),
    Role.SALES: frozenset({Right.READ, Right.SELF, Right.INVITE, Right.PREPARE, Right.COMMIT, Right.CAPTURE}),
    Role.SERVICE: frozenset(
        {
            Right.READ,
            Right.SELF,
            Right.IMPORT,
            Right.INVITE,
            Right.MODERATE,
            Right.PREPARE,
            Right.COMMIT,
            Right.CAPTURE,
        }
    ),
}


def rights_of(roles: Iterable[str]) -> frozenset[Right]:
    """Return all rights of somebody with these roles; a role no longer known gives none."""
    known = [Role(role) for role in roles if role in set(Role)]
    return frozenset().union(*(RIGHTS[role] for role in known))


def may(roles: Iterable[str], right: Right) -> bool:
    """Return whether somebody with these roles has ``right``."""
    return right in rights_of(roles)


class Scope(StrEnum):
    """What an API token may be used for; never for more than its user may do."""

    READ = "read"
    CAPTURE = "capture"
    IMPORT = "import"


SCOPE_RIGHTS = {
    Scope.READ: frozenset({Right.READ}),
    Scope.CAPTURE: frozenset({Right.CAPTURE}),
    Scope.IMPORT: frozenset({Right.IMPORT}),
}
SCOPE_WORDS = {
    Scope.READ: "read what you may read",
    Scope.CAPTURE: "capture wishes in your name",
    Scope.IMPORT: "bring in prices, training, partners and rates in your name",
}


def rights_of_scopes(scopes: Iterable[str]) -> frozenset[Right]:
    """Return all rights these scopes can give; a scope no longer known gives none."""
    known = [Scope(scope) for scope in scopes if scope in set(Scope)]
    return frozenset().union(*(SCOPE_RIGHTS[scope] for scope in known))
