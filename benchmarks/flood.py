"""Fill an empty database with a large, invented company: themes in areas, statements with places."""

import time

from sqlalchemy import text

from ideaflow.db import db, transaction
from ideaflow.themes.levels import levels
from ideaflow.themes.levels.places import place_on_map
from ideaflow.themes.runs.figures import recount

STEPS = (
    """
    INSERT INTO accounts (name, name_key, kind, segment, region, revenue_amount, currency)
    SELECT 'Customer ' || n, 'customer ' || n, CASE WHEN n % 9 = 0 THEN 'prospect' ELSE 'customer' END,
        (ARRAY['3PL', 'Food', 'Retail', 'Pharma'])[1 + n % 4], (ARRAY['DACH', 'Nordics', 'UK'])[1 + n % 3],
        50000 + (n * 7919) % 900000, 'EUR'
    FROM generate_series(1, :accounts) n
    """,
    """
    INSERT INTO feedback_items (text, part, source, source_id, said_at, account_id, read_at)
    SELECT 'On line ' || n % 97 || ' the ' || (ARRAY['handheld', 'label printer', 'dock gate', 'report',
            'pallet scan', 'login page', 'count sheet'])[1 + n % 7] || ' stops after '
            || 2 + n % 11 || ' minutes and we start the ' || (ARRAY['pick', 'shift', 'truck'])[1 + n % 3]
            || ' again.',
        'description', 'flood', n::text, timestamptz '2026-11-18 09:00+00' - (n % 700) * interval '1 day',
        (SELECT min(id) FROM accounts) + (n * 31 + n / 7) % :accounts, now()
    FROM generate_series(1, :statements) n
    """,
    """
    INSERT INTO statements (item_id, position, text, begins_at, ends_at)
    SELECT id, 0, text, 0, length(text) FROM feedback_items ORDER BY id
    """,
    """
    INSERT INTO areas (title, theme_count)
    SELECT 'The ' || (ARRAY['dock', 'floor', 'stock', 'office', 'label', 'system'])[1 + n % 6]
            || ' ' || n, 1
    FROM generate_series(1, :areas) n
    """,
    """
    INSERT INTO theme_runs (state, seed, statement_count, theme_count, started_at, finished_at)
    VALUES ('done', 7, :statements, :themes, now(), now())
    """,
    """
    CREATE TEMP TABLE directions ON COMMIT DROP AS
    SELECT n AS at, l2_normalize(CAST(
        (SELECT array_agg(random() - .5) FROM generate_series(1 + 0 * n, 384)) AS vector(384))) AS one
    FROM generate_series(1, :areas + :themes + 500) n
    """,
    """
    INSERT INTO themes (title, quote, state, area_id, centroid, trend, born_run_id)
    SELECT (ARRAY['Handheld', 'Label', 'Dock', 'Report', 'Pallet', 'Login', 'Count'])[1 + n % 7]
            || ' ' || (ARRAY['stops', 'is slow', 'forgets', 'comes late', 'prints twice'])[1 + n % 5]
            || ' ' || (ARRAY['mid-shift', 'on Monday', 'in the freezer'])[1 + (n / 5) % 3] || ' ' || n,
        'It stops and we start again.', 'new', a.id,
        CAST(l2_normalize(far.one + own.one) AS halfvec(384)), 'as_usual', (SELECT max(id) FROM theme_runs)
    FROM generate_series(1, :themes) n
    JOIN (SELECT id, row_number() OVER (ORDER BY id) AS at FROM areas) a ON a.at = 1 + n % :areas
    JOIN directions far ON far.at = a.at
    JOIN directions own ON own.at = :areas + n
    """,
    """
    INSERT INTO sub_themes (theme_id, title, quote)
    SELECT t.id, 'Part ' || p || ' of ' || t.title, 'We start again.' FROM themes t, generate_series(1, 3) p
    WHERE t.id % 2 = 0
    """,
    """
    WITH numbered AS (SELECT id, row_number() OVER (ORDER BY id) AS at FROM statements),
        homes AS (SELECT id, row_number() OVER (ORDER BY id) AS at FROM themes),
        parts AS (SELECT id, theme_id, row_number() OVER (PARTITION BY theme_id ORDER BY id) AS at
                  FROM sub_themes)
    INSERT INTO theme_memberships (statement_id, theme_id, strength, likeness, placed_by, sub_theme_id)
    SELECT n.id, h.id, .3 + .7 * random(), .3 + .7 * random(), 'engine', p.id
    FROM numbered n
    JOIN homes h ON h.at = 1 + floor(:themes * power((n.at * 0.6180339887) % 1, 1.6))
    LEFT JOIN parts p ON p.theme_id = h.id AND p.at = 1 + n.at % 4
    WHERE n.at % 20 <> 0
    """,
    """
    INSERT INTO statement_vectors (statement_id, mean, mean4, model, sorted_at)
    SELECT s.id, v.one, v.one, 'flood', now() FROM statements s
    LEFT JOIN theme_memberships m ON m.statement_id = s.id
    LEFT JOIN themes t ON t.id = m.theme_id
    JOIN directions a ON a.at = 1 + s.id % (:areas + :themes + 500)
    JOIN directions b ON b.at = 1 + (s.id * 7) % (:areas + :themes + 499)
    CROSS JOIN LATERAL (
        SELECT l2_normalize(coalesce(t.centroid::vector + t.centroid::vector, a.one) + a.one + b.one)
            ::halfvec(384) AS one
    ) v
    """,
    "ANALYZE",
)


def flood(statements: int = 100_000, themes: int = 60, areas: int = 8, accounts: int = 900) -> None:
    """Fill the database; figures are counted as after a run."""
    values = {"statements": statements, "themes": themes, "areas": areas, "accounts": accounts}
    with transaction() as session:
        for step in STEPS:
            session.execute(text(step), {name: value for name, value in values.items() if f":{name}" in step})
        recount([row[0] for row in session.execute(text("SELECT id FROM themes"))], all_trends=True)
        levels.recount_areas()
        began = time.perf_counter(), time.process_time()
        place_on_map()
        spent = time.perf_counter() - began[0], time.process_time() - began[1]
    print(f"placed {statements:,} statements of {themes:,} themes: {spent[0]:.1f} s, {spent[1]:.1f} CPU s")
    db.session.remove()
