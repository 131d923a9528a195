"""One machine of the engines: Ray's node on it and, on the machine that leads, what is served there.

Ray runs in processes of its own, never in ours: `node_command` starts its node, and `python -m
speech.cluster_node` puts the engines in place and ends, reading a `Plan` as JSON on standard input.
"""

import json
import logging
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from importlib.util import find_spec
from typing import Any

from speech.cluster_replica import engine_config
from speech.cluster_settings import EARS, VOICE, NodeSettings
from speech.settings import SpeechSettings

OBJECTS_BYTES = 80 * 2**20
"""Ray's memory for what is passed from process to process, of which utterances take little: its smallest."""
EXAMINED_EVERY_S = 10.0
EXAMINED_WITHIN_S = 30.0
ENDS_WITHIN_S = 5.0
WAITING_PER_REPLICA = 1.0
"""From this much work for each engine on, others are started."""
UP_AFTER_S = 3.0
DOWN_AFTER_S = 300.0
"""Loading a model costs more than keeping it between two busy moments."""
VOICES = (1, 4)
VOICE_CORES = 0.5
NO_SPARES = {"RAY_enable_worker_prestart": "0", "RAY_prestart_worker_first_driver": "0"}
"""Ray's own processes for work that never comes here."""


@dataclass(frozen=True)
class Plan:
    """What is put in place, in JSON's own types."""

    address: str
    """Of the machine that leads, for Ray."""
    own: str
    """Of this machine."""
    listen: str
    port: int
    secret: str | None
    replicas: tuple[int, int]
    queue_size: int
    ears: dict[str, Any] | None
    """As `engine_config` writes it; None where nothing listens."""
    voice: dict[str, Any]


def is_installed() -> bool:
    """Whether Ray is: it comes with the extra `cluster`."""
    return find_spec("ray") is not None and find_spec("ray.serve") is not None


def node_command(node: NodeSettings) -> list[str]:
    """Runs Ray's node until it is told to end; it prints « Ray runtime started » once it is there."""
    start = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block", "--disable-usage-stats"]
    start += [f"--node-ip-address={node.host}", f"--object-store-memory={OBJECTS_BYTES}"]
    # Its workers' ports are the system's to choose: the range that Ray has for them may be somebody else's.
    start += ["--include-log-monitor=false", "--min-worker-port=0", "--max-worker-port=0"]
    if node.cores is not None:
        start += [f"--num-cpus={node.cores}"]
    if not node.leads:
        return [*start, f"--address={node.head}"]
    port = node.head.rpartition(":")[2]
    return [*start, "--head", f"--port={port}", "--include-dashboard=false", "--no-monitor"]


def node_environment(node: NodeSettings) -> Mapping[str, str]:
    """Beside what this process has: no news to anybody, and the password that keeps strangers out."""
    own = {
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_COLOR_PREFIX": "0",
        "PYTHONSAFEPATH": "1",
        **NO_SPARES,
    }
    if node.secret is None:
        return own | {"RAY_AUTH_MODE": "disabled"}
    return own | {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": node.secret}


def plan_of(
    node: NodeSettings, speech: SpeechSettings, ears: dict[str, Any] | None, voice: dict[str, Any]
) -> Plan:
    """`ears`, `voice`: what a worker loads (`speech.models`)."""
    engine = partial(engine_config, queue_size=speech.queue_size, wait_s=speech.queue_wait_s)
    hearing = ears and engine(ears, hears=True, timeout_s=speech.decode_timeout_s, at_once=node.heard_at_once)
    return Plan(
        address=node.head,
        own=node.host,
        listen="127.0.0.1" if node.host == "127.0.0.1" else "0.0.0.0",
        port=node.port,
        secret=node.secret,
        replicas=node.replicas,
        queue_size=speech.queue_size,
        ears=hearing,
        voice=engine(voice, hears=False, timeout_s=speech.synthesis_timeout_s),
    )


def main() -> int:
    """Puts the plan in place; prints `{"ready": true}` once every engine is loaded, else why it is not."""
    plan = Plan(**json.loads(sys.stdin.read()))
    answers = sys.stdout
    sys.stdout = sys.stderr  # libraries print where they like
    from ray.exceptions import RayError

    try:
        _put_in_place(plan)
    except (RayError, RuntimeError, ConnectionError, TimeoutError, ValueError) as error:
        print(json.dumps({"unusable": str(error)}), file=answers, flush=True)
        return 1
    print(json.dumps({"ready": True}), file=answers, flush=True)
    return 0


def _put_in_place(plan: Plan) -> None:
    import ray
    from ray import serve

    ray.init(
        address=plan.address, _node_ip_address=plan.own, log_to_driver=False, logging_level=logging.WARNING
    )
    serve.start(
        proxy_location="EveryNode",
        http_options={"host": plan.listen, "port": plan.port, "keep_alive_timeout_s": 90},
    )
    _serve(plan, VOICE, plan.voice, VOICES, VOICE_CORES)
    if plan.ears is not None:
        _serve(plan, EARS, plan.ears, plan.replicas, 1.0)
    ray.shutdown()


def _serve(plan: Plan, name: str, engine: dict[str, Any], replicas: tuple[int, int], cores: float) -> None:
    from ray import serve

    from speech.cluster_served import ServedEngine

    served = serve.deployment(
        name=name,
        user_config=engine,
        max_ongoing_requests=plan.queue_size + 1,
        autoscaling_config={
            "min_replicas": replicas[0],
            "max_replicas": replicas[1],
            "target_ongoing_requests": WAITING_PER_REPLICA,
            "upscale_delay_s": UP_AFTER_S,
            "downscale_delay_s": DOWN_AFTER_S,
        },
        ray_actor_options={"num_cpus": cores},
        health_check_period_s=EXAMINED_EVERY_S,
        health_check_timeout_s=EXAMINED_WITHIN_S,
        graceful_shutdown_timeout_s=ENDS_WITHIN_S,
    )(ServedEngine)
    serve.run(served.bind(plan.secret), name=name, route_prefix=f"/{name}")


def as_json(plan: Plan) -> str:
    """As `main` reads it."""
    return json.dumps(asdict(plan))


if __name__ == "__main__":
    sys.exit(main())
