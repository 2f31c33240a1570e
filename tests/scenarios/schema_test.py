"""Holds scenarios/scenario.schema.json and the loader together: what is shipped validates, what is wrong does not.

Wrong files and who refuses them stand in tests/scenarios/bad/expected.tsv; "loader" marks those that need names, sums
or files, which a schema cannot express.
"""
import json
import pathlib
import sys

import jsonschema

root = pathlib.Path(sys.argv[1])
schema = json.loads((root / "scenarios/scenario.schema.json").read_text("utf-8"))
validator = jsonschema.Draft202012Validator(schema)
validator.check_schema(schema)
failures = []


def first_error(document):
    error = jsonschema.exceptions.best_match(validator.iter_errors(document))
    return None if error is None else "/" + "/".join(map(str, error.absolute_path)) + ": " + error.message[:200]


shipped = sorted((root / "scenarios/library").rglob("*.json"))
for path in shipped:
    error = first_error(json.loads(path.read_text("utf-8")))
    if error:
        failures.append(f"{path}: the schema refuses a shipped scenario: {error}")
if len(shipped) < 24:
    failures.append("the library has fewer than 24 scenarios")

wrong = 0
for line in (root / "tests/scenarios/bad/expected.tsv").read_text("utf-8").splitlines():
    if line.startswith("#"):
        continue
    name, refused_by = line.split("\t")[:2]
    path = root / "tests/scenarios/bad" / f"{name}.json"
    try:
        error = first_error(json.loads(path.read_bytes().decode("utf-8")))
    except ValueError:
        error = "text"
        if refused_by != "text":
            failures.append(f"{path}: is no JSON, but the table says {refused_by}")
    if refused_by == "schema":
        wrong += 1
        if error is None:
            failures.append(f"{path}: the loader refuses it, the schema accepts it")
    if refused_by == "loader" and error is not None:
        failures.append(f"{path}: the schema refuses it too; mark it so: {error}")

print(f"{len(shipped)} shipped scenarios, {wrong} wrong files seen by the schema too")
for failure in failures:
    print(failure)
sys.exit(1 if failures or wrong < 40 else 0)
