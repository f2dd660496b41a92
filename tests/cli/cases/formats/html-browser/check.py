import signal
import sys

import browser

if not browser.found():
    print("no Chromium is installed", file=sys.stderr)
    sys.exit(77)
signal.alarm(110)

# Of every element with words of its own: the contrast of its colour with the nearest background (WCAG 2.2, 1.4.3).
CONTRAST = """
(() => {
  const parse = text => text.match(/[\\d.]+/g).map(Number);
  const light = rgb => rgb.slice(0, 3).map(c => c / 255).map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  const worst = [];
  for (const e of document.body.querySelectorAll('*')) {
    if (e.closest('svg') || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    const a = light(parse(getComputedStyle(e).color)), b = light(behind(e));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) worst.push(e.tagName + ' ' + e.textContent.slice(0, 30) + ' ' + ratio.toFixed(2));
  }
  return worst;
})()"""


def look(page, name, width, dark, phone):
    page.show("page.html", width, dark=dark, phone=phone)
    page.value("document.querySelectorAll('details').forEach(d => d.open = true)")
    wide = page.value("document.documentElement.scrollWidth")
    print(f"{name}: {'fits' if wide <= width else f'{wide} wide, not {width}'}; "
          f"{', '.join(page.value(CONTRAST)) or 'every word stands out'}")
    return page.value("getComputedStyle(document.body).backgroundColor")


def reached(page):
    """What Tab goes through, in order."""
    page.show("page.html", 1280)
    words = []
    for _ in range(100):
        page.press("Tab", 9)
        word = page.value("document.activeElement === document.body ? '' : document.activeElement.textContent.trim()")
        if not word or (words and word == words[0]):
            break
        words.append(word)
    return words


with browser.Browser(".") as page:
    back = [look(page, name, width, dark, phone) for name, width, dark, phone in (
        ("a desk, light", 1280, False, False), ("a desk, dark", 1280, True, False),
        ("a phone, light", 360, False, True), ("a phone, dark", 360, True, True))]
    print("dark is dark:", back[0] == back[2] != back[1] == back[3])

    words = reached(page)
    everything = page.value("[...document.querySelectorAll('a, summary')].map(e => e.textContent.trim())")
    print("keys reach all links and folds:", words == everything, len(words))
    page.value("document.querySelector('summary').focus()")
    page.press("Enter", 13, "\r")
    print("Enter opens a fold:", page.value("document.querySelector('details').open"))
    page.value("document.querySelector('nav a').focus()")
    page.press("Enter", 13, "\r")
    print("a link leads to its budget:", page.value("document.querySelector('section:target h2').textContent"))

    page.value("document.querySelectorAll('details').forEach(d => d.open = true); getSelection().selectAllChildren(document.body)")
    copied = page.value("getSelection().toString()")
    print("copied:", [number for number in ("33.3 KB", "≤ 40 KB", "17 % left", "[205.8 ms, 211.9 ms] 95 %", "p95 208.3 ms", "20.87 KB", "63 %")
                      if number not in copied.replace("\n", " ")] or "every number")

    tree = page.ask("Accessibility.getFullAXTree")["nodes"]
    images = [node for node in tree if node.get("role", {}).get("value") in ("image", "img") and not node["ignored"]]
    print("pictures with a name:", sum(bool(node["name"]["value"]) for node in images), "of", len(images))
    regions = [node["name"]["value"] for node in tree if node.get("role", {}).get("value") == "region"]
    print("regions:", ", ".join(regions))
    print("loaded:", sorted({url.rpartition("/")[2].partition("#")[0] for url in page.requests}), "said:", page.said)
