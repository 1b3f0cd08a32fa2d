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
    "against between within without upon per via up down like around toward towards across along until",
    "till",
)
HELPERS = _words(
    "am is are was were be been being have has had having do does did doing done will would shall should",
    "can could may might must ought im ive ill id youre hes shes theyre weve theres thats whats its dont",
    "doesnt didnt cant couldnt wont wouldnt isnt arent wasnt werent hasnt havent hadnt shouldnt s t d ll",
    "m re ve don doesn didn couldn wouldn isn aren wasn weren hasn haven hadn shouldn won ain let lets",
    "gonna gotta wanna",
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
    "almost nearly since because",
)
FOREIGN = _words(
    "der die das den dem des ein eine einen einem einer und oder aber nicht ist sind wir ich sie er es",
    "uns ihr zu zum zur auf im in mit von für bei aus auch noch nur schon wie was wenn dass kann können",
    "haben hat wird werden bitte guten hallo danke grüsse grüße freundliche freundlichen gruss gruß mfg",
    "geht gibt het een de op te dat zijn wij wel niet met voor naar bij ook maar om als kan kunnen graag",
    "groet groeten vriendelijke le la les un une du et ou est sont nous vous je il elle ne pas pour avec",
    "dans que qui au aux ce cette merci bonjour cordialement el los las una y o no para por se su sus",
    "gracias hola lo gli e di da che non sono grazie buongiorno och är det att som för inte vi jag på",
)
EDGES = ARTICLES | OWNERS | PRONOUNS | JOINS | PLACES | HELPERS | FILLERS | FOREIGN
"""A title neither begins nor ends with one of these."""
NEGATIONS = _words("not no never cannot can't won't doesn't didn't haven't couldn't without")
"""These turn the meaning round, so a title may begin with one."""
PARTICLES = _words("up out off down back")
"""These belong to the verb before them (top up, opt out), so a title may end with one."""
INNER_TROUBLE = (PRONOUNS | JOINS | HELPERS | FILLERS | _words("that this")) - _words(
    "not no never cannot cant wont doesnt didnt isnt hasnt havent couldnt without"
)
"""Inside a title these read like a sentence cut short."""
