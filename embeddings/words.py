"""The small words: what a title may not begin or end with, and what makes it read like a fragment."""

from __future__ import annotations


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


ARTICLES = _words("a an the this that these those some any all each every")
OWNERS = _words("my our your his her its their")
PRONOUNS = _words(
    "i me mine myself we us ours ourselves you yours yourself he him she hers it itself they them theirs",
    "who whom whose which what someone anyone everyone something anything nothing everything somebody",
    "anybody nobody",
)
JOINS = _words(
    "and or but so if because as than then though although while when where why how whether until unless",
    "since",
)
PLACES = _words(
    "of at by for with about into onto through during before after to from in out on off over under again",
    "against between within without upon per via up down like around near toward towards across along until",
    "till",
)
HELPERS = _words(
    "am is are was were be been being have has had having do does did doing done will would shall should",
    "can could may might must ought im ive ill id youre hes shes theyre weve theres thats whats its dont",
    "doesnt didnt cant couldnt wont wouldnt isnt arent wasnt werent hasnt havent hadnt shouldnt s t d ll",
    "m re ve don doesn didn couldn wouldn isn aren wasn weren hasn haven hadn shouldn won ain let lets",
    "wed youd theyd itd hed whos hows wheres whens whys heres",
    "gonna gotta wanna thatll itll youll theyll wouldve couldve shouldve",
)
FILLERS = _words(
    "please pls plz hello hi hey dear thanks thank thankyou thx regards cheers sorry ok okay yes no not",
    "never also just only even still yet already too very really quite much many more most less least few",
    "lot lots bit own same such other others another both either neither here there now today tomorrow",
    "yesterday soon ago ever always often sometimes maybe perhaps actually basically currently recently",
    "instead however anyway well oh um got get gets getting go goes going gone went want wants wanted",
    "wanting need needs needed needing would make makes made making know knows knew think thinks thought",
    "believe guess hope feel seem seems see say says said tell told ask asks asked asking try tries tried",
    "trying use used using keep keeps keeping give gives take takes took come comes came put one ones two",
    "three four five six seven eight nine ten twelve thing things stuff way ways kind sort able possible",
    "help wondering wonder guys sir madam team etc eg ie re fw fwd subject lately happen happens happened",
    "happening find out apparently simply exactly etcetera anymore first second third next last every per",
    "almost nearly since because rather eleven twenty thirty forty fifty hundred thousand half dozen mr mrs",
    "ms note noted merely somewhere somehow bye afterwards nobody none again already instead etc kindly",
    "yeah yep nope wow mostly honestly luckily looking likes liked",
)
LANGUAGES = {
    "en": ARTICLES | OWNERS | PRONOUNS | JOINS | PLACES | HELPERS,
    "de": _words(
        "der die das den dem des ein eine einen einem einer und oder aber nicht ist sind wir ich sie er es",
        "uns ihr zu zum zur auf im in mit von für bei aus auch noch nur schon wie was wenn dass kann können",
        "haben hat wird werden bitte guten hallo danke grüsse grüße freundliche freundlichen gruss gruß mfg",
        "jedes jeder jede jeden mal immer wieder ganz alle alles beim diese dieser dieses so da",
        "wäre wären würde würden könnte könnten möchte möchten möglich gerne gern sollte sollten müssen muss",
        "geht gibt dafür dazu sehr man mehr nach über um durch keine kein mich mir unser unsere unseren",
    ),
    "nl": _words(
        "het een de op te dat zijn wij wel niet met voor naar bij ook maar om als kan kunnen graag groet",
        "groeten vriendelijke",
    ),
    "fr": _words(
        "le la les un une du des et ou est sont nous vous je il elle ne pas pour avec dans que qui au aux ce",
        "cette de merci bonjour cordialement sur notre votre nos vos plus",
    ),
    "es": _words(
        "el los las la una un y o no para por se su sus que en de con es nuestro nuestra gracias hola lo",
    ),
    "it": _words("gli di da che non sono grazie buongiorno il la e un una per con"),
    "sv": _words("och är det att som för inte vi jag på"),
}
"""The small words of each language."""
FOREIGN = frozenset().union(*(small for name, small in LANGUAGES.items() if name != "en")) - _words(
    "plus man mehr"
)
TIMES = _words(
    "monday mondays tuesday wednesday thursday friday saturday sunday day days daily week weeks weekly month",
    "months year years hour hours minute minutes second seconds noon midnight morning mornings afternoon",
    "evening night nights january february march april may june july august september october november",
    "december time times date spring summer autumn winter o'clock",
)
"""When something is says little of what it is: a title needs other words beside these."""
ADJECTIVES = _words(
    "new old big small large long short full whole good bad better best wrong right different several few",
    "additional extra certain main own only real simple single",
)
"""These wait for a noun: a title may not end with one."""
GROUPS = _words(
    "team support all everyone everybody colleagues colleague folks ladies gentlemen service customer",
    "sirs desk zusammen damen herren kollegen kolleginnen leute tous equipo equipe allemaal friends",
    "people",
)
"""Whom a greeting may address without naming a person."""
EDGES = ARTICLES | OWNERS | PRONOUNS | JOINS | PLACES | HELPERS | FILLERS | FOREIGN
"""A title neither begins nor ends with one of these."""
NEGATIONS = _words(
    "not no never cannot can't won't doesn't didn't haven't hasn't isn't aren't wasn't weren't don't",
    "couldn't wouldn't without unable cant wont doesnt didnt havent hasnt isnt arent wasnt dont couldnt",
    "nicht kein keine keinen ne pas",
)
"""These turn the meaning round, so a title may begin with one."""
PARTICLES = _words("up out off down back")
"""These belong to the verb before them (top up, opt out), so a title may end with one."""
INNER_TROUBLE = (
    PRONOUNS
    | JOINS
    | HELPERS
    | FILLERS
    | _words(
        "that this und oder aber ist sind wir ich sie er es haben hat wird werden wenn dass",
        "kann können et ou est",
    )
) - NEGATIONS
"""Inside a title these read like a sentence cut short."""
DOERS = _words("i we you he she they it who ich wir sie er es")
"""Inside a title these begin a clause: somebody does something there."""
