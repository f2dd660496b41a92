"""What the lints share: which files there are, and C text without its comments and literals."""
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def files(*suffixes, below=()):
    """Files of the project by suffix, tracked or about to be; paths relative to the root, sorted."""
    try:
        listed = subprocess.run(
            ["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard", "-z"],
            check=True, capture_output=True).stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        listed = [str(p.relative_to(ROOT)) for p in ROOT.rglob("*")
                  if not any(part.startswith("build") or part == ".git" for part in p.parts)]
    chosen = (name for name in listed if name and (ROOT / name).is_file())
    if suffixes:
        chosen = (name for name in chosen if name.endswith(suffixes))
    if below:
        chosen = (name for name in chosen if name.startswith(below))
    return sorted(set(chosen))


def read(name):
    return (ROOT / name).read_text(encoding="utf-8", errors="replace")


def rows(name, separator="|"):
    """The rows of a data file beside this one: lists of stripped cells."""
    for line in (pathlib.Path(__file__).parent / name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield [cell.strip() for cell in line.split(separator)] if separator else [line]


NOISE = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.S)


def bare(text):
    """C text in which comments and literals are blanked, line for line."""
    def blank(match):
        found = match.group(0)
        kept = '""' if found[0] == '"' else "0" if found[0] == "'" else " "
        return kept + "\n" * found.count("\n")
    return NOISE.sub(blank, text)


SIGNATURE = re.compile(r"([A-Za-z_]\w*)\s*\(")


class Function:
    def __init__(self, name, line, head, length):
        self.name, self.line, self.head, self.length = name, line, head, length

    def parameters(self):
        """How many parameters the head names; `...` does not count."""
        start = self.head.index(self.name + "(" if self.name + "(" in self.head else "(")
        start = self.head.index("(", start)
        depth, count, text = 0, 1, ""
        for character in self.head[start:]:
            depth += character in "([{"
            depth -= character in ")]}"
            if depth == 0:
                break
            if character == "," and depth == 1:
                count += 1
            text += character
        inside = text[1:].strip()
        if inside in ("", "void"):
            return 0
        return count - inside.endswith("...")


def functions(text):
    """Functions declared or defined at the left margin, as clang-format lays them out. The length of
    a definition is in lines, of its signature too; that of a declaration is 0."""
    lines = bare(text).split("\n")
    found, at = [], 0
    while at < len(lines):
        line = lines[at]
        if not re.match(r"[A-Za-z_]", line) or line.startswith(("typedef", "CODE(", "case ")):
            at += 1
            continue
        start, head = at, ""
        while at < len(lines) and not re.search(r"[;{}]\s*$", lines[at]) and lines[at].strip():
            head += lines[at] + " "
            at += 1
        head += lines[at] if at < len(lines) else ""
        at += 1
        body = head.rstrip().endswith("{")
        before = re.sub(r"__attribute__\s*\(\(.*?\)\)", "", head)
        match = SIGNATURE.search(before)
        plain = match and "=" not in before[:match.start()]
        length = 0
        if body:
            while at < len(lines) and not lines[at].startswith("}"):
                at += 1
            at += 1
            length = at - start
        if plain and match.group(1) not in ("_Static_assert", "defined"):
            found.append(Function(match.group(1), start + 1, before, length))
    return found


def report(problems):
    """Prints the problems and ends the lint."""
    for problem in problems:
        print(problem)
    raise SystemExit(1 if problems else 0)
