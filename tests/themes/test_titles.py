"""What themes are called in the records: by what customers say, never by who said it."""

from ideaflow.themes import service


def test_no_title_names_a_contact_or_a_user(by_hand, say, make, about):
    make.contact(name="Dorrit Quistorp", email="d.zarquon@brinkmann.example")
    for number in range(6):
        say("wifi", account=number, text=f"quistorp wifi network zarquon wifi network {number}")
    service.refresh()
    title = about("wifi").title.casefold()
    assert "wifi" in title
    assert "quistorp" not in title
    assert "zarquon" not in title
