"""Where templates, static files, migrations and examples lie: beside the package, or inside it in a wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
HOME = PACKAGE if (PACKAGE / "templates").is_dir() else PACKAGE.parent
TEMPLATES = HOME / "templates"
STATIC = HOME / "static"
MIGRATIONS = HOME / "migrations"
EXAMPLES = HOME / "examples"
