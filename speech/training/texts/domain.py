# ruff: noqa: E501, SIM905  long lists of words read better as text
"""What callers of a mairie say: every service, every intent, in many wordings."""

import random

from speech.grammar.numbers import below_hundred
from speech.training.texts.answers import DAYS, LAST_NAMES, date, name, time
from speech.training.texts.numbers import phone

SUBJECTS: dict[str, str] = {
    "mairie": "la mairie|l'hôtel de ville|la mairie annexe|l'accueil de la mairie|vos bureaux",
    "etat_civil_acte": "un acte de naissance|un extrait d'acte de naissance|une copie intégrale|un acte de mariage|un acte de décès|l'état civil",
    "naissance_declaration": "une déclaration de naissance|la naissance de mon bébé|une reconnaissance anticipée|déclarer mon fils",
    "deces_declaration": "une déclaration de décès|le décès de mon père|un permis d'inhumer|déclarer un décès",
    "cni": "une carte d'identité|la carte nationale d'identité|ma CNI|refaire ma carte d'identité|la carte d'identité de ma fille",
    "passeport": "un passeport|mon passeport|le passeport de mon fils|renouveler mon passeport|un passeport biométrique|un passeport en urgence",
    "titre_identite": "mes papiers d'identité|un titre d'identité|refaire mes papiers|une pièce d'identité|les empreintes",
    "mariage": "un mariage|un dossier de mariage|se marier à la mairie|la publication des bans|notre mariage civil",
    "pacs": "un PACS|un dossier de PACS|nous pacser|la dissolution de notre PACS|conclure un PACS",
    "livret_famille": "un livret de famille|un duplicata du livret de famille|mettre à jour mon livret de famille",
    "recensement": "le recensement citoyen|le recensement militaire|recenser mon fils de seize ans|l'attestation de recensement",
    "elections": "les listes électorales|une carte électorale|une procuration|le bureau de vote|voter aux élections|m'inscrire pour voter",
    "scolaire": "une inscription à l'école|inscrire ma fille en maternelle|un changement d'école|une dérogation scolaire|l'école primaire",
    "periscolaire": "la cantine|la garderie du matin|le centre de loisirs|le périscolaire|la facture de cantine|le transport scolaire|l'étude du soir",
    "petite_enfance": "une place en crèche|une assistante maternelle|la halte-garderie|la crèche municipale|le relais petite enfance",
    "urbanisme": "un permis de construire|une déclaration préalable|un certificat d'urbanisme|le PLU|le cadastre|construire une clôture|une piscine",
    "cimetiere": "une concession au cimetière|le cimetière|renouveler une concession|une tombe|le columbarium|la Toussaint au cimetière",
    "salle": "la salle des fêtes|la location d'une salle|la salle polyvalente|réserver une salle|la maison des associations",
    "dechets": "les encombrants|la déchèterie|le ramassage des poubelles|un bac à ordures|le tri sélectif|le bac jaune|les déchets verts",
    "voirie": "un nid-de-poule|la chaussée abîmée|le trottoir cassé|un arbre tombé sur la route|un panneau renversé|une plaque d'égout",
    "eclairage": "un lampadaire en panne|l'éclairage public|un lampadaire qui clignote|une rue sans lumière|un candélabre éteint",
    "proprete": "un dépôt sauvage|des tags sur le mur|la rue est sale|les crottes de chien|le nettoyage de la place|une poubelle qui déborde",
    "espaces_verts": "l'élagage d'un arbre|le jardin public|des herbes hautes|le parc municipal|une haie qui dépasse|les espaces verts",
    "eau_assainissement": "une fuite d'eau|l'assainissement|le tout-à-l'égout|une coupure d'eau|la facture d'eau|une canalisation bouchée",
    "nuisances": "le bruit des voisins|du tapage nocturne|des nuisances sonores|des odeurs|des sargasses sur la plage|un voisin qui brûle des déchets",
    "animaux": "un chien errant|un chat perdu|un animal mort|un nid de frelons|la fourrière animale|des rats dans la rue",
    "stationnement": "une place de stationnement|une voiture ventouse|un stationnement gênant|la zone bleue|une carte de résident|la fourrière",
    "police_municipale": "la police municipale|les objets trouvés|l'opération tranquillité vacances|un agent de police|une épave de voiture",
    "ccas": "le CCAS|une aide sociale|un colis alimentaire|le portage de repas|une aide pour une personne âgée|l'assistante sociale|une aide pour la facture",
    "logement": "un logement social|une demande de HLM|mon numéro unique de logement|un logement insalubre|changer d'appartement",
    "attestation_accueil": "une attestation d'accueil|recevoir ma famille de l'étranger|un certificat d'hébergement",
    "legalisation": "une légalisation de signature|faire légaliser ma signature|une copie certifiée conforme",
    "certificat_vie": "un certificat de vie|une attestation de vie pour ma retraite|un certificat de vie commune",
    "changement_adresse": "un changement d'adresse|j'emménage dans la commune|signaler mon déménagement|un nouvel arrivant",
    "elu_rdv": "le maire|un adjoint|un élu|madame le maire|l'adjointe à la culture|le cabinet du maire|monsieur le maire",
    "associations": "une subvention pour mon association|créer une association|une buvette|le forum des associations|une autorisation de buvette",
    "culture_sport": "la médiathèque|la piscine municipale|le gymnase|le stade|l'école de musique|la bibliothèque|le terrain de tennis",
    "marche": "le marché|une place au marché|un emplacement de marché|un débit de boissons|un arrêté pour un déménagement|le camion de pizza",
    "france_services": "France Services|une aide pour internet|l'espace numérique|le conseiller numérique|faire mes démarches en ligne",
    "hors_mairie": "la carte grise|le permis de conduire|le titre de séjour|la préfecture|la CAF|les impôts|une amende|La Poste|France Travail",
    "autre_commune": "la mairie d'à côté|la commune voisine|la mairie du Lamentin|une autre commune|la ville de Lyon",
    "aucun": "un renseignement|une question|une réclamation|un papier|mon dossier|une démarche|un courrier que j'ai reçu",
}
"""How each service is named by those who need it; the test asks that none of the product's services is missing."""

INTENTS: dict[str, str] = {
    "horaires": "à quelle heure ouvre {s}|quels sont les horaires pour {s}|vous êtes ouverts {d}|c'est ouvert {j} pour {s}|"
    "jusqu'à quelle heure je peux venir pour {s}|vous fermez à quelle heure {j}|est-ce que c'est ouvert "
    "entre midi et deux pour {s}",
    "adresse_contact": "où se trouve {s}|quelle est l'adresse pour {s}|c'est quel bureau pour {s}|je peux avoir le numéro de {s}|"
    "à qui je dois m'adresser pour {s}|vous avez une adresse mail pour {s}|comment on y va pour {s}",
    "pieces": "quels papiers il faut pour {s}|qu'est-ce que je dois apporter pour {s}|quelles sont les pièces à fournir pour {s}|"
    "il faut combien de photos pour {s}|est-ce qu'il faut un justificatif de domicile pour {s}|la liste des "
    "documents pour {s}",
    "eligibilite": "est-ce que j'ai le droit à {s}|je peux faire {s} chez vous|il faut habiter la commune pour {s}|"
    "mon fils est mineur est-ce qu'il peut avoir {s}|à partir de quel âge c'est possible {s}",
    "cout_delai": "combien ça coûte {s}|c'est payant {s}|il faut combien de temps pour {s}|quel est le délai pour {s}|quel est le tarif pour {s}|"
    "ça prend combien de jours {s}|c'est gratuit {s}",
    "demarche_info": "comment on fait pour {s}|je voudrais des renseignements sur {s}|quelle est la démarche pour {s}|j'ai besoin de {s}|"
    "c'est pour {s}|bonjour c'est au sujet de {s}|je vous appelle pour {s}|est-ce que je peux faire {s} par "
    "internet",
    "suivi_dossier": "où en est mon dossier pour {s}|est-ce que {s} est arrivé|je voudrais savoir si {s} est prêt|"
    "j'ai déposé un dossier pour {s} le {d}|ça fait trois mois que j'attends pour {s}|mon dossier numéro {n} "
    "pour {s}",
    "rdv_prendre": "je voudrais un rendez-vous pour {s}|je veux prendre rendez-vous pour {s} {d}|il me faut un rendez-vous pour {s} à {h}|"
    "vous avez de la place {d} pour {s}|est-ce qu'on peut se voir {j} pour {s}|un créneau pour {s} s'il vous "
    "plaît",
    "rdv_deplacer": "je voudrais déplacer mon rendez-vous de {j}|je peux changer l'heure de mon rendez-vous pour {s}|"
    "je ne peux pas venir {d} on peut décaler|je voudrais reporter mon rendez-vous à {d}|avancer mon "
    "rendez-vous pour {s}",
    "rdv_annuler": "je veux annuler mon rendez-vous|annulez mon rendez-vous de {d}|je ne viendrai pas {j} pour {s}|supprimez le rendez-vous pour {s}",
    "rdv_consulter": "c'est quand mon rendez-vous pour {s}|je ne me rappelle plus de l'heure de mon rendez-vous|j'ai rendez-vous {d} c'est bien ça",
    "signalement": "je voudrais signaler {s}|il y a un problème avec {s}|je vous appelle pour signaler {s} devant chez moi|"
    "il y a {s} dans ma rue depuis {d}|c'est dangereux il faut intervenir pour {s}|personne ne s'occupe de "
    "{s}",
    "reclamation": "je ne suis pas content pour {s}|je veux faire une réclamation sur {s}|c'est inadmissible pour {s}|on m'a mal reçu pour {s}",
    "humain": "je voudrais parler à quelqu'un pour {s}|passez-moi {s}|est-ce que je peux avoir une personne|je veux un vrai agent pas une machine",
    "rappel": "est-ce qu'on peut me rappeler pour {s}|rappelez-moi au {p}|je laisse mon numéro c'est le {p}|vous pouvez me rappeler {d}",
    "oui": "oui c'est pour {s}|oui {d} ça me va|oui à {h} c'est parfait",
    "non": "non c'est pas pour {s} c'est autre chose|non pas {j} plutôt {d}|non {h} c'est trop tôt",
    "correction": "non pardon {d}|je me suis trompé c'est {d}|enfin plutôt à {h}|attendez je reprends le {p}|non mon nom c'est {m}",
    "repeter": "vous pouvez répéter pour {s}|j'ai pas entendu l'heure|pouvez-vous répéter plus lentement",
    "attendre": "attendez je cherche mon papier|un instant je prends un stylo|deux secondes je regarde mon agenda",
    "salutation": "bonjour madame|bonjour monsieur|bonsoir je suis bien à la mairie|allô la mairie|bonjour c'est {m}",
    "merci_aurevoir": "merci beaucoup au revoir|merci pour {s} bonne journée|c'est très gentil merci|très bien je vous remercie au revoir",
    "reponse": "c'est au nom de {m}|{m}|le {p}|{d} à {h}|dossier numéro {n}|j'habite {n} rue {m}|je suis né le {d}",
    "hors_sujet": "quel temps il fera demain|vous pouvez me raconter une blague|qui va gagner le match|je voudrais commander une pizza",
    "decision": "est-ce que ma demande pour {s} est acceptée|vous allez me donner {s} oui ou non|dites-moi si j'aurai {s}",
    "conseil_juridique": "est-ce que je peux porter plainte contre mon voisin pour {s}|quels sont mes droits pour {s}|mon propriétaire refuse {s}",
    "incompris": "euh je sais pas trop comment dire|alors voilà c'est un peu compliqué|oui alors euh comment dire",
    "insulte": "vous êtes vraiment nuls|c'est n'importe quoi votre machine|bande d'incapables",
    "langue": "hello do you speak english|bonjou mwen bizwen an moun|hola buenos días|man pa ka konprann",
    "sensible": "mon mari vient de mourir je ne sais pas quoi faire|je n'ai plus rien à manger|on va m'expulser de mon logement|je suis enceinte et je dors dehors",
    "urgence": "il y a le feu|quelqu'un est blessé il faut une ambulance|ça sent le gaz dans l'immeuble|un enfant est tombé à l'eau|au secours appelez les pompiers",
    "multi": "je voudrais {s} et aussi {t}|c'est pour {s} et j'ai aussi une question sur {t}|d'abord {s} et ensuite {t}",
}
"""Wordings by intent: {s}, {t} a subject, {d} a date, {j} a day, {h} an hour, {p} a phone, {n} a number, {m} a name."""

_OPEN = (
    "||||bonjour|bonjour madame|bonjour monsieur|allô bonjour|oui bonjour|bonsoir|excusez-moi de vous "
    "déranger|euh bonjour|alors voilà|"
    "dites-moi|s'il vous plaît|bonjour je vous appelle parce que|en fait|euh|bon|oui alors|pardon|dites"
).split("|")
_CLOSE = "||||||s'il vous plaît|merci|merci d'avance|c'est possible|c'est urgent|si possible|voilà|merci beaucoup|quoi".split(
    "|"
)


def request(rng: random.Random) -> str:
    """What a caller says to an open question."""
    intent = rng.choice(list(INTENTS))
    template = rng.choice(INTENTS[intent].split("|"))
    subjects = [rng.choice(SUBJECTS[service].split("|")) for service in rng.sample(list(SUBJECTS), 2)]
    text = template.format(
        s=subjects[0], t=subjects[1], d=date(rng), j=rng.choice(DAYS), h=time(rng), p=phone(rng) if "{p}" in template else "",
        n=below_hundred(rng.randrange(1, 99)), m=name(rng) if rng.random() < 0.5 else rng.choice(LAST_NAMES),
    )  # fmt: skip
    if rng.random() < 0.1:
        text = subjects[0]
    return " ".join(part for part in (rng.choice(_OPEN), text, rng.choice(_CLOSE)) if part)
