"""A clerk's day without scripts: sign in, see the list, take a call-back, close it."""

import re

from callbacks.pages.desk import Ring, RingFailed
from tests.support.busy_office import fill_morning, fill_past
from tests.support.desk import field_of, office, press, sign_in, signed_in, visitor


async def test_nobody_sees_who_called_before_signing_in() -> None:
    async with office() as place, visitor(place) as web:
        await place.wants_callback()
        await place.clerk("elodie")
        answer = await web.get("/")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/connexion?suite=/"
        page = await sign_in(web, "elodie")
        assert "Josiane Bellemare" in page.text
        assert "0696 11 22 33".replace(" ", "\u00a0") in page.text


async def test_a_call_back_is_closed_in_two_clicks() -> None:
    async with office() as place, signed_in(place, "elodie") as web:
        wish = await place.wants_callback()
        taken = await press(web, f"/rappels/{wish.ref}/prendre")
        assert taken.headers["location"] == f"/rappels/{wish.ref}?fait=pris"
        page = (await web.get(taken.headers["location"])).text
        assert "Ce rappel est à vous." in page
        closed = await web.post(
            f"/rappels/{wish.ref}/issue",
            data={"jeton": field_of(page), "issue": "rappele", "note": "Tout est dit."},
        )
        page = (await web.get(closed.headers["location"])).text
        assert "Rappel terminé." in page
        assert "Tout est dit." in page
        assert "Tout le monde a été rappelé" in (await web.get("/")).text


async def test_two_clerks_never_hold_the_same_person() -> None:
    async with office() as place, signed_in(place, "elodie") as one, signed_in(place, "marc") as other:
        wish = await place.wants_callback()
        first = await press(one, f"/rappels/{wish.ref}/prendre")
        second = await press(other, f"/rappels/{wish.ref}/prendre")
        assert (first.status_code, second.status_code) == (303, 409)
        assert "Déjà pris par Elodie." in second.text
        late = await press(other, f"/rappels/{wish.ref}/issue", issue="rappele", note="déjà fait ?")
        assert late.status_code == 409
        assert "Pris par Elodie" in late.text
        assert (await press(other, f"/rappels/{wish.ref}/rendre")).status_code == 409


async def test_a_supervisor_gives_back_what_an_absent_clerk_holds() -> None:
    async with (
        office() as place,
        signed_in(place, "elodie") as one,
        signed_in(place, "chef", "supervisor") as o,
    ):
        wish = await place.wants_callback()
        await press(one, f"/rappels/{wish.ref}/prendre")
        assert (await press(o, f"/rappels/{wish.ref}/rendre")).status_code == 303
        assert (await press(o, f"/rappels/{wish.ref}/prendre")).status_code == 303


async def test_three_calls_in_vain_are_counted_and_told() -> None:
    async with office() as place, signed_in(place, "elodie") as web:
        wish = await place.wants_callback()
        for _ in range(3):
            await press(web, f"/rappels/{wish.ref}/issue", issue="sans_reponse")
        assert "Sans réponse (3)" in (await web.get("/")).text
        assert "Sans réponse (3)" in (await web.get("/?etat=sans_reponse")).text


async def test_a_call_back_goes_to_another_service_with_a_note() -> None:
    async with office() as place, signed_in(place, "elodie") as web:
        wish = await place.wants_callback()
        refused = await press(web, f"/rappels/{wish.ref}/reorienter", service="lune")
        assert refused.status_code == 422
        await press(web, f"/rappels/{wish.ref}/reorienter", service="urbanisme", note="C'est un permis.")
        page = (await web.get(f"/rappels/{wish.ref}")).text
        assert "Le service urbanisme" in page
        assert "C&#39;est un permis." in page
        assert wish.ref in (await web.get("/?service=urbanisme")).text
        assert wish.ref not in (await web.get("/?service=accueil")).text


async def test_what_was_closed_can_be_reopened() -> None:
    async with office() as place, signed_in(place, "elodie") as web:
        wish = await place.wants_callback()
        await press(web, f"/rappels/{wish.ref}/issue", issue="doublon")
        assert wish.ref in (await web.get("/?etat=termines")).text
        assert (await press(web, f"/rappels/{wish.ref}/issue", issue="rappele")).status_code == 409
        await press(web, f"/rappels/{wish.ref}/rouvrir")
        assert wish.ref in (await web.get("/")).text


async def test_a_clerk_finds_by_name_number_reference_and_words_and_by_state() -> None:
    async with office(demo=True) as place, signed_in(place, "elodie") as web:
        await fill_morning(place)
        for query, found in {
            "q=bellemare": ["C1001"],
            "q=0696+44": ["C1002"],
            "q=C1003": ["C1003"],
            "q=salle+des": ["C1004"],
            "urgents=1": ["C1003"],
            "retard=1": ["C1001", "C1006"],
            "etat=en_cours": ["C1002"],
            "miens=1": [],
            "service=ccas": ["C1003"],
            "page=2": [],
        }.items():
            page = (await web.get(f"/?{query}")).text
            assert re.findall(r'id="r-(C\d+)"', page) == found, query


async def test_clerks_see_their_own_services_first() -> None:
    async with office() as place, signed_in(place, "elodie", services=("urbanisme",)) as web:
        await place.wants_callback("Marc Ferraty", "+596696445566", service="urbanisme")
        await place.wants_callback()
        page = (await web.get("/")).text
        assert "Marc Ferraty" in page
        assert "Josiane Bellemare" not in page
        assert "Josiane Bellemare" in (await web.get("/?service=tous")).text


async def test_the_story_tells_what_was_heard_how_well_and_from_which_source_it_was_answered() -> None:
    async with office() as place, signed_in(place, "elodie") as web:
        await fill_morning(place)
        page = (await web.get("/rappels/C1001")).text.replace("\u00a0", " ")
        for words in (
            "bonjour mon passeport est-ce qu&#39;il est arrivé",
            "entendu à 91 %",
            "compris : suivi d'un dossier, un passeport (97 %)",
            "Source : Retrait des titres",
            "En retard de 2 h 10",
        ):
            assert words in page.replace("suivi d&#39;un", "suivi d'un")
        await press(web, "/rappels/C1001/erreur", faux="1")
        assert "Signalé : l'agent s'est trompé" in (await web.get("/rappels/C1001")).text
        await press(web, "/rappels/C1001/erreur", faux="0")
        assert "Signalé : l'agent s'est trompé" not in (await web.get("/rappels/C1001")).text


async def test_paper_says_what_is_kept_why_and_until_when() -> None:
    async with office() as place, signed_in(place, "elodie") as web:
        await fill_morning(place)
        page = (await web.get("/rappels/C1001/imprimer")).text
        for words in (
            "Ce qui est gardé, pourquoi, jusqu'à quand",
            "gardées, numéros masqués",
            "Son de l'appel</th><td>non gardé</td>",
        ):
            assert words in page
        assert "jeudi 24 décembre 2026" in page


async def test_the_button_that_calls_says_why_it_is_not_there() -> None:
    async with office() as place, signed_in(place, "elodie") as web:
        wish = await place.wants_callback()
        assert "relié à aucun standard téléphonique" in (await web.get(f"/rappels/{wish.ref}")).text
        assert (await press(web, f"/rappels/{wish.ref}/appeler")).status_code == 409


async def test_calling_rings_the_clerks_telephone_then_the_citizens_and_takes_the_call_back() -> None:
    rung: list[Ring] = []

    async def ring(asked: Ring) -> None:
        rung.append(asked)

    async with office(ring=ring) as place, signed_in(place, "elodie", phone="PJSIP/agent1") as web:
        wish = await place.wants_callback()
        answer = await press(web, f"/rappels/{wish.ref}/appeler")
        assert "Votre téléphone sonne" in (await web.get(answer.headers["location"])).text
        assert [(one.clerk_phone, one.citizen_phone, one.callback_id) for one in rung] == [
            ("PJSIP/agent1", wish.phone, wish.id)
        ]
        assert "en_cours" in (await web.get("/")).text


async def test_a_telephone_that_does_not_ring_is_said() -> None:
    async def ring(_asked: Ring) -> None:
        raise RingFailed("Votre poste ne répond pas.")

    async with office(ring=ring) as place, signed_in(place, "elodie", phone="PJSIP/agent1") as web:
        wish = await place.wants_callback()
        refused = await press(web, f"/rappels/{wish.ref}/appeler")
        assert refused.status_code == 409
        assert "Votre poste ne répond pas. Vous pouvez composer vous-même" in refused.text
        assert f'href="tel:{wish.phone}"' in refused.text


async def test_a_clerk_books_and_cancels_an_appointment() -> None:
    async with office(demo=True) as place, signed_in(place, "elodie") as web:
        day = "/rendez-vous?jour=2026-11-25"
        assert "titre_identite|2026-11-25T08:00:00" in (await web.get(day)).text
        fields = {
            "creneau": "titre_identite|2026-11-25T08:00:00",
            "nom": "Hugues Cadet",
            "jour": "2026-11-25",
        }
        wrong = await press(web, "/rendez-vous", **fields, telephone="12")
        assert wrong.status_code == 422
        assert (await press(web, "/rendez-vous", **fields, telephone="0696 20 30 40")).status_code == 303
        page = (await web.get(day)).text
        assert "Hugues Cadet" in page
        assert "titre_identite|2026-11-25T08:00:00" not in page
        assert (await press(web, "/rendez-vous", **fields)).status_code == 409
        (ref,) = re.findall(r"/rendez-vous/(R\w+)/annuler", page)
        await press(web, f"/rendez-vous/{ref}/annuler")
        assert "titre_identite|2026-11-25T08:00:00" in (await web.get(day)).text


async def test_a_fault_is_closed() -> None:
    async with office() as place, signed_in(place, "elodie") as web:
        await fill_past(place)
        page = (await web.get("/signalements")).text
        assert page.index("S2002") < page.index("S2001")
        await press(web, "/signalements/S2002", etat="resolu")
        assert "S2002" not in (await web.get("/signalements")).text
        assert "S2002" in (await web.get("/signalements?etat=tous")).text
        assert (await press(web, "/signalements/S2002", etat="mange")).status_code == 422
