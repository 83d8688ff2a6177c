# SPDX-License-Identifier: GPL-2.0-only
"""Validation with the project's JSON Schemas (tools/report/schemas)."""

import functools
import json
import pathlib

import jsonschema

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tools" / "report" / "schemas"


@functools.cache
def _all():
    """Every schema of the folder, by its $id."""
    store = {}
    for path in sorted(FOLDER.glob("*.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        store[schema["$id"]] = schema
    return store


def problems(document, name="nestcheck.report-1.json"):
    """The schema's complaints about the document, one sentence each."""
    store = _all()
    if name not in store:
        return [f"there is no schema {name} in {FOLDER}"]
    resolver = jsonschema.RefResolver(name, store[name], store=store)
    validator = jsonschema.Draft202012Validator(store[name], resolver=resolver)
    out = []
    for error in validator.iter_errors(document):
        where = ".".join(str(p) for p in error.absolute_path) or "the document"
        out.append(f"{where}: {error.message[:200]}")
    return out
