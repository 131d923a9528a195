"""Web addresses, and whether what is said to them can be overheard."""

import ipaddress
from urllib.parse import urlsplit


def is_in_clear(url: str) -> bool:
    """Whether what is said to this address can be read on the way: neither TLS nor this machine itself."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        stays_here = ipaddress.ip_address(host).is_loopback
    except ValueError:
        stays_here = host == "localhost"
    return parts.scheme == "http" and not stays_here
