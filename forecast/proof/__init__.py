"""What the rules alone decide: for whom an outcome is certain, and for whom impossible."""

from forecast.proof.verdicts import Proof, Verdict, prove

__all__ = ["Proof", "Verdict", "prove"]
