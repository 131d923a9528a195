"""Telling systemd how we are: sd_notify(3), where it asked to be told."""

import os
import socket


def notify(state: str) -> None:
    """For instance READY=1; nothing where no service manager listens (NOTIFY_SOCKET)."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    # A leading @ is the abstract name space (unix(7)).
    name = "\0" + address[1:] if address.startswith("@") else address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to_manager:
        to_manager.connect(name)
        to_manager.send(state.encode())
