"""Every setting of ideaflow: its name, meaning and default. Read once, from the environment."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from ideaflow.errors import Unavailable

PREFIX = "IDEAFLOW_"


def _setting(meaning: str, default: Any, *, name: str = "") -> Any:
    return field(default=default, metadata={"meaning": meaning, "name": name})


@dataclass(frozen=True)
class Settings:
    """The settings of one installation. An environment variable is ``IDEAFLOW_`` and the name in capitals."""

    home: Path = _setting("Folder for the embedded database, uploads, models and mail.", Path("instance"))
    database_url: str = _setting(
        "A PostgreSQL with pgvector; empty: the embedded one, in the home folder.", "", name="DATABASE_URL"
    )
    company: str = _setting("The name of your company, shown beside the logo.", "")
    currency: str = _setting("The currency all sums are shown in (three letters).", "EUR")
    time_zone: str = _setting(
        "Whose clock gate meetings and customers' mail go by, such as Europe/Berlin.", "UTC"
    )
    host: str = _setting("The address to listen on.", "127.0.0.1")
    port: int = _setting("The port to listen on.", 8000)
    base_url: str = _setting("How people reach this installation; links in mail start with it.", "")
    secret_key: str = _setting("Signs cookies; empty: made once and kept in the home folder.", "")
    threads: int = _setting("Requests one web process answers at the same time.", 8)
    web_processes: int = _setting("Web processes.", 1)
    model: str = _setting(
        "Language model: a sentence-transformers name or a folder; "
        "empty: what `ideaflow models use` chose, else all-MiniLM-L6-v2.",
        "",
    )
    seed: int = _setting("Seed of the theme engine; the same seed gives the same themes.", 7)
    nightly_at: str = _setting(
        "When everything is looked at anew each night if there is news: a time of day in UTC, or never.",
        "02:10",
    )
    naming_url: str = _setting(
        "OpenAI-compatible endpoint that may propose names of themes, up to /v1; empty: none is asked.",
        "",
    )
    naming_model: str = _setting("The model that is asked there.", "")
    naming_key: str = _setting("The key it is asked with.", "")
    mail_server: str = _setting(
        "SMTP server; empty: mail is written to the mail folder in the home folder.", ""
    )
    mail_port: int = _setting("Port of the SMTP server.", 587)
    mail_use_tls: bool = _setting("Whether to start TLS with the SMTP server.", True)
    mail_username: str = _setting("Name at the SMTP server.", "")
    mail_password: str = _setting("Password at the SMTP server.", "")
    mail_from: str = _setting("Who mail comes from.", "ideaflow@localhost")
    widget_sites: str = _setting(
        "Sites that may show the widget, separated by spaces (https://www.example.com); empty: none; *: all.",
        "",
    )
    crm_sites: str = _setting(
        "Sites of your CRM that may show a customer's card in a frame, separated by spaces "
        "(https://*.lightning.force.com); empty: none. Never *: the card is for your people only.",
        "",
    )
    oidc_issuer: str = _setting(
        "OpenID Connect provider for single sign-on, as an address under which "
        "/.well-known/openid-configuration lies; empty: none.",
        "",
    )
    oidc_client_id: str = _setting("What ideaflow is called there.", "")
    oidc_client_secret: str = _setting("The secret it shares with the provider.", "")
    oidc_name: str = _setting("What people call the provider: “Sign in with …”.", "single sign-on")
    oidc_trusts_addresses: bool = _setting(
        "Believe the provider's e-mail addresses also where it does not say that they are verified.", False
    )
    max_upload_megabytes: int = _setting("The largest upload taken, in megabytes.", 512)
    portal_shows_colleagues: bool = _setting(
        "Whether contacts see what others of their account said, besides their own.", True
    )
    secure_cookies: bool = _setting("Send cookies over HTTPS only; switch on behind TLS.", False)

    @property
    def address(self) -> str:
        """Return where people open ideaflow, without a slash at the end."""
        return self.base_url.rstrip("/") or f"http://{self.host}:{self.port}"

    def signing_key(self) -> str:
        """Return the key that signs cookies, making it on the first call.

        :raises Unavailable: the home folder cannot be written.
        """
        if self.secret_key:
            return self.secret_key
        path = self.home / "secret.key"
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            return path.read_text().strip()
        except OSError as error:
            raise Unavailable(
                f"Cannot write to {self.home.resolve()}: {error.strerror}. "
                "Free some space, or set IDEAFLOW_HOME to a folder you may write to."
            ) from error
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        return path.read_text().strip()


def variable(setting: str) -> str:
    """Return the environment variable that holds ``setting``."""
    by_name = {one.name: one.metadata["name"] for one in fields(Settings)}
    return by_name[setting] or PREFIX + setting.upper()


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """Read all settings.

    :param environment: variables by name; the process's own when left out.
    :raises Unavailable: a value has the wrong type; says which variable and what it takes.
    """
    environment = os.environ if environment is None else environment
    given: dict[str, Any] = {}
    for one in fields(Settings):
        text = environment.get(variable(one.name), "").strip()
        if not text:
            continue
        given[one.name] = _parse(text, one.default, variable(one.name))
    settings = Settings(**given)
    return Settings(**{**given, "home": settings.home.expanduser().absolute()})


def _parse(text: str, default: object, name: str) -> object:
    if isinstance(default, bool):
        if text.lower() in {"1", "true", "yes", "on"}:
            return True
        if text.lower() in {"0", "false", "no", "off"}:
            return False
        raise Unavailable(f"{name} is “{text}”; it takes yes or no.")
    if isinstance(default, int):
        try:
            return int(text)
        except ValueError as error:
            raise Unavailable(f"{name} is “{text}”; it takes a whole number.") from error
    return Path(text) if isinstance(default, Path) else text
