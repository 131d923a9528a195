"""What the operating system complains of, in French: Python gives it in English."""

import errno
import socket

_WORDS = {
    errno.ENOENT: "fichier ou dossier introuvable",
    errno.EACCES: "accès refusé",
    errno.EPERM: "accès refusé",
    errno.EROFS: "ce disque ne peut pas être écrit",
    errno.EISDIR: "c'est un dossier",
    errno.ENOTDIR: "ce n'est pas un dossier",
    errno.EEXIST: "ce nom existe déjà",
    errno.ENOTEMPTY: "le dossier n'est pas vide",
    errno.ENOSPC: "le disque est plein",
    errno.EDQUOT: "la place accordée sur le disque est épuisée",
    errno.EFBIG: "c'est trop gros",
    errno.ENAMETOOLONG: "le nom est trop long",
    errno.ELOOP: "ce lien mène à lui-même",
    errno.EMFILE: "trop de fichiers ouverts",
    errno.EIO: "le disque ne répond pas bien",
    errno.EADDRINUSE: "un autre programme s'en sert déjà",
    errno.EADDRNOTAVAIL: "cette adresse n'est pas celle de cette machine",
    errno.ECONNREFUSED: "personne n'y répond",
    errno.EHOSTUNREACH: "la machine est injoignable",
    errno.ENETUNREACH: "le réseau est injoignable",
    errno.ETIMEDOUT: "pas de réponse à temps",
    socket.EAI_NONAME: "ce nom de machine est inconnu",
    socket.EAI_AGAIN: "ce nom de machine est inconnu",
}


def why(error: OSError) -> str:
    """« le disque est plein »: why it failed, to go into a French sentence."""
    if isinstance(error, TimeoutError):
        return _WORDS[errno.ETIMEDOUT]
    known = _WORDS.get(error.errno or 0)
    return known or (f"erreur {error.errno} du système" if error.errno else "erreur du système")
