"""What customers write without saying anything: thanks, chasers, greetings, out-of-office replies.

A short text says nothing when each of its clauses is one of these set phrases. One clause that is not
makes the whole text count: a statement too many does less harm than a wish that nobody hears.
English, German, French and Spanish.
"""

from __future__ import annotations

import re

from embeddings.boilerplate import GREETING, SENT_FROM

MOST_WORDS = 15
"""A longer text is taken to say something, unless it is an out-of-office reply."""

_CLAUSE_END = re.compile(
    r"[.!?…;:,\n()\[\]\"“”„«»¡¿]+|\s[-–—]+\s|\s*[\U0001F300-\U0001FAFF☀-➿\uFE0F]+\s*"
    r"|\s(?:and|und|et|y|&)\s",
    re.IGNORECASE,
)
_WHO = (
    r"(?: (?:to|from|for|an|von|für|à|de|para|a) (?:(?:the|our|your|you|all|of|us|whole|in|at|everyone|"
    r"everybody|"
    r"both|team|support|hotline|das|dem|die|ganze|euch|ihnen|alle|alles|vous|tous|toute|l'équipe|todos|"
    r"todo|el|"
    r"equipo|vosotros|ustedes)(?: |$)){1,6}(?:\w+)?)?"
)
_TICKET = r"(?:this|it|the|my|that)(?: (?:one|ticket|case|request|issue|thread|matter))?"

_PHRASES = (
    # English: thanks and praise of an answer.
    r"(?:many |ok |okay |great |perfect )?(?:thanks|thank you|thankyou|thx|ty|cheers|much appreciated)"
    r"(?: (?:so|very) much| a lot| a million| a bunch| again| in advance| indeed| both| all| everyone| team)*"
    r"(?: for (?:(?:all|the|your|that|this|such|a|quick|fast|kind|prompt|swift|great|good) ?)+"
    r"(?:help|reply|response|answer|support|time|patience|feedback|update|info|information|effort|attention|"
    r"understanding|work)(?: yesterday| today| this morning)?)?"
    r"(?: (?:that|this|it) was (?:very |really )?(?:quick|fast|kind|helpful|great|perfect))?",
    r"(?:(?:that|this|it)(?: was|'s| is) )?(?:very |really |super |so |just |all )?(?:great|good|perfect|"
    r"excellent|"
    r"wonderful|awesome|nice|brilliant|lovely|fantastic|super|cool|quick|fast|helpful|kind|fine)"
    r"(?: (?:of you|job|work|stuff|news|help))?",
    r"(?:have a|enjoy (?:the|your)) (?:(?:great|nice|good|lovely) )?(?:day|week|weekend|evening|one|"
    r"holidays?)"
    r"(?: too)?",
    r"(?:(?:best|kind|kindest|warm|good|many|with) )*(?:regards|wishes|greetings|best|sincerely|br|"
    r"kr)(?: for \w+)?" + _WHO,
    r"(?:yes|no|ok|okay|k|sure|fine|agreed|noted|understood|got it|received|done|sounds good|will do|well|"
    r"hm+|oh|"
    r"right|exactly|correct|same to you|you too|you're welcome|no problem|no worries|never ?mind|all good|"
    r"all clear|no further questions?|nothing else|that's all|that is all)(?: (?:then|now|thanks|"
    r"thank you))?",
    # English: waiting, closing, attachments, tests and mails sent in error.
    r"(?:still waiting|i'?m still waiting|i am still waiting|we(?:'re| are) still waiting|still nothing|"
    r"(?:is there |are there |do you have |have you )?any (?:news|updates?|progress|reply|answer|status)"
    r"(?: (?:on|about|for|regarding) (?:this|it|that|the ticket|the case|my ticket|us|me))?(?: yet| please)?|"
    r"(?:just )?(?:following up|checking in|a (?:gentle |friendly |quick )?reminder|gentle reminder)"
    r"(?: on (?:this|it))?|bump|ping)",
    r"(?:please |pls |kindly |(?:and )?you (?:may|can) |(?:we|i) can |let's |ok to |feel free to )*"
    rf"(?:close|leave|keep)(?: {_TICKET})?(?: open| closed)?(?: now| for now| then| please)?",
    rf"(?:{_TICKET}|ticket|case) (?:may|can) (?:be closed|stay open|be left open)(?: now)?",
    r"(?:please |pls |do )*(?:keep (?:me|us) (?:posted|updated|informed|in the loop)|let (?:me|us) know)",
    r"(?:this is (?:just |only )?a |just (?:a )?|only (?:a )?)?test(?:ing)?(?: (?:\d+|please ignore|mail|"
    r"message))*",
    r"(?:please |pls |kindly )?(?:ignore|disregard)(?: (?:this|my|the|it|that))?(?: (?:last|previous))?"
    r"(?: (?:e-?mail|mail|message|one|ticket))?|oops|sorry|wrong (?:recipient|address|window|ticket)|"
    r"(?:it was |this was )?sent (?:too early|by mistake|in error)",
    r"(?:(?:the|a|my) )?(?:screenshots?|pictures?|photos?|files?|logs?|attachments?|documents?) "
    r"(?:follows?|to follow|will follow|(?:is |are )?(?:attached|enclosed|below))"
    r"(?: (?:from|by|in) (?:my |a |the )?(?:phone|mobile|mail|e-?mail|separate mail|minute))?",
    r"(?:please )?(?:see|find)(?: the)? (?:attached|attachment|enclosed|below)|as (?:discussed|agreed|"
    r"promised)|"
    r"(?:the |our )?version(?: is)? v?\d[\d]*",
    r"(?:it |everything |all |now )*(?:works|working|resolved|solved|fixed)(?: (?:now|again|fine|well|"
    r"for me|itself))*",
    r"i(?:'ll| will) (?:try|check|test)(?: (?:it|that|this))?(?: out)?|unsubscribe|no remarks|"
    r"it(?:'s| has) been (?:\w+) (?:days|weeks|months)(?: now)?|"
    r"(?:today|tomorrow|(?:next )?(?:mon|tues|wednes|thurs|fri)day)(?: at \d+)? (?:is fine|works|suits me|"
    r"is ok)",
    # Salutations and greetings of the season.
    r"(?:hi|hello|hey|dear|hallo|liebe[rs]?|sehr geehrte[rs]?|bonjour|salut|hola|buenos días|"
    r"buenas(?: tardes)?|"
    r"guten (?:tag|morgen|abend)|moin|servus|grüezi|good (?:morning|afternoon|evening|day)|ciao)"
    r"(?: (?:all|there|team|support|sir/madam|sir|madam|mr|mrs|ms|herr|frau|damen|herren|mitenand|"
    r"zusammen|à tous|"
    r"a todos|everyone|everybody|folks|guys))*",
    r"(?:to whom it may concern|(?:to |an )?(?:the |das )?(?:[\w-]+ ){0,3}team|looking forward)",
    r"(?:(?:we |i )?(?:wish|wishing)(?: you)?(?: all)? )?(?:a )?(?:very )?(?:merry|happy|calm|good|"
    r"healthy|blessed|prosperous|"
    r"peaceful)(?: (?:christmas|xmas|new year|easter|holidays?|thanksgiving|eid|diwali|hanukkah|birthday))"
    + _WHO,
    r"season'?s greetings"
    + _WHO
    + r"|from (?:all of us|us all|everyone|the (?:whole |entire )?team)(?: [\w']+){0,4}",
    r"(?:ein(?:en?)? )?(?:frohe[sn]?|fröhliche|schöne[sn]?|gute[snr]?|besinnliche|"
    r"gesegnete) (?:weihnachten|ostern|fest|feiertage|"
    r"(?:neue[sn]? )?jahr|rutsch(?: ins neue jahr)?|start ins (?:wochenende|neue jahr)|wochenende|tag|"
    r"abend|woche)" + _WHO,
    r"(?:joyeux noël|joyeuses (?:fêtes|pâques)|(?:une )?bonne (?:année|journée|soirée|semaine)|"
    r"bon week-end|bonnes fêtes|"
    r"meilleurs vœux)" + _WHO,
    r"(?:feliz (?:navidad|año(?: nuevo)?|día|semana)|felices (?:fiestas|pascuas)|"
    r"(?:un )?próspero año(?: nuevo)?|"
    r"que tengan? (?:un )?buen (?:día|fin de semana))" + _WHO,
    # German.
    r"(?:vielen |herzlichen |besten |schönen |tausend |ok |super |alles klar )?(?:dank|danke)(?: (?:schön|"
    r"sehr|ihnen|dir|euch|nochmals|"
    r"im voraus|vielmals))*(?: für (?:die|ihre|eure|deine|das) (?:schnelle |rasche |prompte |"
    r"gute )?(?:hilfe|antwort|rückmeldung|"
    r"unterstützung|info|geduld))?",
    r"(?:das (?:war|ging|ist) |sehr |alles )*(?:super|prima|perfekt|toll|klasse|schnell|gut|klar|bestens|"
    r"erledigt|verstanden|"
    r"in ordnung|passt|ja|nein|gerne|genau|okay)(?: so)?",
    r"(?:gibt es |haben sie )?(?:schon )?(?:was neues|neuigkeiten|etwas neues)|(?:ich |"
    r"wir )?warten? (?:immer )?noch(?: auf antwort)?|"
    r"bitte (?:offen lassen|schließen|ignorieren|auf dem laufenden halten|ticket schließen|"
    r"das ticket (?:schließen|offen lassen))|"
    r"(?:das )?ticket kann geschlossen werden|halten sie mich (?:bitte )?auf dem laufenden|"
    r"(?:(?:ein )?screenshot|bild|foto|anhang|datei) (?:folgt|anbei|im anhang)|siehe anhang|"
    r"(?:(?:es |alles )?(?:funktioniert|geht|läuft))(?: (?:jetzt|wieder))+|"
    r"(?:(?:mit |viele |beste |liebe |freundlichen? |schöne )+(?:grüße[n]?|grüsse[n]?|gruß|gruss))|grüße|"
    r"gruß|mfg",
    # French.
    r"(?:ok |super |parfait )?(?:merci|un grand merci|grand merci|mille mercis)(?: (?:beaucoup|bien|"
    r"encore|d'avance|infiniment|à tous|à vous))*"
    r"(?: pour (?:votre|la|l'|vos) ?(?:aide|réponse(?: rapide)?|retour|patience|réactivité|support))?",
    r"(?:c'est |c'était |très )*(?:parfait|super|génial|rapide|noté|compris|d'accord|entendu|bien reçu|"
    r"oui|non|gentil)",
    r"(?:des nouvelles|du nouveau|avez-vous des nouvelles|(?:j'attends|nous attendons|"
    r"on attend) (?:toujours|encore)|toujours rien|"
    r"(?:vous pouvez |veuillez |merci de )(?:fermer|clore|clôturer|laisser ouvert|laisser)(?: (?:le|"
    r"ce) ticket)?(?: ouvert)?|"
    r"(?:veuillez |merci de )?(?:ignorer|ignorez)(?: ce (?:message|mail))?|tenez-moi (?:au courant|"
    r"informée?)|"
    r"(?:capture|photo|fichier)(?: d'écran)? (?:suit|ci-jointe?|en pièce jointe)|voir pièce jointe|"
    r"(?:ça|cela|tout) (?:marche|fonctionne)(?: (?:maintenant|à nouveau|de nouveau))|"
    r"(?:bien )?cordialement|bien à vous)",
    # Spanish.
    r"(?:ok |vale |perfecto )?(?:muchas |mil |muchísimas )?gracias(?: (?:a todos|de nuevo|de antemano|"
    r"otra vez|por todo))*"
    r"(?: por (?:su|la|tu|vuestra) (?:rápida )?(?:ayuda|respuesta(?: rápida)?|paciencia|atención|apoyo))?",
    r"(?:(?:ha sido|fue|es|muy|todo) )*(?:perfecto|genial|estupendo|rápido|vale|bien|entendido|recibido|"
    r"de acuerdo|sí|listo|amable)",
    r"(?:hay |tienen |tenéis )?(?:alguna )?(?:novedad(?:es)?|noticias?)|(?:sigo|seguimos|todavía|"
    r"aún) esperando|"
    r"(?:pueden |puede |por favor )+(?:cerrar|cierren?|dejar|dejen)(?: (?:el|este) (?:ticket|"
    r"caso))?(?: abierto)?|"
    r"(?:por favor )?ignoren?(?: este (?:mensaje|correo))?|mant[eé]ng?an?me (?:informad[oa]|al tanto)|"
    r"(?:la )?(?:captura|foto)(?: de pantalla)? (?:sigue|adjunta)|ver adjunto|(?:ya|"
    r"ahora) funciona(?: (?:bien|todo))?|prueba|"
    r"(?:un )?saludos?(?: cordiales?)?|atentamente",
)
_EMPTY = re.compile("|".join(f"(?:{one})" for one in _PHRASES), re.IGNORECASE)

_AWAY = re.compile(
    r"^\W*(?:(?:automatic reply|auto-?reply|automatische antwort|abwesenheitsnotiz|réponse automatique|"
    r"respuesta automática)\b"
    r"|(?:[^.!\n]{0,80}[.!,\n]\s*){0,2}(?:"
    r"(?:i am|i'm|i will be|i'll be)(?: currently| now)? (?:out of (?:the )?office|"
    r"away from (?:the office|my desk)|"
    r"on (?:(?:annual|sick|parental|maternity|paternity|medical) leave|leave|vacation|holidays?))\b"
    r"|ich bin [^.\n]{0,40}\b(?:nicht im (?:büro|haus)|außer haus|abwesend|im urlaub|in elternzeit)\b"
    r"|je (?:suis|serai) (?:actuellement )?(?:absente?|en (?:congés?|vacances)|hors du bureau)\b"
    r"|(?:estoy|estaré) (?:actualmente )?(?:fuera de la oficina|de vacaciones|ausente)\b))",
    re.IGNORECASE,
)
_UNTIL = re.compile(
    r"\b(?:until|till|return\w*|back (?:on|in|at)|be back|limited access|no access|bis|ab dem|wieder da|"
    r"zurück|jusqu|retour|hasta|vuelvo|regreso|volveré)",
    re.IGNORECASE,
)
_IN_CASE = re.compile(
    r"\b(?:if|should|in case) (?:you|it|your)\b[^.\n]{0,120}|\bin urgent cases\b|\bim notfall\b"
    r"|\b(?:falls|wenn|si)\b[^.\n]{0,120}|\bwird nicht weitergeleitet\b",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"\b(?:need|want|wish|would like|we'd like|i'd like|request|feature|broken|does ?n[o']t|"
    r"do ?n[o']t work|can ?not|can't|"
    r"error|fails?|failed|bug|crash\w*|slow|missing|stuck|problem|issue|wrong|noticed|stolen|charged|lost|"
    r"brauchen?|wünsch\w*|fehler|kaputt|"
    r"fehlt|"
    r"funktioniert|geht nicht|besoin|souhait\w*|voudr\w*|aimer\w*|erreur|panne|marche|fonctionne|manque|"
    r"necesit\w*|quisier\w*|querr\w*|falla|funciona|falta)\b",
    re.IGNORECASE,
)


def says_nothing(text: str) -> bool:
    """Return whether a text holds nothing but set phrases: no wish, no complaint, no fact.

    >>> says_nothing("Thanks, that was quick!"), says_nothing("Thanks, but the export still fails.")
    (True, False)
    """
    if is_away(text):
        return True
    said = " ".join(line for line in text.splitlines() if not SENT_FROM.match(line.strip()[:80]))
    said = re.sub(r"\s+", " ", said.replace("’", "'")).strip()
    if len(said.split()) > MOST_WORDS:
        return False
    greeted = GREETING.match(said)
    if greeted and greeted.group().rstrip().endswith((",", "!", ":", "–", "-")):
        said = said[greeted.end() :]
    said = re.sub(r"^(?:yes|no|ok|okay|ja|oui|sí) (?=\w)", "", said, flags=re.IGNORECASE)
    clauses = [clause.strip(" -–—*'") for clause in _CLAUSE_END.split(re.sub(r"(?<=\d)\.(?=\d)", "", said))]
    spoken = [clause for clause in clauses if any(map(str.isalnum, clause))]
    return any(map(str.isalnum, text)) and all(_EMPTY.fullmatch(clause) for clause in spoken)


def is_away(text: str) -> bool:
    """Return whether a text is only an out-of-office reply: it says until when, and asks nothing."""
    plain = text.replace("’", "'")
    return (
        _AWAY.match(plain[:400]) is not None
        and _UNTIL.search(plain) is not None
        and "?" not in plain
        and not _SAYS.search(_IN_CASE.sub(" ", plain))
    )
