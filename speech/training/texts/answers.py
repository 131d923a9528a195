# ruff: noqa: E501, SIM905  long lists of words read better as text
"""Short answers: yes and no, days, hours, names, letters, references, commands."""

import random

from speech.grammar.numbers import UNITS, below_hundred, cardinal
from speech.training.texts.numbers import any_number, phone

YES = (
    "oui|ouais|oui oui|oui merci|oui voilà|oui c'est ça|oui tout à fait|oui d'accord|ok|d'accord|ça marche|"
    "tout à fait|"
    "absolument|exactement|c'est ça|voilà|parfait|je veux bien|volontiers|mais si|si si|oui s'il vous plaît|"
    "bien sûr|"
    "entendu|c'est bon|c'est bien ça|oui c'est exact|ça me va|ça me convient|très bien|oui allez-y|ben oui|"
    "mais oui|oui je confirme|je confirme|affirmatif|c'est correct|pas de problème|avec plaisir|oui madame|"
    "oui monsieur"
).split("|")
NO = (
    "non|nan|non non|non merci|pas du tout|absolument pas|ça ira|surtout pas|ça m'arrange pas|ah non|mais "
    "non|"
    "non pas vraiment|non c'est pas ça|ce n'est pas ça|non ce n'est pas ça|non plutôt|non je me suis trompé|"
    "non c'est faux|je ne préfère pas|pas maintenant|non ça va|non c'est tout|c'est pas bon|non madame|non "
    "monsieur|"
    "je ne veux pas|non je ne peux pas|jamais|pas question|ça ne me convient pas|ça va pas"
).split("|")
COMMANDS = (
    "répétez|vous pouvez répéter|répétez s'il vous plaît|pardon|comment|hein|j'ai pas entendu|je n'ai pas "
    "compris|redites|"
    "plus lentement|parlez moins vite|parlez plus fort|un instant|attendez|ne quittez pas|quittez pas|une "
    "seconde|"
    "je prends un stylo|agent|un agent|une personne|un conseiller|un humain|je veux parler à quelqu'un|"
    "passez-moi l'accueil|"
    "je veux parler à une personne|au secours|retour|menu|menu principal|annuler|annulez|recommencez|stop|"
    "arrêtez|suivant|"
    "précédent|au revoir|merci au revoir|merci beaucoup|c'est tout|c'est tout merci|bonne journée|bonne "
    "soirée|bonjour|"
    "bonsoir|allô|allô bonjour|rappelez-moi|on peut me rappeler|je rappellerai|étoile|dièse|aide|le premier|"
    "le deuxième|"
    "le troisième|la première|la deuxième|la troisième|le dernier|la dernière|l'un ou l'autre|ni l'un ni "
    "l'autre|aucun|aucune|"
    "je ne sais pas|je sais pas|peu importe|comme vous voulez|l'autre|les deux|je me suis trompé|corriger|"
    "modifier|valider"
).split("|")
DAYS = "lundi mardi mercredi jeudi vendredi samedi dimanche".split()
MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
PARTS = "le matin|l'après-midi|le soir|à midi|en fin de journée|en début d'après-midi|en fin de matinée|dans la matinée".split(
    "|"
)
RELATIVE = (
    "aujourd'hui|demain|après-demain|hier|avant-hier|ce matin|cet après-midi|ce soir|demain matin|demain "
    "après-midi|"
    "la semaine prochaine|la semaine d'après|le mois prochain|dans huit jours|dans quinze jours|dans une "
    "semaine|"
    "dans trois semaines|le plus tôt possible|dès que possible|n'importe quand|début décembre|fin janvier|"
    "mi-mars|"
    "après les fêtes|à la rentrée|pendant les vacances|en début de semaine|en fin de semaine|le week-end"
).split("|")
LETTERS = (
    "a|bé|cé|dé|eu|effe|gé|hache|i|ji|ka|elle|aime|enne|o|pé|ku|erre|esse|té|u|vé|double vé|ixe|i grec|zède|"
    "e accent aigu|"
    "e accent grave|c cédille|tiret|apostrophe|espace|deux enne|deux elle|deux esse|deux té|i tréma|arobase|"
    "point|tiret du six"
).split("|")
SPELLING = dict(
    zip(
        "a|bé|cé|dé|eu|effe|gé|hache|i|ji|ka|elle|aime|enne|o|pé|ku|erre|esse|té|u|vé|double vé|ixe|i grec|"
        "zède".split("|"),
        "Anatole Berthe Célestin Désiré Eugène François Gaston Henri Irma Joseph Kléber Louis Marcel Nicolas "
        "Oscar Pierre "
        "Quintal Raoul Suzanne Thérèse Ursule Victor William Xavier Yvonne Zoé".split(),
        strict=True,
    )
)
FIRST_NAMES = (
    "Marie Jean Pierre Jeanne Michel Nathalie Philippe Isabelle Alain Sylvie Patrick Catherine Nicolas "
    "Martine Christophe "
    "Christine Laurent Sandrine Julien Stéphanie Sébastien Céline Thomas Julie Kévin Aurélie Alexandre "
    "Camille Lucas Emma Hugo "
    "Léa Louis Chloé Gabriel Manon Raphaël Inès Arthur Jade Mohamed Fatima Karim Leïla Mehdi Samira Aïcha "
    "Ibrahim Mamadou "
    "Aminata Joël Marlène Rosette Maryse Ghislaine Guylène Eddy Fred Rodrigue Mickaël Steeve Audrey Yannick "
    "Évelyne Josiane "
    "Raymonde Lucien Ferdinand Ginette Yvette Odette René Roger Marcel Simone Denise Georges Gérard Bernard "
    "Françoise Monique "
    "Thierry Véronique Éric Valérie Olivier Corinne Bruno Agnès Guillaume Mathilde Antoine Pauline Benoît "
    "Clémence Grégory"
).split()
LAST_NAMES = (
    "Martin|Bernard|Dubois|Thomas|Robert|Richard|Petit|Durand|Leroy|Moreau|Simon|Laurent|Lefebvre|Michel|"
    "Garcia|David|"
    "Bertrand|Roux|Vincent|Fournier|Morel|Girard|André|Lefèvre|Mercier|Dupont|Lambert|Bonnet|François|"
    "Martinez|Legrand|"
    "Garnier|Faure|Rousseau|Blanc|Guérin|Muller|Henry|Roussel|Nicolas|Perrin|Morin|Mathieu|Clément|Gauthier|"
    "Dumont|Lopez|"
    "Fontaine|Chevalier|Robin|Masson|Sanchez|Gérard|Nguyen|Boyer|Denis|Lemaire|Duval|Joly|Gautier|Roger|"
    "Roche|Roy|Noël|"
    "Meyer|Lucas|Meunier|Jean-Baptiste|Jean-Marie|Cadet|Césaire|Fanon|Glissant|Zobel|Damas|Sainte-Rose|"
    "Saint-Louis|"
    "Jean-Louis|Marie-Sainte|Rosamond|Lagier|Bellemare|Marie-Joseph|Pierre-Charles|Sylvestre|Louisy|Duféal|"
    "Éloi|Jos|"
    "Nilor|Marlin|Letchimy|Monplaisir|Catherine-Alexandrine|Belliard|Edmond-Mariette|Montlouis|"
    "Ozier-Lafontaine|Placide|"
    "Bélaise|Lordinot|Palcy|Charlery|Maximin|Bonté|Cétout|Dorival|Élisabeth|Fidelin|Gros-Désormeaux|Honorine|"
    "Ibéné|"
    "Joachim|Kancel|Labeau|Mondésir|Népos|Occolier|Pamphile|Quitman|Rinaldo|Saxémard|Tacita|Urbin|Varsovie|"
    "Zaïre|"
    "Benali|Diallo|Traoré|Ben Ahmed|Da Silva|Pereira|Kowalski|Le Goff|De La Tour|Van Den Berghe|Haddad|"
    "Belkacem|Ndiaye"
).split("|")

AFTER_DAY = ("prochain", "matin", "après-midi", "soir", "en huit", "midi", "qui vient")
MAIL_HOSTS, MAIL_ENDS = ("orange", "gmail", "wanadoo", "free", "laposte", "hotmail"), ("fr", "com", "net")


def date(rng: random.Random) -> str:
    """A day as it is asked for."""
    day = "premier" if rng.random() < 0.06 else below_hundred(rng.randint(2, 31))
    year = f" {cardinal(rng.randint(1925, 2030))}" if rng.random() < 0.35 else ""
    return rng.choice(
        [
            rng.choice(DAYS),
            f"{rng.choice(DAYS)} {rng.choice(AFTER_DAY)}",
            f"le {day} {rng.choice(MONTHS)}{year}",
            f"{day} {rng.choice(MONTHS)}{year}",
            f"{rng.choice(DAYS)} {day} {rng.choice(MONTHS)}{year}",
            f"le {day} {rng.choice(PARTS)}",
            rng.choice(RELATIVE),
            f"{rng.choice(DAYS)} ou {rng.choice(DAYS)}",
            f"{rng.choice(DAYS)} {rng.choice(PARTS)}",
            rng.choice(MONTHS),
            f"pas le {rng.choice(DAYS)}",
            f"plutôt {rng.choice(DAYS)}",
            f"le {day} à {time(rng)}",
            f"{rng.choice(DAYS)} à {time(rng)}",
        ]
    )


def time(rng: random.Random) -> str:
    """An hour as it is said."""
    hour = rng.choice([7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, rng.randint(0, 23)])
    hours = f"{'une' if hour == 1 else 'vingt et une' if hour == 21 else below_hundred(hour)} heure{'s' * (hour != 1)}"
    return rng.choice(
        [
            hours,
            f"{hours} {below_hundred(rng.choice([5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55]))}",
            f"{hours} et demie",
            f"{hours} et quart",
            f"{hours} moins le quart",
            f"{hours} moins {rng.choice(['dix', 'cinq', 'vingt'])}",
            rng.choice(["midi", "minuit", "midi et demi", "midi et quart", "midi moins le quart"]),
            f"vers {hours}",
            f"entre {hours} et {below_hundred(min(hour + 2, 23))} heures",
            f"à partir de {hours}",
            f"avant {hours}",
            f"{hours} du {rng.choice(['matin', 'soir'])}",
        ]
    )


def spelt(rng: random.Random) -> str:
    """Letters, alone or with the name that goes with them."""
    draw = rng.random()
    if draw < 0.35:
        return f"{rng.choice(list(SPELLING))} comme {rng.choice(list(SPELLING.values()))}"
    if draw < 0.5:
        letter = rng.choice(list(SPELLING))
        return f"{letter} comme {SPELLING[letter]}"
    if draw < 0.6:
        return ", ".join(f"{letter} comme {SPELLING[letter]}" for letter in rng.sample(list(SPELLING), 2))
    return (", " if rng.random() < 0.5 else " ").join(rng.choice(LETTERS) for _ in range(rng.randint(1, 8)))


def name(rng: random.Random) -> str:
    """A person's name as an answer."""
    first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
    return rng.choice(
        [last, first, f"{first} {last}", f"{last} {first}", f"madame {last}", f"monsieur {last}", f"je m'appelle {first} {last}",
         f"au nom de {last}", f"c'est {first} {last}", f"mon nom c'est {last}"]
    )  # fmt: skip


def reference(rng: random.Random) -> str:
    """A letter and digits, or a long file number."""
    letter = rng.choice(list(SPELLING))
    digits = [rng.randrange(10) for _ in range(rng.randint(3, 5))]
    if rng.random() < 0.5:
        said = " ".join(UNITS[digit] for digit in digits)
    else:
        said = " ".join(below_hundred(rng.randrange(100)) for _ in range(2))
    return f"{letter} {said}"


def other_value(rng: random.Random) -> str:
    """An amount, an age, a count, a postcode, an address or an e-mail."""
    number, first, last = any_number(rng), rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
    return rng.choice(
        [
            f"{number} euros", f"{below_hundred(rng.randint(2, 99))} ans", f"nous sommes {below_hundred(rng.randint(2, 12))}",
            f"j'ai {below_hundred(rng.randint(16, 95))} ans", f"{cardinal(rng.randrange(10, 98))} {cardinal(rng.randrange(100, 1000))}",
            f"{below_hundred(rng.randint(1, 99))} rue {first} {last}", f"{below_hundred(rng.randint(1, 99))} avenue du général de Gaulle",
            f"{first} point {last} arobase {rng.choice(MAIL_HOSTS)} point {rng.choice(MAIL_ENDS)}",
            f"résidence {last}", f"quartier {last}", f"{below_hundred(rng.randint(1, 12))} personnes",
            f"{any_number(rng)} mètres", f"numéro {any_number(rng)}", f"le {number}",
        ]
    )  # fmt: skip


def answer(rng: random.Random) -> str:
    """One short answer of any kind."""
    draw = rng.random()
    if draw < 0.13:
        return rng.choice(YES)
    if draw < 0.24:
        return rng.choice(NO)
    if draw < 0.34:
        return rng.choice(COMMANDS)
    if draw < 0.50:
        return date(rng)
    if draw < 0.60:
        return time(rng)
    if draw < 0.76:
        return any_number(rng)
    if draw < 0.83:
        return phone(rng)
    if draw < 0.88:
        return spelt(rng)
    if draw < 0.94:
        return name(rng)
    return reference(rng) if draw < 0.96 else other_value(rng)
