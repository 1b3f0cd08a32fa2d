"""Web processes stay small: no page loads PyTorch, the ONNX runtime or what clusters."""

import os
import subprocess
import sys
from pathlib import Path

PAGES = (
    "/themes/",
    "/themes/map",
    "/themes/runs",
    "/feedback/",
    "/accounts/",
    "/proposals/",
    "/",
    "/imports/",
    "/ideas/",
    "/portal/ideas/",
    "/portal/ideas/new",
)
CODE = """
import sys
from ideaflow.app import create_app
from ideaflow import schema
from ideaflow.users import service
app = create_app()
with app.app_context():
    user = service.add_user("a@example.com", "A", ["administrator", "product_manager"])
    key = user.get_id()
client = app.test_client()
with client.session_transaction() as cookie:
    cookie["_user_id"], cookie["_fresh"] = key, True
for page in sys.argv[1:]:
    status = client.get(page, follow_redirects=True).status_code
    assert status in (200, 404), (page, status)
heavy = {"torch", "onnxruntime", "transformers", "sentence_transformers", "faiss", "sklearn", "hdbscan"}
print("HEAVY", sorted(heavy & set(sys.modules)))
"""


def test_no_page_loads_what_only_a_worker_needs(fresh_database, tmp_path):
    environment = {**os.environ, "DATABASE_URL": fresh_database, "IDEAFLOW_HOME": str(tmp_path)}
    environment |= {"IDEAFLOW_SECRET_KEY": "x"}
    done = subprocess.run(
        [sys.executable, "-c", CODE, *PAGES],
        env=environment, capture_output=True, text=True, cwd=Path(__file__).resolve().parents[1],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert "HEAVY []" in done.stdout
