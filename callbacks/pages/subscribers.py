"""Where a request comes from, to count tries by."""

import ipaddress

from fastapi import Request


def subscriber_of(request: Request) -> str:
    """The address; of IPv6 the network, as one subscriber has a whole /64 of them (RFC 6177 §2)."""
    return network_of(request.client.host if request.client else "?")


def network_of(host: str) -> str:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))
    return host
