"""A small inbox, written by hand: five needs and some noise."""

NEEDS = {
    "export": [
        "The CSV export times out when the report is large",
        "Exporting our monthly report to a spreadsheet never finishes",
        "I cannot download the report as CSV, it just hangs",
        "Report export fails with a timeout",
        "Downloading big reports to Excel takes forever and then stops",
        "export of reports to csv keeps failing",
        "Why does the spreadsheet export of my report stop halfway?",
        "Our analysts need the report export to work for more than 10,000 rows",
    ],
    "sign-in": [
        "Single sign-on sends our people back to the login page",
        "SSO with Okta is broken, users cannot log in",
        "We get logged out in a loop when we sign in with Azure AD",
        "Login through single sign-on fails since Monday",
        "Our staff can't sign in via SSO any more",
        "sso login loop, nobody in the office can get in",
        "Signing in with our company account returns to the login screen",
        "Okta login does not work for new users",
    ],
    "dark": [
        "Please add a dark mode",
        "A dark theme would spare our eyes on night shift",
        "The white background is too bright at night, we want a dark mode",
        "Is there a dark theme for the app?",
        "dark mode pls",
        "Dark mode for the dashboard would be wonderful",
        "My team works nights and the bright screen hurts, give us a dark theme",
        "When will you support dark mode?",
    ],
    "invoice": [
        "The VAT number is missing on our invoice",
        "Invoices do not show the tax id, our accountant rejects them",
        "We need our VAT id printed on every invoice",
        "Can you put the purchase order number and VAT on the invoice?",
        "invoice without vat number is useless for us",
        "Our finance department cannot book invoices without a tax number",
        "Tax details are wrong on the invoice PDF",
        "Please correct the VAT on last month's invoice",
    ],
    "mobile": [
        "The mobile app crashes when I open a photo",
        "App on my iPhone closes itself when attaching pictures",
        "Android app crashes on uploading an image",
        "Every time I add a photo in the phone app it crashes",
        "mobile app keeps crashing with pictures",
        "The iPad app quits as soon as I attach a photo",
        "Uploading images from the phone makes the app crash",
        "Photo upload crashes your app on Samsung phones",
    ],
}
NOISE = [
    "The coffee at your conference was excellent",
    "Do you know a good hotel in Lisbon?",
    "asdf test test",
    "Who won the football match yesterday?",
]
TEXTS = [text for texts in NEEDS.values() for text in texts]
TRUTH = [number for number, texts in enumerate(NEEDS.values()) for _ in texts]
