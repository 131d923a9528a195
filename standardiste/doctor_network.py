"""Of the doctor: the port of the pages, Asterisk, certificates, and what carries messages."""

import asyncio
import smtplib
import socket
import ssl
import uuid
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx

from callbacks.messages.sender import AppriseSender, UnusableAddress
from standardiste.doctor import Finding, Patient, bad, doubtful, good, none
from telephony.ari.calls import Ari
from telephony.ari.client import AsteriskSettings, connected
from telephony.bridge_status import error_in_french, why_refused
from telephony.errors import AriError, AriRequestFailed

PATIENCE_S = 5.0
SOON = timedelta(days=21)
OLDEST_ASTERISK = 20
PLACES = (
    ("depuis-operateur", "0596000000"), ("agent", "0596000000"), ("humains", "accueil"),
    ("ailleurs", "0596000000"), ("secours", "accueil"), ("messagerie", "s"), ("rappels", "0600000000"),
    ("journal", "lire"),
)  # fmt: skip
"""Of our dialplan (asterisk/conf/extensions.conf)."""
RENDER_ALL = "asterisk/render écrit la configuration (modules.conf compris) ; puis redémarrer Asterisk"
NOT_LOADED = "celui du standardiste n'est pas chargé"
RENDER = "asterisk/render écrit la configuration ; puis : asterisk -rx 'dialplan reload'"


async def check_port(patient: Patient) -> list[Finding]:
    host, port = patient.settings.host, patient.settings.port
    if await _agent_answers(host, port):
        return [good("Port", f"l'agent répond sur {host}, port {port}")]
    try:
        socket.create_server((host, port)).close()
    except (OSError, OverflowError) as error:
        told = f"{host}, port {port} : {getattr(error, 'strerror', None) or error}"
        mend = "Arrêter le programme qui l'occupe, ou changer STANDARDISTE_PORT (ou STANDARDISTE_HOST)."
        return [bad("Port", told, mend)]
    return [good("Port", f"{host}, port {port} : libre, l'agent n'est pas en service")]


async def _agent_answers(host: str, port: int) -> bool:
    try:
        async with httpx.AsyncClient(timeout=2.0, trust_env=False) as web:
            answer = await web.get(f"http://{host}:{port}/healthz")
    except httpx.HTTPError:
        return False
    return answer.status_code == 200 and answer.text == "ok\n"


async def check_asterisk(patient: Patient) -> list[Finding]:
    ari = patient.settings.ari
    if ari is None:
        return [none("Asterisk", "pas relié : seul le téléphone du navigateur marche")]
    known = AsteriskSettings(url=ari.url, user=ari.user, password=ari.password, app=ari.app)
    # An application of its own: under the agent's name it would take the agent's calls away.
    examining = replace(known, app=f"{ari.app}-examen-{uuid.uuid4().hex[:8]}")
    is_serving = await _agent_answers(patient.settings.host, patient.settings.port)
    try:
        async with connected(examining) as connection:
            asked = Ari(connection.request)
            return [
                version_finding(await asked.version()),
                await application_finding(asked, known.app, is_serving),
                await dialplan_finding(asked),
            ]
    except AriError as error:
        return [bad("Asterisk", error_in_french(error, known), "Voir asterisk/README.md.")]


def version_finding(version: str) -> Finding:
    major = version.partition(".")[0]
    if not major.isdecimal() or int(major) < OLDEST_ASTERISK:
        return doubtful("Asterisk", f"version {version}", "Le produit est éprouvé avec Asterisk 22.")
    return good("Asterisk", f"version {version}, le compte ARI est accepté")


async def application_finding(asked: Ari, app: str, is_serving: bool) -> Finding:
    try:
        await asked.application(app)
    except AriRequestFailed:
        if is_serving:
            told = f"l'agent tourne, mais pas sous le nom « {app} »"
            return bad("Application ARI", told, "Le redémarrer avec les mêmes réglages que cet examen.")
        return good("Application ARI", f"« {app} » est libre : aucun agent n'est connecté")
    return good("Application ARI", f"un agent est connecté sous le nom « {app} »")


async def dialplan_finding(asked: Ari) -> Finding:
    """A channel that goes nowhere is asked what the dialplan knows. Raises AriError."""
    name = f"examen-{uuid.uuid4().hex}"
    try:
        await asked.originate_in_dialplan(
            "Local/attend@journal/n", "journal", "attend", channel_id=name, variables={}, timeout_s=5
        )
    except AriRequestFailed:
        return bad("Plan d'appel", NOT_LOADED, RENDER)
    try:
        missing = [
            f"{context},{extension}"
            for context, extension in PLACES
            if await asked.variable(name, f"DIALPLAN_EXISTS({context},{extension},1)") != "1"
        ]
    except AriRequestFailed as error:
        return doubtful("Plan d'appel", f"ne peut pas être examiné ({error.message})", RENDER_ALL)
    finally:
        with suppress(AriRequestFailed):
            await asked.hang_up(name)
    if len(missing) == len(PLACES):  # without [journal] the channel is gone as soon as it is made
        return bad("Plan d'appel", NOT_LOADED, RENDER)
    if missing:
        return bad("Plan d'appel", f"il manque {', '.join(missing)}", RENDER)
    return good("Plan d'appel", "chargé : opérateur, agent, humains, secours, messagerie, rappels")


async def check_certificates(patient: Patient) -> list[Finding]:
    settings = patient.settings
    urls = [settings.public_url, settings.ari and settings.ari.url, settings.oidc and settings.oidc.issuer]
    secure = [urlsplit(url) for url in urls if url and url.startswith("https://")]
    if not secure:
        return [none("Certificats", "aucune adresse en https")]
    return [
        await asyncio.to_thread(certificate_finding, parts.hostname or "", parts.port or 443, patient.now)
        for parts in secure
    ]


def certificate_finding(host: str, port: int, now: datetime) -> Finding:
    """Blocks for seconds at most."""
    what = f"Certificat de {host}"
    try:
        with (
            socket.create_connection((host, port), PATIENCE_S) as raw,
            ssl.create_default_context().wrap_socket(raw, server_hostname=host) as secured,
        ):
            certificate = secured.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        wrong, remedy = why_refused(error.verify_code)
        return bad(what, f"refusé : il {wrong}", remedy[:1].upper() + remedy[1:])
    except OSError as error:
        return bad(
            what, f"{host}, port {port} : {error.strerror or error}", "Vérifier l'adresse et le réseau."
        )
    until = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
    told = f"valable jusqu'au {until:%d/%m/%Y}"
    if until - now < SOON:
        return doubtful(what, told, "Le renouveler avant ce jour.")
    return good(what, told)


async def check_messages(patient: Patient) -> list[Finding]:
    urls = patient.settings.messages
    if not urls:
        return [none("Messages", "aucun n'est envoyé : ni rappels de rendez-vous, ni alarmes")]
    try:
        AppriseSender(urls)
    except UnusableAddress as error:
        return [bad("Messages", str(error), "Corriger STANDARDISTE_MESSAGES_…")]
    found = [
        await asyncio.to_thread(mail_finding, channel, url)
        for channel, url in urls.items()
        if url.startswith(("mailto:", "mailtos:"))
    ]
    others = [channel for channel, url in urls.items() if not url.startswith(("mailto:", "mailtos:"))]
    return found + [
        good("Messages", f"{channel} : adresse comprise, rien n'est essayé") for channel in others
    ]


def mail_finding(channel: str, url: str) -> Finding:
    """Whether the mail server answers; nothing is sent. Blocks for seconds at most."""
    parts = urlsplit(url)
    secure = url.startswith("mailtos:")
    host, port = parts.hostname or "", parts.port or (587 if secure else 25)
    try:
        with smtplib.SMTP(host, port, timeout=PATIENCE_S) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        told = f"{channel} : {host}, port {port} ne répond pas ({error})"
        return bad("Messages", told, "Vérifier l'adresse du serveur de courrier et le pare-feu.")
    return good("Messages", f"{channel} : le serveur {host} répond")
