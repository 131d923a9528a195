"""Where the engines are that hear and speak, when they are not on the machine that serves."""

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from prompts.addresses import is_in_clear
from speech.cluster_settings import ClusterSettings, NodeSettings
from standardiste.errors import Unusable
from standardiste.message_settings import from_file

MACHINES = "STANDARDISTE_SPEECH"
SECRET = "STANDARDISTE_SPEECH_SECRET"
PRIVATE = "STANDARDISTE_SPEECH_PRIVATE_NETWORK"
HEAD = "STANDARDISTE_SPEECH_HEAD"
REPLICAS = "STANDARDISTE_SPEECH_REPLICAS"
CORES = "STANDARDISTE_SPEECH_CORES"
AT_ONCE = "STANDARDISTE_SPEECH_AT_ONCE"
RAY_PORT = 6379
"""Where a machine of engines lets the others join, unless told otherwise: Ray's own choice."""


def read_speech_cluster(environ: Mapping[str, str]) -> ClusterSettings | None:
    """None where this machine hears and speaks itself. Raises Unusable, naming the variable."""
    addresses = tuple(one.rstrip("/") for one in re.split(r"[,\s]+", environ.get(MACHINES, "")) if one)
    if not addresses:
        return None
    for address in addresses:
        if not _is_address(address):
            raise Unusable(
                f"{MACHINES} vaut « {address} » ; attendu : http://MACHINE:8090, d'autres après une virgule."
            )
        if is_in_clear(address) and environ.get(PRIVATE) != "1":
            raise Unusable(
                f"{MACHINES} vaut « {address} » : les voix des appelants y passeraient en clair. Il faut "
                f"https://, ou {PRIVATE}=1 si ce réseau n'est qu'à vos machines."
            )
    return ClusterSettings(addresses, _secret(environ))


def read_speech_node(environ: Mapping[str, str], host: str, port: int) -> NodeSettings:
    """What this machine would be with `serve --role speech`. Raises Unusable, naming the variable."""
    named = environ.get(HEAD) or None
    if named is not None and not re.fullmatch(r"[^\s:/]+:\d{1,5}", named):
        raise Unusable(f"{HEAD} vaut « {named} » ; attendu : MACHINE:{RAY_PORT}.")
    found = re.fullmatch(r"(\d{1,4})-(\d{1,4})", environ.get(REPLICAS) or "1-8")
    if found is None or not 1 <= int(found[1]) <= int(found[2]):
        raise Unusable(f"{REPLICAS} vaut « {environ[REPLICAS]} » ; attendu : au moins-au plus, comme 1-8.")
    cores = environ.get(CORES) or None
    if cores is not None and not re.fullmatch(r"\d{1,4}", cores):
        raise Unusable(f"{CORES} vaut « {cores} » ; attendu : un nombre de cœurs.")
    at_once = environ.get(AT_ONCE) or "4"
    if not re.fullmatch(r"[1-9]\d?", at_once):
        raise Unusable(f"{AT_ONCE} vaut « {at_once} » ; attendu : un nombre de 1 (une à la fois) à 99.")
    head, replicas = named or f"{host}:{RAY_PORT}", (int(found[1]), int(found[2]))
    return NodeSettings(
        host, port, head, _secret(environ), replicas, int(cores) if cores else None, int(at_once)
    )


def check_speech_node(node: NodeSettings) -> None:
    """Raises Unusable where this machine could not work for others, or would work for anybody."""
    try:
        own = ipaddress.ip_address(node.host)
    except ValueError as error:
        raise Unusable(
            f"--host vaut « {node.host} » : une machine de parole est connue des autres par son adresse IP."
        ) from error
    if own.is_unspecified:
        raise Unusable(
            "--host : indiquez l'adresse de cette machine sur le réseau des autres, et non « toutes »."
        )
    if not own.is_loopback and node.secret is None:
        raise Unusable(
            f"--role speech : sans mot de passe, tout ce réseau s'en servirait. Indiquez {SECRET}_FILE, "
            "le même sur toutes les machines (24 caractères au hasard)."
        )
    if node.port == 0:
        raise Unusable("--port : les autres machines doivent savoir où s'adresser (8090, par exemple).")


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.path
    except ValueError:
        return False


def _secret(environ: Mapping[str, str]) -> str | None:
    return from_file(environ, SECRET) or environ.get(SECRET) or None
