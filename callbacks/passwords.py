"""Passwords: what is kept is their Argon2id digest, never they themselves."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from zxcvbn import zxcvbn

from callbacks.errors import UnusableAccount

MIN_LENGTH = 12
"""CNIL, délibération 2022-100: twelve characters at least where the number of tries is limited."""
MAX_LENGTH = 128
"""OWASP ASVS 4.0.3, 2.1.2."""
_MOST_READ = 200
"""Of what is typed: older passwords may be so long."""

LEAST_OWN = 6
"""Signs that must be left without what guessing begins with."""
_BETWEEN = re.compile(r"[\s._-]+")
_COMMON = re.compile(
    r"motdepasse|password|azerty(?:uiop)?|qwerty(?:uiop)?|admin(?:istrateur)?|mairie|accueil|bonjour|soleil|france|"
    r"standardiste|secret(?:ariat)?|0?123456(?:789?0?)?|9876543210?|(?:19|20)\d\d|abcdef(?:ghij)?"
)
"""What lists of stolen passwords are made of in French."""
LEAST_SCORE = 3
"""Of zxcvbn (0 to 4): over a hundred million tries by who begins with the 30,000 passwords most often found
in stolen lists, names, words and rows of keys (Wheeler, USENIX Security 2016; ASVS 4.0.3, 2.1.7)."""
_MOST_WEIGHED = 32
"""Signs that are weighed. zxcvbn takes 72, but tries all that « 4@8({[<369!… » may stand for: of 32 signs it
is half a second's work, of 72 half a minute's, in which nobody else signs in."""

# argon2-cffi's defaults are the second choice of RFC 9106 §4: 64 MiB, three passes.
_HASHER = PasswordHasher()
_THREADS = ThreadPoolExecutor(1, "passwords")
"""Each takes 64 MiB and a core for a while: nobody takes the cores from the calls by signing in."""
_NOBODYS = _HASHER.hash("le mot de passe de personne")


def hashed(password: str, login: str) -> str:
    """The digest to keep. Raises UnusableAccount for a password that is too easy."""
    if len(password) < MIN_LENGTH:
        raise UnusableAccount(f"Le mot de passe est trop court : {MIN_LENGTH} caractères au moins.")
    if len(password) > MAX_LENGTH:
        raise UnusableAccount(f"Le mot de passe est trop long : {MAX_LENGTH} caractères au plus.")
    if len(set(password)) < 5 or login.lower() in password.lower():
        raise UnusableAccount("Le mot de passe se devine : ni le nom du compte, ni toujours la même lettre.")
    plain = _BETWEEN.sub("", password.casefold())
    own = _COMMON.sub("", plain)
    known_first = own != plain and len(own) < LEAST_OWN
    if known_first or zxcvbn(password[:_MOST_WEIGHED], user_inputs=[login])["score"] < LEAST_SCORE:
        raise UnusableAccount(
            "Le mot de passe est de ceux que tout le monde essaie : prenez plutôt une phrase à vous."
        )
    return _HASHER.hash(password)


async def hashed_aside(password: str, login: str) -> str:
    """The same without holding up anybody else. Raises UnusableAccount."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, hashed, password, login)


async def matches(password: str, digest: str | None) -> bool:
    """Whether this is the password; where there is none, it takes as long to say no."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_THREADS, _matches, password[:_MOST_READ], digest)


def _matches(password: str, digest: str | None) -> bool:
    try:
        return _HASHER.verify(digest or _NOBODYS, password) and digest is not None
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False
