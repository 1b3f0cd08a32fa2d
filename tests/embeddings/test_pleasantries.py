"""What says nothing makes no statement; whatever holds a wish, a complaint or a fact does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.pleasantries import says_nothing
from embeddings.statements import split

NOTHING = """
Merci | Great | Thanks that was quick | Thanks, that was quick. | Any news? | Still waiting
still waiting... | Please leave this open. | You may close | please close the case
OK, please keep me posted | Test | test 2 please ignore | Sent from my iPhone | Great, thanks! | Ok | Yes
Thank you so much! | Many thanks for your help | Cheers | Screenshot follows from my phone
Hi Pavel, version is 6.1.4, screenshot follows from my phone. | Please see attached.
Sorry, wrong recipient. | Oops, sent too early. Disregard. | thanks, works now | It works again.
Noted, thank you | Merry Christmas and a calm new year to the whole support team
Happy Easter to you all | Frohe Weihnachten an alle | Joyeuses fêtes à toute l'équipe
Feliz Navidad a todos | Season's greetings | Bonne année ! | Happy new year!
Vielen Dank für die schnelle Antwort | Danke! | Gibt es schon Neuigkeiten?
Ticket kann geschlossen werden | Das ging schnell, danke. | Merci beaucoup pour votre aide
Des nouvelles ? | C'est parfait, merci | Bien reçu | Muchas gracias por su ayuda | Gracias, perfecto
¿Hay novedades? | Seguimos esperando | Por favor cerrar el ticket | To whom it may concern,
Dear Sir/Madam, | Team, | Mit freundlichen Grüßen | Yes tomorrow at 10 is fine.
I am currently on sick leave. Return unknown.
I'm out of the office until 3 May. In urgent cases call Ruth.
Automatic reply: I will be back on Monday. If you need help, please write to the hotline, open day by day.
Ich bin bis einschließlich Dienstag nicht im Büro. Ihre Nachricht wird nicht weitergeleitet.
Je suis absent jusqu'au 4 mars. | Estoy de vacaciones hasta el lunes.
"""
SOMETHING = """
I'm on holiday and saw a different amount for the exchange rate.
I'm on vacation until May. Can I change my PIN? | Thanks, but the export still fails.
Any news about the label printer? | Still waiting for the page to load
Please leave this field open by default | Test labels print blank | Great, but slow | dark mode???
Please reset my password. | no undo, only regret | refill too late. always. | Where's the undo button?
We never close the ticket ourselves and want to | Merci d'ajouter un mode sombre
Danke, aber der Export geht nicht | Please keep the session open over lunch
Thank you for adding exports, now add filters | Works now but only in Chrome
Gracias, pero falta el botón | The screenshot tool crashes | OK button does nothing
Ok is written in Korean | It works on my phone only | Happy Easter is on the wrong day in the calendar
Our Christmas articles block the best spots | Out of office hours nobody answers the hotline
When I am on holiday nobody can approve orders | I'm on vacation next week, but the import is broken
Yes, please build it | No, we need two units | count = lock. why | sort by truck time pls
Please close the gap between dock and bay | Photo follows the wrong pallet
Wrong recipient on every despatch mail | Still nothing on the handheld after login
Plain text is perfectly fine. | Not really an answer, but thank you. | Please call me back this afternoon
thanks for the quick reply, but no. | Slow. | Crash | 503 | Login | Handhelds losing the network
Label queue | Too expensive | Fixed it myself. Cable. | Good wishes list: dark mode, bigger font
Bitte ein Feld für Seriennummern | Il manque un bouton | Quiero exportar a Excel
"""


def examples(listed: str) -> list[str]:
    return [one.strip() for line in listed.strip().splitlines() for one in line.split(" | ")]


@pytest.mark.parametrize("text", examples(NOTHING))
def test_set_phrases_say_nothing(text):
    assert says_nothing(text)


@pytest.mark.parametrize("text", examples(SOMETHING))
def test_a_wish_a_complaint_or_a_fact_says_something(text):
    assert not says_nothing(text)


@given(st.text(max_size=400))
def test_any_text_can_be_asked(text):
    assert says_nothing(text) in (True, False)


@given(st.sampled_from(examples(NOTHING)))
def test_a_complaint_after_set_phrases_is_heard(text):
    assert not says_nothing(f"{text}\nThe scanner loses the network and fails.")


@pytest.mark.parametrize(
    "line",
    ["Sent from my iPhone", "Von meinem iPhone gesendet", "Envoyé de mon iPhone", "Enviado desde mi iPhone"],
)
def test_a_telephone_s_signature_and_a_writer_s_are_no_part_of_a_statement(line):
    assert [one.text for one in split(f"No labels on line 2.\n\n{line}")] == ["No labels on line 2."]
    signed = f"No labels on line 2.\n\n--\nElina Koski\nSite manager\n\n{line}"
    assert [one.text for one in split(signed)] == ["No labels on line 2."]
