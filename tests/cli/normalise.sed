# What differs from run to run, machine to machine and version to version, made the same in every
# output before it is compared with a golden file. Folders are replaced before this by tests/cli/run:
# the case's own by CASE, the repository by REPO, the program by PERFBUDGET.
s/perfbudget 0\.[0-9]+\.[0-9]+/perfbudget VERSION/g
s/(zlib|brotli|zstd) [0-9]+(\.[0-9]+)+/\1 VERSION/g
s/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z/STAMP/g
s/(in|took|after) [0-9]+(\.[0-9]+)? (ns|us|µs|ms|s|min)\b/\1 DURATION/g
s/127\.0\.0\.1:[0-9]{4,5}\b/127.0.0.1:PORT/g
# How loud the machine was is its own business.
/^The machine was loud: /d
s|<p>The machine was loud: [^<]*</p>||g
