"""The settings, read once at start from the environment and the command line, then passed down.

No room reads the environment: each gets what it needs out of `Settings`.
"""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from callbacks.channels import Channel
from callbacks.oidc_settings import OidcSettings
from prompts.addresses import is_in_clear
from speech.cluster_settings import ClusterSettings, NodeSettings
from standardiste.cluster_settings import read_speech_cluster, read_speech_node
from standardiste.errors import Unusable
from standardiste.load_settings import LoadSettings, read_load
from standardiste.message_settings import read_answers_secret, read_message_urls
from standardiste.outside_settings import OutsideSecrets, read_outside_secrets
from standardiste.watch_settings import WitnessSettings, password_in, read_traces_url, read_witness

LOG_LEVELS = ("debug", "info", "warning", "error")
DEFAULT_PORT = 8080
VOICEMAIL = Path("/var/spool/asterisk/voicemail/mairie/101")
"""As asterisk/conf/voicemail.conf has it."""


@dataclass(frozen=True)
class AriSettings:
    """How to reach Asterisk's REST interface."""

    url: str
    """For instance http://127.0.0.1:8088."""
    user: str
    password: str = field(repr=False)
    app: str = "accueil"
    """The Stasis application named in the dialplan."""
    town: str = ""
    """See telephony.ari.client.AsteriskSettings."""


@dataclass(frozen=True)
class Settings:
    data_dir: Path
    models_dirs: tuple[Path, ...]
    """Where models are looked for, in this order; `models fetch` writes into the last."""
    ears: str
    """Which recogniser listens: `auto`, `builtin`, `none` (keypad only), a model's name or its folder."""
    commune_dir: Path | None
    """The town's content; None for the demo town that ships with the product."""
    database_url: str
    ari: AriSettings | None
    """None where no Asterisk is configured: the agent then answers browsers only."""
    host: str
    port: int
    log_level: str
    oidc: OidcSettings | None = None
    """The town's own identity provider, for the clerks' pages."""
    calls_per_day: int = 300
    """How many calls the clerks' pages may begin in one day, all clerks together."""
    public_url: str | None = None
    """Where browsers reach the pages, when that is not where they are served (a proxy in between)."""
    messages: Mapping[Channel, str] = field(default_factory=dict, repr=False)
    """The service that carries each kind of message; what is not there is not sent."""
    outside: OutsideSecrets = field(default=OutsideSecrets(), repr=False)
    """Of the town's other agendas."""
    voicemail: Path = VOICEMAIL
    """Asterisk's folder of the town's mailbox, as seen from here."""
    recordings_key: Path | None = None
    """The file with what opens the recordings of calls; None: one of its own in the data folder."""
    answers_secret: str | None = field(default=None, repr=False)
    """What the provider of SMS proves itself with when people answer; None: answers do not come in."""
    log_json: bool = False
    """One JSON object per line of the log, for a collector."""
    traces_url: str | None = None
    """Where traces go (OTLP over HTTP); None: there are none."""
    witness: WitnessSettings = field(default_factory=WitnessSettings)
    """The call that the agent makes to itself now and then."""
    load: LoadSettings = field(default_factory=LoadSettings)
    """What happens when many call at once."""
    speech_cluster: ClusterSettings | None = None
    """The machines that hear and speak for this one; None: it does so itself."""
    speech_node: NodeSettings | None = None
    """What this machine is to the others, where it hears and speaks for them."""
    kept_connections: int | None = None
    """To the database, open while nobody needs them; None: as many as a town of its own keeps."""

    def secrets(self) -> tuple[str, ...]:
        """All that proves who we are somewhere: no log may show it."""
        urls = (self.database_url, *self.messages.values(), self.traces_url or "")
        return tuple(
            secret
            for secret in (
                self.ari.password if self.ari else None,
                self.oidc.client_secret if self.oidc else None,
                self.answers_secret,
                self.speech_cluster.secret if self.speech_cluster else None,
                self.speech_node.secret if self.speech_node else None,
                *self.outside.all(),
                *(password_in(url) for url in urls),
            )
            if secret
        )


def read_settings(environ: Mapping[str, str], args: argparse.Namespace) -> Settings:
    """The settings; what the command line says goes before the environment.

    Raises Unusable, naming the variable that is wrong.
    """
    data_dir = _data_dir(environ)
    named = [Path(part).expanduser() for part in environ.get("STANDARDISTE_MODELS", "").split(":") if part]
    commune: Path | None = getattr(args, "commune", None) or _path(environ, "STANDARDISTE_COMMUNE")
    database: str | None = getattr(args, "database", None) or _database(environ)
    host = getattr(args, "host", None) or environ.get("STANDARDISTE_HOST", "127.0.0.1")
    port = _port(getattr(args, "port", None), environ)
    log_level = getattr(args, "log_level", None) or environ.get("STANDARDISTE_LOG_LEVEL", "warning").lower()
    if log_level not in LOG_LEVELS:
        raise Unusable(f"STANDARDISTE_LOG_LEVEL vaut « {log_level} » ; attendu : {', '.join(LOG_LEVELS)}.")
    return Settings(
        data_dir=data_dir,
        models_dirs=(*named, data_dir / "models"),
        ears=environ.get("STANDARDISTE_EARS") or "auto",
        commune_dir=commune,
        database_url=database or f"sqlite:///{data_dir / 'standardiste.db'}",
        ari=_ari(environ, getattr(args, "agent_name", None)),
        host=host,
        port=port,
        log_level=log_level,
        oidc=_oidc(environ),
        public_url=environ.get("STANDARDISTE_PUBLIC_URL") or None,
        calls_per_day=_calls_per_day(environ),
        messages=read_message_urls(environ),
        answers_secret=read_answers_secret(environ),
        outside=read_outside_secrets(environ),
        voicemail=_path(environ, "STANDARDISTE_VOICEMAIL") or VOICEMAIL,
        recordings_key=_path(environ, "STANDARDISTE_RECORDINGS_KEY_FILE"),
        log_json=getattr(args, "log_json", False) or environ.get("STANDARDISTE_LOG_JSON") == "1",
        traces_url=read_traces_url(environ),
        witness=read_witness(environ),
        load=read_load(environ),
        speech_cluster=read_speech_cluster(environ),
        speech_node=read_speech_node(environ, host, port),
    )


def _data_dir(environ: Mapping[str, str]) -> Path:
    """XDG Base Directory Specification: $XDG_DATA_HOME, else ~/.local/share; a relative one is ignored."""
    if own := _path(environ, "STANDARDISTE_DATA"):
        return own.absolute()
    shared = _path(environ, "XDG_DATA_HOME")
    if shared is None or not shared.is_absolute():
        shared = Path(environ.get("HOME") or "/root") / ".local" / "share"
    return shared / "standardiste"


def _database(environ: Mapping[str, str]) -> str | None:
    """From a file when one is named: PostgreSQL's address may hold its password."""
    if not environ.get("STANDARDISTE_DATABASE") and not environ.get("STANDARDISTE_DATABASE_FILE"):
        return None
    return _secret(environ, "STANDARDISTE_DATABASE", "STANDARDISTE_DATABASE")


def _path(environ: Mapping[str, str], name: str) -> Path | None:
    value = environ.get(name)
    return Path(value).expanduser() if value else None


def _port(asked: int | None, environ: Mapping[str, str]) -> int:
    if asked is not None:
        return asked
    text = environ.get("STANDARDISTE_PORT", str(DEFAULT_PORT))
    if not text.isascii() or not text.isdigit() or int(text) > 65_535:
        raise Unusable(f"STANDARDISTE_PORT vaut « {text} » ; attendu : un port entre 0 et 65535.")
    return int(text)


def _calls_per_day(environ: Mapping[str, str]) -> int:
    text = environ.get("STANDARDISTE_CALLS_PER_DAY") or "300"
    if not text.isascii() or not text.isdigit() or int(text) > 100_000:
        raise Unusable(f"STANDARDISTE_CALLS_PER_DAY vaut « {text} » ; attendu : un nombre d'appels par jour.")
    return int(text)


def _ari(environ: Mapping[str, str], name: str | None) -> AriSettings | None:
    url = environ.get("STANDARDISTE_ARI_URL")
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Unusable(f"STANDARDISTE_ARI_URL vaut « {url} » ; attendu : http://HÔTE:PORT.")
    if is_in_clear(url) and environ.get("STANDARDISTE_ARI_PRIVATE_NETWORK") != "1":
        raise Unusable(
            f"STANDARDISTE_ARI_URL vaut « {url} » : le mot de passe et les voix y passeraient en clair. "
            "Il faut https://, ou STANDARDISTE_ARI_PRIVATE_NETWORK=1 si ce réseau n'est qu'à eux deux."
        )
    return AriSettings(
        url=url.rstrip("/"),
        user=environ.get("STANDARDISTE_ARI_USER", "accueil"),
        password=_secret(environ, "STANDARDISTE_ARI_PASSWORD", "STANDARDISTE_ARI_URL"),
        app=name or environ.get("STANDARDISTE_ARI_APP", "accueil"),
    )


def _oidc(environ: Mapping[str, str]) -> OidcSettings | None:
    issuer = environ.get("STANDARDISTE_OIDC_ISSUER")
    if not issuer:
        return None
    if urlsplit(issuer).scheme not in ("http", "https"):
        raise Unusable(f"STANDARDISTE_OIDC_ISSUER vaut « {issuer} » ; attendu : https://FOURNISSEUR.")
    if is_in_clear(issuer):
        raise Unusable(
            f"STANDARDISTE_OIDC_ISSUER vaut « {issuer} » : qui écoute ce réseau entrerait à la place des "
            "agents. Attendu : https://FOURNISSEUR."
        )
    client_id = environ.get("STANDARDISTE_OIDC_CLIENT_ID")
    if not client_id:
        raise Unusable("STANDARDISTE_OIDC_ISSUER est donné sans STANDARDISTE_OIDC_CLIENT_ID.")
    return OidcSettings(
        issuer=issuer,
        client_id=client_id,
        client_secret=_secret(environ, "STANDARDISTE_OIDC_CLIENT_SECRET", "STANDARDISTE_OIDC_ISSUER"),
        name=environ.get("STANDARDISTE_OIDC_NAME") or "ProConnect",
        acr_values=environ.get("STANDARDISTE_OIDC_ACR") or None,
    )


def _secret(environ: Mapping[str, str], name: str, needed_by: str) -> str:
    """From a file when one is named, so that it need not stand in the environment of the process."""
    file = _path(environ, f"{name}_FILE")
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise Unusable(f"{name}_FILE : « {file} » ne se lit pas.") from error
    secret = environ.get(name)
    if not secret:
        raise Unusable(f"{needed_by} est donné sans mot de passe : indiquez {name}_FILE ou {name}.")
    return secret
