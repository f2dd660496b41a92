# What golden cases share:    . "$REPO/tests/cli/lib.sh"

# budget LINES: the budgets of a file budget.yaml, from their ids on, indented by two by the caller.
budget() {
    printf 'version: 1\nbudgets:\n%s\n' "$1" > budget.yaml
}

# try LABEL COMMAND...: runs it and prints one line: label, exit status, the error codes it named.
# Its outputs stay in try.out and try.err.
try() {
    local label=$1 status codes
    shift
    "$@" > try.out 2> try.err
    status=$?
    codes=$(grep -E '(error|warning): ' try.err | grep -oE '\[[a-z][a-z-]+\]$' | sort -u | tr '\n' ' ')
    printf '%s: exit %s %s\n' "$label" "$status" "$codes" | sed 's/ *$//'
}

# skip_sanitized [WHY]: bounds on memory do not hold under a sanitizer, which reserves terabytes.
skip_sanitized() {
    [ -z "${PERFBUDGET_SANITIZED:-}" ] || { echo "${1:-memory is not bounded under a sanitizer}" >&2; exit 77; }
}

# need PROGRAM...: skips the case where one of them is missing.
need() {
    local program
    for program in "$@"; do
        command -v "$program" > /dev/null || { echo "$program is not installed" >&2; exit 77; }
    done
}

# no_escapes FILE...: complains about bytes that would steer a terminal or turn text around.
no_escapes() {
    LC_ALL=C grep -nP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]' "$@" &&
        echo "escapes got through"
    return 0
}

# field JSON_FILE PYTHON_EXPRESSION: prints what the expression makes of the report `r`.
field() {
    /usr/bin/python3 -c 'import json, sys; r = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$1" "$2"
}
