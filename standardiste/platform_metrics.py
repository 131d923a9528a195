"""The figures of all towns of a platform in one answer, each under its town's name (`commune`)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

OF_THE_PROCESS = ("standardiste_speech_", "standardiste_sentences", "standardiste_tasks")
"""Of what the towns share: every town's registry tells the same, and one telling is enough."""


@dataclass(frozen=True, eq=False)
class TownFigures(Collector):
    """What each town's own registry tells."""

    towns: Callable[[], Mapping[str, CollectorRegistry]]

    def collect(self) -> Iterable[Metric]:
        """Read when Prometheus asks."""
        told: dict[str, Metric] = {}
        for name, registry in self.towns().items():
            for metric in registry.collect():
                shared = metric.name.startswith(OF_THE_PROCESS)
                if shared and metric.name in told:
                    continue
                whole = told.setdefault(metric.name, Metric(metric.name, metric.documentation, metric.type))
                own = {} if shared else {"commune": name}
                whole.samples += [
                    sample._replace(labels={**own, **sample.labels}) for sample in metric.samples
                ]
        return told.values()
