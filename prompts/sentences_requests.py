"""The sentences said when something is asked of people: call-backs, reports, files, delicate subjects."""

from typing import Annotated

from pydantic import Field

from prompts.fields import Content, Text
from prompts.sentences import Fixed, variables


class RequestSentences(Content):
    # A telephone number, a name
    phone_offered: Annotated[Text, variables("telephone")] = Field(alias="numero_propose")
    phone_offered_keys: Annotated[Text, variables("telephone")] = Field(
        alias="numero_propose_touches", description="la même, quand l'écoute est peu sûre : avec les touches"
    )
    phone_asked: Fixed = Field(alias="numero_demande")
    phone_typed: Fixed = Field(alias="numero_a_taper")
    # A call-back
    callback_offered: Annotated[Text, variables("service")] = Field(alias="rappel_propose")
    callback_promised: Annotated[Text, variables("service", "telephone", "quand")] = Field(
        alias="rappel_promis"
    )
    callback_refused: Fixed = Field(alias="rappel_refuse")
    records_unavailable: Fixed = Field(
        alias="registre_indisponible", description="rien n'a été enregistré : l'agent ne promet rien"
    )
    # At any time
    words_not_kept: Fixed = Field(alias="paroles_non_gardees")
    text_channel: Fixed = Field(alias="canal_ecrit", description="pour qui n'entend pas")
