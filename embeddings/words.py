"""The small words of English: what a title may not begin or end with, and what it never is."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ARTICLES = _words("a an the this that these those some any all each every")
PRONOUNS = _words(
    "i me my mine myself we us our ours ourselves you your yours yourself he him his she her hers it its "
    "itself they them their theirs who whom whose which what someone anyone everyone something anything "
    "nothing everything somebody anybody"
)
LINKS = _words(
    "and or but so if because as than then though although while when where why how whether until unless "
    "since of at by for with about into onto through during before after to from in out on off over under "
    "again against between within without upon per via up down like around toward towards across along"
)
HELPERS = _words(
    "am is are was were be been being have has had having do does did doing done will would shall should "
    "can could may might must ought im ive ill id youre hes shes theyre weve theres thats whats its dont "
    "doesnt didnt cant couldnt wont wouldnt isnt arent wasnt werent hasnt havent hadnt shouldnt s t d ll "
    "m re ve don doesn didn couldn wouldn isn aren wasn weren hasn haven hadn shouldn won ain let lets"
)
FILLERS = _words(
    "please hello hi hey dear thanks thank thankyou regards cheers sorry ok okay yes no not never also "
    "just only even still yet already too very really quite much many more most less least few lot lots "
    "bit own same such other others another both either neither here there now today tomorrow yesterday "
    "soon ago ever always often sometimes maybe perhaps actually basically currently recently instead "
    "however anyway well oh um got get gets getting go goes going gone went want wants wanted wanting "
    "need needs needed needing like likes would make makes made making know knows knew think thinks "
    "thought see seems seem say says said tell told ask asks asked try tries tried trying use used using "
    "keep keeps keeping give gives take takes took come comes came put let one ones two thing things "
    "stuff way ways kind sort able possible help wondering wonder guys sir madam team etc eg ie re fw fwd"
)
EDGES = ARTICLES | PRONOUNS | LINKS | HELPERS | FILLERS
"""A title neither begins nor ends with one of these."""
NEGATIONS = _words("not no never cannot can't won't doesn't didn't isn't hasn't haven't without")
"""These turn the meaning round, so a title may begin with one."""
