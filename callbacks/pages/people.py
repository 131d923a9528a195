"""What the people's own pages have in common: nothing in them needs an account, or says who somebody is."""

from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from callbacks.messages.appointment_answers import Reception
from callbacks.messages.wording import national
from callbacks.pages.desk import Desk, ForPeople, TheDesk
from callbacks.pages.rendering import page


def people_of(desk: TheDesk) -> ForPeople:
    """Raises HTTPException (404) where there are no such pages."""
    if desk.people is None:
        raise HTTPException(404)
    return desk.people


ThePeople = Annotated[ForPeople, Depends(people_of)]


def reception(desk: Desk, people: ForPeople) -> Reception:
    """Here and now."""
    return Reception(people.town, desk.now(), desk.random, people.due)


def show(
    template: str, request: Request, desk: Desk, people: ForPeople, *, status: int = 200, **values: Any
) -> Response:
    """A page of theirs; it tells how to reach somebody."""
    contact = people.town.commune.contact
    telephone = {"written": national(contact.phone), "dialled": contact.phone}
    response = page(template, request, desk, status=status, telephone=telephone, **values)
    # The address itself is the key to the page: it is shown to no other site, and searched by none.
    response.headers["x-robots-tag"] = "noindex, nofollow"
    return response


def say(
    request: Request, desk: Desk, people: ForPeople, title: str, sentence: str, *, status: int = 200
) -> Response:
    """A page that says one thing."""
    return show("link_said.html", request, desk, people, status=status, title=title, sentence=sentence)


def gone(request: Request, desk: Desk, people: ForPeople) -> Response:
    """For an address that opens nothing, whatever the reason."""
    sentence = (
        "Cette adresse ne sert qu'une fois, ou n'est plus valable. Nous restons joignables par téléphone."
    )
    return say(request, desk, people, "Cette adresse ne s'ouvre plus", sentence, status=404)
