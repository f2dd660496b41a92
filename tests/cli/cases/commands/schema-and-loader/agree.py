"""agree.py PROGRAM SCHEMA FILES: each budget file of FILES, under its heading, as both see it.

`valid`: loader and schema take it. `refused`: both refuse it. `loader`: only the loader refuses it, since it
takes knowledge of metrics, units or other budgets. Lines of four blanks are put below `version: 1`,
`budgets:`, `  s:`; others stand as they are, `|` is a new line.
"""
import json
import subprocess
import sys

import jsonschema
import yaml

program, schema, listed = sys.argv[1:]
# As perfbudget reads them: a date is a text.
yaml.SafeLoader.yaml_implicit_resolvers = {
    first: [row for row in rows if row[0] != "tag:yaml.org,2002:timestamp"]
    for first, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()}
schema = json.load(open(schema))
validator = jsonschema.validators.validator_for(schema)(schema)
EXPECTED = {"valid": (True, True), "refused": (False, False), "loader": (False, True)}
counts, heading = {}, None
for line in open(listed, encoding="utf-8").read().splitlines():
    if line in EXPECTED:
        heading = line
        continue
    if not line.strip() or line.startswith("#"):
        continue
    text = line.replace("|", "\n") + "\n"
    if line.startswith("    "):
        text = "version: 1\nbudgets:\n  s:\n" + text
    with open("case.yaml", "w", encoding="utf-8") as out:
        out.write(text)
    status = subprocess.run([program, "lint", "case.yaml"], capture_output=True).returncode
    loads = status == 0
    fits = not list(validator.iter_errors(yaml.safe_load(text)))
    counts[heading] = counts.get(heading, 0) + 1
    if status not in (0, 2) or (loads, fits) != EXPECTED[heading]:
        print(f"{heading}: exit {status}, the schema {'takes' if fits else 'refuses'} {line!r}")
print(counts)
