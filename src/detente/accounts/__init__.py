"""The world as measured: balanced accounts, where they come from, how they are built."""

from detente.accounts.assemble import assemble, merge_uses, one_use, two_uses
from detente.accounts.baseline import Baseline
from detente.accounts.library import load
from detente.accounts.toy import toy

__all__ = ["Baseline", "assemble", "load", "merge_uses", "one_use", "toy", "two_uses"]
