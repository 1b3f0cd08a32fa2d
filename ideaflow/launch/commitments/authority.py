"""Who may promise what: a day for what is not delivered yet needs the word of who delivers it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from ideaflow import typed
from ideaflow.users.policy import RIGHTS, Right, Role


@dataclass(frozen=True)
class Authority:
    """On whose authority something is promised: somebody by name, or whoever has a role."""

    user_id: int | None = None
    role: str = ""

    @property
    def key(self) -> str:
        """Return it as a form holds it: ``user:12`` or ``role:product_manager``."""
        return f"user:{self.user_id}" if self.user_id else f"role:{self.role}" if self.role else ""

    def is_of(self, user_id: int | None, roles: Iterable[str]) -> bool:
        """Return whether somebody with these roles is, or belongs to, this authority."""
        return user_id == self.user_id if self.user_id else self.role in set(roles)


def read(text: str) -> Authority:
    """Return what :attr:`Authority.key` wrote; an empty one for anything else.

    >>> read("user:12"), read("role:sales").role, read("who?")
    (Authority(user_id=12, role=''), 'sales', Authority(user_id=None, role=''))
    """
    kind, _, value = text.partition(":")
    if kind == "user" and (number := typed.number(value)) is not None:
        return Authority(number)
    return Authority(role=value) if kind == "role" and value in set(Role) else Authority()


def needed(*, has_cell: bool, has_proposal: bool) -> Right:
    """Return the right that the authority must have.

    >>> needed(has_cell=False, has_proposal=True), needed(has_cell=False, has_proposal=False)
    (<Right.PROPOSE: 'propose'>, <Right.COMMIT: 'commit'>)
    """
    if has_cell:
        return Right.LAUNCH
    return Right.PROPOSE if has_proposal else Right.COMMIT


def roles_with(right: Right) -> list[Role]:
    """Return the roles whose word is enough for that, administrators left out: they run the program."""
    return [role for role in Role if right in RIGHTS[role] and role is not Role.ADMINISTRATOR]
