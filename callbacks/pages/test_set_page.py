"""`/pilotage/essais.yaml`: the calls in which « le robot s'est trompé », for the town's test set."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from callbacks import test_set
from callbacks.pages.desk import TheDesk
from callbacks.pages.guards import Supervisor
from callbacks.pages.noting import write_note
from callbacks.pages.people import ThePeople

router = APIRouter()


@router.get("/pilotage/essais.yaml")
async def marked_calls(
    desk: TheDesk,
    people: ThePeople,
    person: Supervisor,
    forme: Annotated[Literal["essais", "appels"], Query()] = "essais",
) -> Response:
    """`essais`: for the town's content; `appels`: for the product's own call scripts."""
    await write_note(desk.database, desk.now(), person.clerk_id, "exporter", "calls marked wrong")
    calls = await desk.database.read(test_set.marked_calls)
    write = test_set.as_trials if forme == "essais" else test_set.as_scripts
    headers = {
        "cache-control": "no-store",
        "content-disposition": f'attachment; filename="signales-{forme}.yaml"',
    }
    return Response(write(calls, people.town), media_type="application/yaml", headers=headers)
