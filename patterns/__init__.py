"""The pattern library: one YAML file a pattern, and the grammar they are held to."""

from patterns.load import load_library
from patterns.schema import Example, Library, LibraryError, Match, Pattern, Problem, Selector

__all__ = ["Example", "Library", "LibraryError", "Match", "Pattern", "Problem", "Selector", "load_library"]
