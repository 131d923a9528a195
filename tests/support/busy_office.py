"""A morning's work: people of a made-up town who are to be called back, with what they said."""

from datetime import timedelta

from sqlalchemy import update

from callbacks import calls, work
from callbacks.calls import CallStart, TurnHeard
from callbacks.models import Call
from callbacks.tickets import Fault, open_ticket
from tests.support.desk import Office

LONG_WORD = "https://suivi.example/" + "0123456789abcdef" * 8
"""What no line of a telephone's screen can hold whole."""
PEOPLE = (
    ("Josiane Bellemare", "+596696112233", "etat_civil", "le retrait de son passeport", -130, "no_answer"),
    ("Marc Ferraty", "+596696445566", "urbanisme", "le délai d'une déclaration préalable", 35, "requested"),
    ("Nadia Joseph-Angélique", "+596596203040", "ccas", None, 90, "sensitive"),
    (None, "+33612345678", "accueil", "la salle des fêtes le 12 décembre", 200, "closed"),
    (
        "Jean-Baptiste de La Rochefoucauld-Montbel",
        "+596696998877",
        "etat_civil",
        None,
        1500,
        "low_confidence",
    ),
    ("Yolande Cadet", "+5511987654321", "accueil", "une attestation d'accueil", -15, "language"),
)


async def fill_morning(place: Office) -> None:
    """Six call-backs: one urgent, two late, one taken by `marc`, one with two attempts in vain."""
    marc = await place.clerk("marc", "supervisor", password=None, email="marc@mairie.example")
    await a_call(place, "appel-1")
    refs = []
    for index, (name, phone, service, about, minutes, reason) in enumerate(PEOPLE):
        kept = await place.wants_callback(
            name,
            phone,
            service=service,
            about=about,
            minutes=minutes,
            reason=reason,
            urgent=index == 2,
            call_id="appel-1" if index == 0 else None,
        )
        refs.append(kept)
    await work.claim(place.database, refs[1].id, marc, place.now)
    for _ in range(2):
        await work.no_answer(place.database, refs[3].id, marc, place.now)
    note = f"Le passeport est arrivé lundi. {LONG_WORD}"
    await work.add_note(place.database, refs[0].id, marc, place.now, note)


SOURCE = "Retrait des titres, https://sainte-aurore.example/titres, vérifié le 2 novembre 2026"


async def a_call(
    place: Office, call_id: str, *, outcome: str = "callback", wrong: bool = False, days: int = 0
) -> None:
    """A call of four turns, ten minutes ago or so many days before."""
    at = place.now - timedelta(minutes=10, days=days)
    said = "Bonjour, mairie de Sainte-Aurore. Que puis-je pour vous ?"
    answer = "Le passeport se retire sans rendez-vous, du lundi au vendredi."
    promise = "Je note votre demande : le service vous rappelle avant midi."
    heard = "non mais je voudrais parler à quelqu'un"
    turns = [
        TurnHeard(call_id, 0, at, "start", said=said),
        TurnHeard(
            call_id, 1, at, "voice", "bonjour mon passeport est-ce qu'il est arrivé", 0.91, "suivi_dossier",
            "passeport", 0.97, "answer", answer, (SOURCE,), 540,
        ),
        TurnHeard(call_id, 2, at, "silence"),
        TurnHeard(call_id, 3, at, "voice", heard, 0.62, "humain", "aucun", 0.88, "handover", promise),
        TurnHeard(call_id, 4, at, "keys", "0", None, "humain", None, 1.0, "handover"),
    ]  # fmt: skip
    async with place.database.transaction() as session:
        await calls.begin(session, CallStart(call_id, at, "+596696112233", "2026-11-20", "whisper small"))
        await calls.write_turns(session, turns)
        await calls.end(session, call_id, at + timedelta(minutes=2), outcome)
        if wrong:
            await session.execute(update(Call).where(Call.id == call_id).values(marked_wrong=True))


async def fill_past(place: Office) -> None:
    """A fortnight of calls, and two faults."""
    for day in range(14):
        for n in range(3 + day % 5):
            outcome = ("answered", "booked", "callback", "ended", "status")[(day + n) % 5]
            await a_call(place, f"passe-{day}-{n}", outcome=outcome, wrong=(day, n) == (3, 1), days=day)
    async with place.database.transaction() as session:
        for ref, fault in (
            ("S2001", Fault("eclairage", "rue des Flamboyants", "un lampadaire éteint", since="trois jours")),
            ("S2002", Fault("voirie", "12 rue Schœlcher", "un câble à terre", dangerous=True, name="Hugues")),
        ):
            await open_ticket(session, fault, ref, place.now)
