"""`standardiste serve`: all of one town's service, or one part of it."""

import argparse

from standardiste.roles import Role, check_role
from standardiste.settings import Settings


def run_serve(args: argparse.Namespace, settings: Settings) -> int:
    """Serves until it is told to end. Raises Unusable.

    A machine that only hears and speaks for others has no use for the rest, nor memory to hold it.
    """
    role = Role(args.role)
    check_role(role, settings)
    if role is Role.SPEECH:
        from standardiste.serving_speech import serve_speech

        return serve_speech(settings)
    from standardiste.serving import serve_town

    return serve_town(args, settings, role)
