#!/bin/sh
# A plugin for the fail-open matrix: the number that stands in a file, or what a line "sh COMMANDS" does.
if [ "$1" = --describe ]; then
    cat << 'JSON'
{"abi": 1, "name": "number-exec", "summary": "Reads a number from a file.", "target": "text", "target_help": "a file",
 "needs": ["once"],
 "metrics": [{"name": "value", "help": "The number.", "unit": "count", "better": "lower", "nature": "exact"}]}
JSON
    exit
fi
name=$(sed -n 's/.*"targets": *\[ *"\([^"]*\)".*/\1/p')
fail() {
    printf '{"fail": "%s", "fault": "%s"}\n' "$1" "$2"
    exit
}
[ -f "$name" ] && [ -r "$name" ] || fail "the file cannot be read" target
read -r line < "$name" || fail "the file holds no line" data
case $line in
"sh "*) eval "${line#sh }" ;;
none) ;;
cut)
    echo '{"metric": "value", "value": 42}'
    exit
    ;;
*[!0-9a-z]* | '') fail "the file holds no number" data ;;
*) echo "{\"metric\": \"value\", \"value\": $line}" ;;
esac
echo '{"done": true}'
