# ruff: noqa: E501, SIM905  long lists of words read better as text
"""General French from a small generative grammar, and isolated words: sounds the domain's sentences lack."""

import random

_NOUNS = (
    "m:chien m:chat m:jardin m:voisin f:maison f:voiture f:porte f:fenêtre m:livre f:table f:chaise m:bureau "
    "f:rue f:ville m:village "
    "f:plage f:montagne f:rivière m:pont m:arbre f:fleur m:oiseau f:vache m:cheval m:poisson m:bateau "
    "m:avion m:train m:bus "
    "f:gare f:route m:chemin m:marché m:magasin f:boulangerie m:pain f:viande m:légume m:fruit f:pomme "
    "f:banane m:fromage "
    "m:beurre m:lait m:café m:thé m:vin f:bière f:eau f:soupe f:salade m:gâteau m:sucre m:sel m:poivre "
    "f:cuisine f:chambre m:salon "
    "m:toit m:mur f:cave m:grenier m:escalier m:ascenseur f:lampe f:lumière m:lit m:drap f:couverture "
    "m:oreiller m:miroir f:montre "
    "f:horloge m:téléphone m:ordinateur m:écran m:clavier f:imprimante f:télévision f:radio f:musique "
    "f:chanson m:film f:photo "
    "m:peintre m:médecin f:infirmière m:avocat m:juge m:policier m:pompier m:soldat m:professeur m:élève "
    "f:école m:collège m:lycée "
    "m:enfant f:fille m:garçon f:femme m:homme m:père f:mère m:frère f:sœur m:oncle f:tante m:cousin "
    "m:grand-père f:grand-mère "
    "m:ami f:amie m:patron m:collègue m:client m:vendeur m:ouvrier m:paysan f:ferme m:champ f:forêt m:bois "
    "f:herbe f:feuille m:soleil "
    "f:lune f:étoile m:ciel m:nuage f:pluie m:vent f:neige m:orage f:tempête m:cyclone f:chaleur m:froid "
    "m:printemps m:été m:hiver "
    "m:jour f:nuit m:matin m:soir f:semaine m:mois f:année f:heure f:minute m:temps f:histoire f:vérité "
    "m:mensonge f:idée f:pensée "
    "m:rêve f:peur f:joie f:colère f:tristesse m:bonheur f:chance m:problème f:solution f:question f:réponse "
    "f:lettre m:colis "
    "m:journal f:page f:phrase m:mot f:langue f:voix m:bruit m:silence m:jeu f:balle m:ballon f:équipe "
    "m:match f:course m:vélo "
    "f:jambe m:bras f:main m:pied f:tête m:visage m:œil f:oreille m:nez f:bouche f:dent m:cheveu f:peau "
    "m:cœur m:sang m:ventre m:dos "
    "m:genou m:doigt f:robe m:pantalon f:chemise f:chaussure m:chapeau m:manteau f:écharpe m:gant f:poche "
    "m:sac f:valise f:clé "
    "m:couteau f:fourchette f:cuillère f:assiette m:verre f:bouteille f:boîte m:papier m:crayon m:stylo "
    "f:gomme f:règle m:cahier "
    "f:usine f:machine m:outil m:marteau f:vis m:clou f:corde m:fil f:aiguille m:bijou f:bague m:collier "
    "m:argent f:banque m:prix "
    "m:voyage f:frontière m:pays f:capitale f:île m:désert m:volcan f:mer m:océan m:lac f:vague m:sable "
    "m:rocher f:grotte m:château "
    "f:église m:musée m:théâtre f:bibliothèque m:stade f:piscine m:parc f:place f:fontaine f:statue "
    "m:quartier m:immeuble m:loyer "
    "m:singe m:lion m:tigre m:éléphant f:girafe m:serpent f:grenouille f:abeille m:papillon f:araignée "
    "f:souris m:lapin m:mouton "
    "f:chèvre m:cochon f:poule m:canard m:aigle f:baleine m:requin f:tortue m:champignon m:haricot f:carotte "
    "f:tomate m:oignon m:ail"
).split()
_VERBS = (
    "regarde cherche trouve achète vend porte garde donne montre cache casse répare lave peint dessine "
    "photographie "
    "mange boit prépare coupe mélange goûte aime déteste préfère adore craint oublie connaît voit entend "
    "écoute sent touche prend "
    "jette pousse tire ouvre ferme allume éteint remplit vide lit écrit raconte explique apprend comprend "
    "demande reçoit envoie "
    "suit traverse visite quitte retrouve rencontre invite attend appelle remercie aide soigne protège "
    "surveille construit démolit "
    "plante arrose récolte nettoie range déplace accroche décroche charge emporte rapporte conduit gare loue "
    "partage gagne perd"
).split()
_PAST = (
    "regardé cherché trouvé acheté vendu porté gardé donné montré caché cassé réparé lavé peint dessiné "
    "mangé bu préparé coupé "
    "goûté aimé détesté préféré connu vu entendu écouté senti touché pris jeté poussé tiré ouvert fermé "
    "allumé éteint rempli vidé "
    "lu écrit raconté expliqué appris compris demandé reçu envoyé suivi traversé visité quitté retrouvé "
    "rencontré invité attendu "
    "appelé remercié aidé soigné protégé surveillé construit démoli planté arrosé nettoyé rangé déplacé "
    "chargé emporté gagné perdu"
).split()
_INFINITIVES = (
    "regarder chercher trouver acheter vendre porter garder donner montrer cacher casser réparer laver "
    "peindre manger boire préparer "
    "couper goûter aimer connaître voir entendre écouter prendre jeter pousser tirer ouvrir fermer allumer "
    "éteindre remplir lire "
    "écrire raconter expliquer apprendre comprendre demander recevoir envoyer suivre traverser visiter "
    "quitter rencontrer inviter "
    "attendre appeler aider soigner protéger construire planter nettoyer ranger déplacer conduire louer "
    "partager gagner perdre savoir"
).split()
_BEFORE = "petit grand vieux beau nouveau mauvais bon joli gros premier dernier autre même jeune long".split()
_FEMININE = {
    "vieux": "vieille", "beau": "belle", "nouveau": "nouvelle", "bon": "bonne", "gros": "grosse", "premier": "première",
    "dernier": "dernière", "long": "longue", "petit": "petite", "grand": "grande", "mauvais": "mauvaise", "joli": "jolie",
}  # fmt: skip
_AFTER = (
    "rouge jaune rose rapide tranquille fragile énorme minuscule bizarre étrange magnifique terrible sauvage "
    "propre sale vide calme "
    "triste célèbre riche pauvre libre fidèle honnête aimable simple difficile facile solide agréable "
    "horrible classique moderne"
).split()
_PLACES = (
    "dans la cuisine|devant la porte|derrière l'église|sous la table|sur le toit|près de la gare|au bord de "
    "la mer|à la campagne|"
    "chez le médecin|chez ma tante|à l'hôpital|au marché|en ville|à Paris|à Lyon|à Marseille|en Bretagne|en "
    "Guadeloupe|à Fort-de-France|"
    "dans le jardin|au fond du couloir|à côté de la mairie|en face du stade|autour du lac|le long de la "
    "rivière|entre les deux maisons|"
    "au milieu du champ|au coin de la rue|à l'étage|en bas de l'immeuble|à l'étranger|au Canada|en Belgique|"
    "en Suisse|au Sénégal"
).split("|")
_TIMES = (
    "ce matin|hier soir|tous les jours|chaque semaine|souvent|parfois|rarement|jamais assez|depuis longtemps|"
    "pendant des heures|"
    "au printemps|en automne|l'année dernière|il y a deux ans|tout à l'heure|maintenant|bientôt|avant midi|"
    "après le repas|vers minuit|"
    "pendant les vacances|le dimanche|à l'aube|au coucher du soleil|de temps en temps|d'habitude|en général|"
    "presque toujours"
).split("|")
_MANNERS = (
    "lentement|rapidement|doucement|bruyamment|soigneusement|sans un bruit|avec plaisir|avec beaucoup de "
    "soin|par hasard|en silence|"
    "à la main|sans hésiter|malgré tout|comme d'habitude|tant bien que mal|de bon cœur|à contrecœur|en "
    "chantant|en vitesse"
).split("|")
_LINKS = (
    "et|mais|parce que|alors que|quand|pendant que|puisque|donc|tandis que|si bien que|même si|dès que".split(
        "|"
    )
)
_OPENERS = (
    "je crois que|il paraît que|on dit que|tu sais que|c'est vrai que|il faut dire que|heureusement que|je "
    "pense que|"
    "vous voyez bien que|elle raconte que|tout le monde sait que|j'espère que|je suis sûr que|on m'a dit que"
).split("|")
_TALK = (
    "comment ça va aujourd'hui|qu'est-ce que tu fais ce soir|il fait vraiment très chaud|on se retrouve à "
    "quelle heure|je suis en retard|"
    "tu peux me passer le sel|où est-ce que tu as mis les clés|ça fait longtemps qu'on ne s'est pas vus|le "
    "bus est déjà parti|"
    "j'ai mal à la tête depuis ce matin|qu'est-ce qu'on mange|il n'y a plus de pain|je t'appelle demain sans "
    "faute|quel beau temps|"
    "on verra bien|je n'en sais rien du tout|ce n'est pas de ma faute|tu as raison|vous avez tort|laisse "
    "tomber|ça suffit maintenant|"
    "viens voir par ici|dépêche-toi un peu|fais attention à la marche|bon anniversaire|joyeux Noël|bonne "
    "année|à tes souhaits|"
    "combien coûte ce pantalon|pourriez-vous m'indiquer le chemin|un café et l'addition s'il vous plaît|je "
    "voudrais une baguette|"
    "mon fils a eu son bac|ma voiture est en panne|j'ai perdu mon parapluie|le film commence dans dix "
    "minutes|qui est-ce qui a gagné|"
    "il a plu toute la nuit|les enfants jouent au ballon|le chat dort sur le canapé|elle chante très bien|"
    "nous partons en vacances"
).split("|")
_VOWELS = "aeiouyéèêâîôûœh"


def _noun(rng: random.Random) -> tuple[str, str]:
    gender, noun = rng.choice(_NOUNS).split(":")
    return gender, noun


def noun_phrase(rng: random.Random) -> str:
    """An article or possessive, a noun, maybe an adjective."""
    gender, noun = _noun(rng)
    before = rng.choice(_BEFORE) if rng.random() < 0.2 else ""
    if gender == "f":
        before = _FEMININE.get(before, before)
    head = f"{before} {noun}" if before else noun
    elided = head[0].lower() in _VOWELS
    if before in {"vieux", "beau", "nouveau"} and noun[0] in _VOWELS:
        head = {"vieux": "vieil", "beau": "bel", "nouveau": "nouvel"}[before] + " " + noun
    plain = {
        "m": ("le", "un", "mon", "ce", "son", "votre", "notre"),
        "f": ("la", "une", "ma", "cette", "sa", "votre", "notre"),
    }
    article = rng.choice(plain[gender])
    if elided:
        article = {"le": "l'", "la": "l'", "ma": "mon", "sa": "son", "ce": "cet"}.get(article, article)
    after = f" {rng.choice(_AFTER)}" if rng.random() < 0.2 else ""
    return f"{article}{'' if article.endswith(chr(39)) else ' '}{head}{after}"


def plural_phrase(rng: random.Random) -> str:
    """A determiner that makes liaisons, and a plural."""
    _, noun = _noun(rng)
    if not noun.endswith(("s", "x", "z", "au", "eau", "al", "eu", "œil")):
        noun += "s"
    many = "les|des|mes|ces|ses|nos|vos|leurs|deux|trois|six|dix|plusieurs|quelques|tous les|beaucoup de|les petits|les autres"
    return f"{rng.choice(many.split('|'))} {noun}".replace("beaucoup de é", "beaucoup d'é")


def clause(rng: random.Random) -> str:
    """Subject, verb, object, and circumstances."""
    subject = noun_phrase(rng) if rng.random() < 0.45 else ""
    draw = rng.random()
    thing = noun_phrase(rng) if rng.random() < 0.7 else plural_phrase(rng)
    if draw < 0.4:
        text = f"{subject or rng.choice(['il', 'elle', 'on'])} {rng.choice(_VERBS)} {thing}"
    elif draw < 0.7:
        who = (
            f"{subject} a"
            if subject
            else rng.choice("j'ai|tu as|il a|elle a|on a|nous avons|vous avez|ils ont|elles ont".split("|"))
        )
        text = f"{who} {rng.choice(_PAST)} {thing}"
    else:
        will = "je vais|tu veux|il doit|on peut|nous allons|vous pouvez|ils veulent|elles doivent|il faut|je n'ose pas|j'aimerais|elle sait"
        text = f"{rng.choice(will.split('|'))} {rng.choice(_INFINITIVES)} {thing}"
    for extras, share in ((_MANNERS, 0.2), (_PLACES, 0.35), (_TIMES, 0.3)):
        if rng.random() < share:
            text += f" {rng.choice(extras)}"
    return text


def sentence(rng: random.Random) -> str:
    """A sentence of general French, grammatical though seldom wise."""
    draw = rng.random()
    if draw < 0.12:
        return rng.choice(_TALK)
    if draw < 0.24:
        return (
            f"{rng.choice(_OPENERS)} {clause(rng)}".replace("que il", "qu'il")
            .replace("que elle", "qu'elle")
            .replace("que on", "qu'on")
        )
    if draw < 0.34:
        return f"{clause(rng)} {rng.choice(_LINKS)} {clause(rng)}"
    if draw < 0.42:
        return f"{rng.choice(['est-ce que', 'pourquoi', 'quand est-ce que', 'comment'])} {clause(rng)}"
    if draw < 0.5:
        return noun_phrase(rng)
    return clause(rng)


def words(rng: random.Random, dictionary: tuple[str, ...]) -> str:
    """One to five words of a dictionary, or nouns of the grammar where there is none."""
    count = rng.choice([1, 1, 1, 2, 3, 4, 5])
    if not dictionary:
        return " ".join(noun_phrase(rng) for _ in range(min(count, 3)))
    return " ".join(rng.choice(dictionary) for _ in range(count))
