"""The night as Prometheus metrics, in a file that node_exporter's textfile collector reads.

A job that runs once a night cannot be scraped: https://github.com/prometheus/node_exporter#textfile-collector.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from connector.language import _

if TYPE_CHECKING:
    from connector.ops.night.outcome import Night


def exposition(night: Night) -> bytes:
    """Return the metrics of a night in the text format: when, how long, how it ended, what each step counted."""
    registry = CollectorRegistry()

    def gauge(name: str, documentation: str, *labels: str) -> Gauge:
        return Gauge(f"parcours_nuit_{name}", documentation, labels, registry=registry)

    gauge("debut_timestamp_seconds", _("Début de la dernière nuit terminée, en secondes depuis 1970 UTC")).set(
        night.started.timestamp()
    )
    gauge("duree_seconds", _("Durée de la dernière nuit")).set(night.seconds)
    gauge("code", _("Code de retour : 0 bien, 1 un échec, 2 du travail pour une personne")).set(night.exit_code)
    gauge("manquees", _("Nuits sans passage avant celle-ci")).set(night.missed)
    failed = gauge("etape_echecs", _("Échecs de chaque étape"), "etape")
    lasted = gauge("etape_duree_seconds", _("Durée de chaque étape"), "etape")
    for step in night.steps:
        failed.labels(step.name).set(len(step.done.failures))
        lasted.labels(step.name).set(step.seconds)
    counted = gauge("nombre", _("Ce que les étapes ont compté"), "quoi")
    for name, number in night.figures.items():
        counted.labels(name).set(number)
    return generate_latest(registry)
