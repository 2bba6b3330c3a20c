"""A diagnosis that tells of nobody in particular."""

from __future__ import annotations

from analyzer.diagnosis import Diagnosis
from analyzer.model import Evidence
from analyzer.redact.anonymize import Anonymizer
from analyzer.redact.walk import changed


class Anonymous:
    """Called with a diagnosis and the evidence it rests on; afterwards `mapping` tells what became of each name."""

    def __init__(self) -> None:
        """Nothing replaced yet."""
        self._anonymizer = Anonymizer()

    def __call__(self, diagnosis: Diagnosis, evidence: Evidence) -> Diagnosis:
        """The diagnosis with made-up names."""
        self._anonymizer = Anonymizer.of(evidence)
        return changed(diagnosis, self._anonymizer.clean)

    def mapping(self) -> bytes:
        """As `Anonymizer.mapping`."""
        return self._anonymizer.mapping()
