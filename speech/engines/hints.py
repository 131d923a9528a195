"""What a Whisper is told of the answer awaited: a few words of it, so that it spells and counts right.

It is a nudge and no grammar: anything else can still be heard. Short, because every word costs decoding.
"""

HINTS: dict[str, str] = {
    "yes_no": "oui, non, d'accord, tout à fait, pas du tout",
    "choice": "le premier, le deuxième, le troisième, l'autre, aucun des deux",
    "date": "lundi, mardi, mercredi, jeudi, vendredi, demain, le 12 janvier, la semaine prochaine",
    "time": "à 9 heures, 10 h 30, midi, dans l'après-midi",
    "phone": "06 12 34 56 78",
    "dossier": "numéro de dossier, A B C, 2026, 0457",
    "reference": "référence, A B C, 4821",
    "name": "Martin, Lefèvre, Jean-Baptiste, M A R T I N",
    "place": "rue, avenue, place, impasse, devant, en face de, au numéro 12",
    "count": "un, deux, trois, quatre personnes",
    "birth_date": "né le 3 mars 1958, 14 juillet 1972",
    "amount": "25 euros, 12 euros 50",
    "postcode": "code postal, 97200, 35000",
    "age": "18 ans, 65 ans, 6 mois",
    "email": "prenom.nom arobase, point fr, tiret",
}
"""By kind of answer; none for an open question, where any hint would only narrow."""


def hint_for(expects: str | None) -> str:
    """The hint of a kind of answer; empty where there is none."""
    return HINTS.get(expects or "", "")
