"""`make demo`: one whole demonstration call, through the real pipeline."""

import argparse
import asyncio
import os
import sys

from speech.errors import SpeechError
from standardiste.errors import StandardisteError
from standardiste.log import configure_logging
from standardiste.settings import read_settings


def main() -> int:
    """Plays the call; the exit code."""
    try:
        settings = read_settings(os.environ, argparse.Namespace())
        configure_logging(settings.log_level)
        # Imported once logging is set: pipecat writes a banner otherwise.
        from standardiste.demo_call import play

        return asyncio.run(play(settings))
    except (SpeechError, StandardisteError) as error:
        print(f"standardiste : {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
