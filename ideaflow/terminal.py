"""What commands show on the terminal: how far long work has come, and results for other programs."""

import json
import sys
from typing import Any, Self

import click


def print_json(result: object) -> None:
    """Print a result for other programs, such that people can read it too."""
    click.echo(json.dumps(result, ensure_ascii=False, indent=2))


class StepBar:
    """One progress bar a step, on stderr: ``with StepBar() as bar: work(progress=bar.tell)``."""

    def __init__(self) -> None:
        self.step, self.done = "", 0
        self.bar: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def tell(self, step: str, done: int, total: int) -> None:
        """Show how far ``step`` has come."""
        if step != self.step:
            self.close()
            self.step, self.done = step, 0
            self.bar = click.progressbar(length=max(total, 1), label=f"{step:24}", file=sys.stderr)
            self.bar.__enter__()
        self.bar.length = max(total, 1)
        self.bar.update(max(done - self.done, 0))
        self.done = max(done, self.done)

    def close(self) -> None:
        """End the line of the step that is over."""
        if self.bar is not None:
            self.bar.update(max(self.bar.length - self.bar.pos, 0))
            self.bar.__exit__(None, None, None)
            self.bar = None
