"""A product manager finds a theme again under the name she knows, as long as it fits."""

from hypothesis import given
from hypothesis import strategies as st

from ideaflow.themes.runs.titles import Called, settle

KNOWN = Called("Label printer queue", "Stuck printer queue", ("jam", "paper"), shared=0.8, carriers=5)


def test_a_theme_that_means_the_same_keeps_its_title():
    assert settle({1: KNOWN}) == {1: "Label printer queue"}
    much_grown = Called("Label printer queue", "Stuck queue", shared=0.3, likeness=0.97, carriers=5)
    assert settle({1: much_grown}) == {1: "Label printer queue"}


def test_a_theme_that_moved_takes_the_fresh_title():
    moved = Called("Label printer queue", "Gloves in the cold", shared=0.4, likeness=0.7, carriers=5)
    assert settle({1: moved}) == {1: "Gloves in the cold"}


def test_a_title_of_which_a_word_is_said_no_more_is_replaced():
    assert settle({1: Called("Label printer", "Stuck queue", shared=0.9, carriers=1)}) == {1: "Stuck queue"}


def test_a_name_given_by_a_human_stays_whatever_happens():
    named = Called("Ours", "Theirs", is_fixed=True)
    other = Called("Ours", "Theirs", shared=1.0, carriers=9)
    assert settle({2: other, 1: named}) == {1: "Ours", 2: "Theirs"}


def test_who_is_new_takes_no_title_away():
    new = Called("", "label printer queue", ("roll",))
    assert settle({2: new, 1: KNOWN}) == {1: "Label printer queue", 2: "label printer queue: roll"}


words = st.sampled_from(["A b", "a B", "C d", "E"])


@given(
    st.dictionaries(
        st.integers(1, 9),
        st.builds(
            Called,
            words | st.just(""),
            words,
            st.lists(words, max_size=3),
            shared=st.floats(0, 1),
            carriers=st.integers(0, 3),
        ),
        max_size=9,
    )
)
def test_no_two_themes_share_a_title(themes):
    titles = settle(themes)
    assert set(titles) == set(themes)
    assert all(titles.values())
    assert len({title.casefold() for title in titles.values()}) == len(titles)
