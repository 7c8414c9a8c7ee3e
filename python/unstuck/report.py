"""What the command found out, as plain values that a notebook shows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Finding:
    """One cause with its evidence, and what undoes it."""

    cause: str
    certainty: str  # "proved" by a treatment that was tried, "seen" in what was measured, or only "suspected"
    evidence: str
    treatment: str  # in words; "" where there is none
    torch: str  # the change in PyTorch; "" where it has none
    keras: str  # and in Keras
    before: float | None  # the share of the targets' spread that is explained, without the treatment
    after: float | None  # and with it; None: it wasn't tried
    verified: bool  # the treatment was tried and cured the training
    standing: str = ""  # the certainty in the report's words: "proved together with the others" where it takes all treatments

    def __str__(self) -> str:
        lines = [f"{self.cause} ({self.standing or self.certainty})", f"  {self.evidence}"]
        lines += [f"  Treatment: {self.treatment}"] if self.treatment else []
        for name, code in (("PyTorch", self.torch), ("Keras", self.keras)):
            if code:
                lines.append(f"    {name}: " + code.replace("\n", "\n" + " " * (6 + len(name))))
        return "\n".join(lines)


@dataclass(frozen=True)
class Report:
    """A diagnosis. In a notebook it shows itself, with figures; print gives it as text."""

    verdict: str  # one line: the cause, what it means, and what the treatment did
    cause: str
    findings: list[Finding]
    explained_before: float | None
    explained_after: float | None
    assumed: list[str]  # what wasn't given
    unread: list[str]  # places of the model that weren't understood; nothing was trained then
    markdown: str  # the whole report
    html: str  # and as a page of its own
    raw: dict[str, Any] = field(repr=False)  # what the command printed

    @property
    def torch(self) -> str:
        """The first treatment that has one, as a change in PyTorch; "" without any."""
        return next((finding.torch for finding in self.findings if finding.torch), "")

    @property
    def keras(self) -> str:
        """The first treatment that has one, as a change in Keras; "" without any."""
        return next((finding.keras for finding in self.findings if finding.keras), "")

    def __str__(self) -> str:
        parts = [self.verdict, *(f"Assumed: {a}" for a in self.assumed), *(f"Not understood: {u}" for u in self.unread)]
        return "\n".join(parts + [f"\n{i}. {finding}" for i, finding in enumerate(self.findings, 1)])

    def _repr_markdown_(self) -> str:
        return self.markdown


def from_json(raw: dict[str, Any], markdown: str, html: str) -> Report:
    """Make a report of what ``unstuck diagnose --json --markdown FILE --html FILE`` wrote."""
    heading = markdown.lstrip().splitlines()[0].removeprefix("# ") if markdown.strip() else raw["cause"]
    findings = [
        Finding(
            cause=f["cause"], certainty=f["certainty"], evidence=f["evidence"], treatment=f.get("treatment", ""), torch=f.get("torch", ""),
            keras=f.get("keras", ""), before=f.get("before"), after=f.get("after"), verified=f.get("verified", False), standing=f.get("standing", ""),
        )
        for f in raw.get("findings") or []
    ]  # fmt: skip
    return Report(
        verdict=re.sub(r"\\(.)", r"\1", heading),
        cause=raw["cause"],
        findings=findings,
        explained_before=raw.get("explained_before"),
        explained_after=raw.get("explained_after"),
        assumed=[_assumption(a) for a in raw.get("assumed") or []],
        unread=[f"{u['path']}: {u['text']}" for u in raw.get("unread") or []],
        markdown=markdown,
        html=html,
        raw=raw,
    )


def _assumption(entry: dict[str, str]) -> str:
    why = f"in place of {entry['given']}" if entry.get("given") else f"({entry.get('why', '')})"
    return f"{entry['setting']} {entry['value']} {why}"
