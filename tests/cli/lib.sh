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

# serve [OPTION...]: starts the test server (tests/support/test_server.c), which ends with this shell;
# its port is then $PORT.
serve() {
    local program=${PERFBUDGET_BUILD_DIR:-}/test_server line hold
    [ -x "$program" ] || { echo "the test server is not built" >&2; exit 77; }
    served=$((${served:-0} + 1))
    mkfifo "serve.$served.in" "serve.$served.out"
    "$program" --seconds 110 "$@" < "serve.$served.in" > "serve.$served.out" &
    exec {hold}> "serve.$served.in"
    read -r line < "serve.$served.out"
    PORT=${line#port }
    [ "$PORT" ] || { echo "the test server does not start" >&2; exit 1; }
}

# proxy NAME [OPTION...]: starts tests/support/proxy.py, which ends with this shell; its port is then $PORT.
proxy() {
    /usr/bin/python3 "$REPO/tests/support/proxy.py" "$@" < /dev/null &
    proxies="${proxies:-} $!"
    # shellcheck disable=SC2064  # those that run by now
    trap "kill $proxies" EXIT
    for _ in $(seq 1000); do [ -e "$1.port" ] && break; sleep 0.02; done
    PORT=$(cat "$1.port")
}

# verdicts REPORT: one line a limit of a report: id, limit, verdict, reason; ports by name.
verdicts() {
    /usr/bin/python3 - "$1" <<'END'
import json, re, sys
for budget in json.load(open(sys.argv[1]))["budgets"]:
    for row in budget["limits"]:
        why = "" if row["verdict"] == "pass" else ": " + re.sub(r"\(timeout\): .*", "(timeout)", row["reason"])
        print(f'{budget["id"]} {row["limit"]} {row["verdict"]}{why}')
    for remark in budget["diagnostics"]:
        if remark["level"] != "error":
            print(f'  {remark["level"]}: {remark["message"]}')
END
}

# comments_api: starts a stand-in for the API of GitHub's and GitLab's comments, which ends with this shell;
# its port is then $PORT, its comments and log are in the folder api. The token is $TOKEN.
comments_api() {
    local hold
    mkdir api && mkfifo api/in api/out
    /usr/bin/python3 "$REPO/tests/support/comments_api.py" api < api/in > api/out &
    exec {hold}> api/in
    read -r PORT < api/out
    [ "$PORT" ] || { echo "the stand-in for the API does not start" >&2; exit 1; }
    TOKEN=t0ken_c4nary
    unset GITHUB_TOKEN GITHUB_REF GITHUB_EVENT_PATH GITLAB_TOKEN CI_JOB_TOKEN CI_MERGE_REQUEST_IID
    unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
}

# posted LABEL COMMAND...: runs it and prints its exit status, warnings, and what the API was asked.
posted() {
    local label=$1
    shift
    rm -f api/log
    "$@" > post.out 2> post.err
    printf '%s: exit %s\n' "$label" "$?"
    grep -E '(error|warning|note): ' post.err | sed "s/^/    /; s/:$PORT/:PORT/g"
    [ ! -e api/log ] || sed 's/^/    > /' api/log
    grep -h "$TOKEN" post.out post.err api/comments.json 2> /dev/null
    return 0
}

# comments: each comment's number and first lines, digests without their digits.
comments() {
    /usr/bin/python3 - << 'END'
import json, os, re
for comment in json.load(open("api/comments.json")) if os.path.exists("api/comments.json") else []:
    lines = re.sub(r"[0-9a-f]{16}", "DIGEST", comment["body"]).splitlines()
    print(f'    #{comment["id"]}', " | ".join(lines[:2]))
END
}
