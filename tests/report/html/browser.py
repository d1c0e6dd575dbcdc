"""Debian's Chromium or another one, driven by Selenium; pages come from files, and nothing is fetched."""

import json
import shutil
from contextlib import contextmanager

import pytest

OPTIONS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--hide-scrollbars"),
)
NARROW, WIDE = 360, 1280
"""The width of a phone and of a desk's screen, in pixels."""
EXTRA = "pip install selenium, or gradcheck's extra `browser`"


def find_program(*names):
    """The path of the first program that is there, None where none is."""
    return next(filter(None, map(shutil.which, names)), None)


@contextmanager
def open_browser(folder):
    """A browser with a profile of its own in a folder; the test is skipped where there is none."""
    webdriver = pytest.importorskip("selenium.webdriver", reason=f"no browser can be driven: {EXTRA}")
    program, driver = find_program("chromium", "chromium-browser", "google-chrome"), find_program("chromedriver")
    if not (program and driver):
        pytest.skip("no browser is found: install chromium and chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for option in (*OPTIONS, f"--user-data-dir={folder / 'profile'}"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    opened = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    try:
        yield opened
    finally:
        opened.quit()


def set_screen(browser, width=WIDE, scheme="light", medium="screen"):
    """Set the width of the screen, the colours that are asked for, and whether it is paper; somebody looks at it."""
    browser.execute_cdp_cmd("Emulation.setFocusEmulationEnabled", {"enabled": True})
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": medium, "features": features})


def list_requests(browser):
    """The addresses that were asked for since the last call."""
    events = (json.loads(entry["message"])["message"] for entry in browser.get_log("performance"))
    return [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]


FIND_FAINT_TEXT = """
const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
const mix = layers => {
  canvas.clearRect(0, 0, 1, 1);
  for (const layer of layers) { canvas.fillStyle = layer; canvas.fillRect(0, 0, 1, 1); }
  return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)];
};
const luminance = colour => colour
  .map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const faint = [];
let seen = 0;
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const element = texts.currentNode.parentElement;
  if (!texts.currentNode.data.trim() || !element.checkVisibility() || element.closest("script, title")) continue;
  const backs = ["white"];
  for (let one = element; one; one = one.parentElement) backs.splice(1, 0, getComputedStyle(one).backgroundColor);
  const style = getComputedStyle(element);
  const colour = element.closest("svg") ? style.fill : style.color;
  const [low, high] = [mix(backs), mix([...backs, colour])].map(luminance).sort((a, b) => a - b);
  seen += 1;
  if ((high + 0.05) / (low + 0.05) < 4.5) faint.push(texts.currentNode.data.slice(0, 60));
}
return [seen, faint];
"""
"""How much text can be seen, and which of it has a contrast below 4.5 to what is behind it.  Source: WCAG 2.2."""
