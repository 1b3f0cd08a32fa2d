"""A process of people who buy at once, over HTTP; stands alone, so that many can start fast.

Reads a line of JSON from stdin: where the session is, and the cookies of its people.
Writes the status codes it saw.
"""

import http.client
import json
import re
import sys
from urllib.parse import urlencode, urlsplit


def buy(address: str, cookie: str, seen: list[int], amount: int = 60) -> None:
    """Pledge, send the ballot twice; where colleagues were faster, pledge what is left."""
    place = urlsplit(address)
    line = http.client.HTTPConnection(place.hostname or "", place.port, timeout=300)

    def ask(method: str, path: str, **form: str) -> tuple[str, str]:
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        line.request(method, place.path + path, urlencode(form) if form else None, headers)
        answer = line.getresponse()
        text = answer.read().decode()
        seen.append(answer.status)
        return answer.headers.get("Location", ""), text

    for _ in range(6):
        goal, page = ask("POST", "/1", **{"for-o2": str(amount // 2), "for-o3": str(amount - amount // 2)})
        if not goal:  # Refused: less is left.
            amount = _left(page)
            continue
        receipt = re.search(r'name="receipt" value="([^"]+)"', ask("GET", "/review")[1])
        if receipt is None:
            return
        goals = [ask("POST", "/cast", receipt=receipt.group(1))[0] for _ in range(2)]
        if goals[0].endswith("/receipt"):
            return
        amount = min(amount, _left(ask("GET", "/1")[1]))
    line.close()


def _left(page: str) -> int:
    found = re.search(r'data-left="(\d+)"', page)
    return int(found.group(1)) if found else 0


if __name__ == "__main__":
    work = json.loads(sys.stdin.readline())
    codes: list[int] = []
    for one in work["cookies"]:
        buy(work["address"], one, codes)
    sys.stdout.write(json.dumps(codes))
