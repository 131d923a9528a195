"""An echoing agent as a process of its own, to be killed.

python -m tests.support.agent_process URL USER PASSWORD APP
"""

import asyncio
import sys

from telephony.bridge import AsteriskBridge, AsteriskSettings
from tests.support.echo_app import echo


async def main() -> None:
    bridge = AsteriskBridge(AsteriskSettings(*sys.argv[1:5]), echo)
    running = asyncio.create_task(bridge.run())
    await bridge.connected.wait()
    print("connected", flush=True)
    await running


if __name__ == "__main__":
    asyncio.run(main())
