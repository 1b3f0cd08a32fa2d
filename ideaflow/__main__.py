"""``python -m ideaflow`` is the ``ideaflow`` command."""

from ideaflow.cli import main

main()
