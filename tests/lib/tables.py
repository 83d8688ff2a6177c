# SPDX-License-Identifier: GPL-2.0-only
"""Hand-written tables in TOML: unknown, missing and duplicate keys and names are errors.

Otherwise a misspelt expectation would never be checked. An error is a ValueError that says where.
"""

import dataclasses
import fnmatch
import tomllib


def wrong_keys(table, known):
    """One sentence for each key that is not one of the known ones."""
    for key in table:
        if key not in known:
            yield f"unknown key '{key}', one of {', '.join(sorted(known))}"


def check_keys(table, known, where):
    for problem in wrong_keys(table, known):
        raise ValueError(f"{where}: {problem}")


def build(cls, table, where):
    """A dataclass from a table, whose keys are its fields; those without a default are required."""
    fields = dataclasses.fields(cls)
    check_keys(table, {f.name for f in fields}, where)
    for field in fields:
        defaults = (field.default, field.default_factory)
        if defaults == (dataclasses.MISSING,) * 2 and field.name not in table:
            raise ValueError(f"{where}: has no '{field.name}'")
    return cls(**table)


def one_of(value, allowed, where):
    if value not in allowed:
        raise ValueError(f"{where}: '{value}' is not one of {', '.join(allowed)}")


def read(text, known, where):
    """A document that may have only these tables at the top level."""
    document = tomllib.loads(text)
    for name in document:
        if name not in known:
            raise ValueError(f"{where}: unknown table '{name}', one of {', '.join(sorted(known))}")
    return document


def unique(names, what):
    names = list(names)
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"two {what} are called '{name}'")


def select(things, globs, name=lambda thing: thing.name):
    """Those whose name one of the globs matches; all of them without globs."""
    return [t for t in things if not globs or any(fnmatch.fnmatchcase(name(t), g) for g in globs)]
