"""What a contact may do in the portal. Every route of theirs names exactly one."""

from enum import StrEnum


class ContactRight(StrEnum):
    """What a portal route asks for."""

    READ = "read"  # See what is public, and what is one's own account's.
    SPEAK = "speak"  # Post, support, comment, answer.
    SELF = "self"  # Change what is one's own: language, notices, sign-out.

    @property
    def is_read_only(self) -> bool:
        return self is ContactRight.READ
