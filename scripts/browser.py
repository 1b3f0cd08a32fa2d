"""Make sure there is a Chromium for the browser tests: Debian's as root, else Playwright's own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path


def main() -> int:
    """Install what is missing; say what to do when that fails."""
    if shutil.which("chromium") or shutil.which("chromium-browser"):
        return 0
    if os.getuid() == 0 and Path("/etc/debian_version").exists():
        commands = [["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]]
    else:
        commands = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    for command in commands:
        print("Installing a browser for the tests:", " ".join(command), flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        if subprocess.run(command, env=environment, stdout=subprocess.DEVNULL).returncode:
            print("That failed. Install Chromium by hand and try again.", file=sys.stderr)
            return 1
    return 0


sys.exit(main())
