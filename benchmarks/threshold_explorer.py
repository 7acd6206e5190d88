"""From a moved threshold to everything redrawn: the live explorer against two rivals, in one run.

Run with `python -m benchmarks.threshold_explorer [--rounds 300] [--no-rival]`. A real Chromium
drives the explorer within Streamlit at 624, 10,000 and 100,000 scores, the same view made of
`st.slider` and four plotly charts, and explainerdashboard's cutoff slider in a virtual environment
of its own. `ours` is the median of script and layout, `other` the faster rival's median from the
key to the last redraw.
"""

import argparse
import tempfile
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import Browser, Page, WebSocket

from benchmarks.explorer_rival import DashboardError, dashboard
from benchmarks.report import report
from benchmarks.server import Server, chromium, serve

SIZES = (624, 10_000, 100_000)
APP = ("run", "benchmarks/explorer_view.py")
DRAG_SECONDS = 3
RIVAL_ROUNDS = 12
SCRIPT_MS, LAYOUT_MS, FRAMES, TIMES = 1.0, 3.0, 58.0, 100.0

# Each round moves the threshold, draws, and has the browser lay out all panels.
UPDATE = """(root, rounds) => {
  const explorer = root.explorer, slider = root.querySelector('.slider');
  const script = [], layout = [];
  for (let round = 0; round < rounds; round++) {
    Object.assign(explorer.state, {value: Math.round(1000 * Math.random()) / 1000, rule: 'hand'});
    const start = performance.now();
    explorer.draw();
    const drawn = performance.now();
    for (const panel of root.querySelectorAll('figure')) panel.offsetHeight;
    script.push(drawn - start);
    layout.push(performance.now() - start);
  }
  return {script, layout};
}"""
# The slider's own event, and the time until its animation frame has drawn and laid out.
INPUT = """async (root, rounds) => {
  const slider = root.querySelector('.slider'), found = [];
  for (let round = 0; round < rounds; round++) {
    await new Promise((go) => setTimeout(go, 20 * Math.random()));
    const start = performance.now();
    slider.value = Math.random();
    slider.dispatchEvent(new Event('input', {bubbles: true}));
    await new Promise((go) => requestAnimationFrame(go));
    root.offsetHeight;
    found.push(performance.now() - start);
  }
  return found;
}"""
WATCH_FRAMES = """(root) => {
  window.frames_seen = [];
  const look = (time) => {
    window.frames_seen.push([time, root.explorer.state.value]);
    if (!window.frames_stop) requestAnimationFrame(look);
  };
  window.frames_stop = false;
  requestAnimationFrame(look);
}"""
# Milliseconds from the key to the last change within any plotly chart.
WATCH_CHARTS = """() => {
  window.charts = {key: 0, last: 0};
  addEventListener('keydown', () => { charts.key = performance.now(); charts.last = 0; }, true);
  new MutationObserver((changes) => {
    const drawn = changes.some(({target}) => target.closest?.('.js-plotly-plot'));
    if (drawn) charts.last = performance.now();
  }).observe(document.body, {subtree: true, childList: true, attributes: true});
}"""


class Messages:
    """How many websocket messages a page has sent."""

    def __init__(self, page: Page) -> None:
        self.sent = 0
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framesent", self._count)

    def _count(self, _: object) -> None:
        self.sent += 1


def part(values: list[float], share: float) -> float:
    """Return a percentile of milliseconds."""
    return round(sorted(values)[min(len(values) - 1, int(share * len(values)))], 2)


def spread(values: list[float]) -> dict[str, float]:
    """Return the median and the 95th percentile."""
    return {"p50": part(values, 0.5), "p95": part(values, 0.95)}


def explorer_times(browser: Browser, server: Server, images: int, rounds: int) -> dict[str, object]:
    """Measure the explorer with so many scores: updates, frames while dragging, messages."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    messages = Messages(page)
    page.goto(f"{server.url}/?view=live&images={images}")
    root = page.locator(".explorer")
    page.locator(".headline", has_text="At").wait_for(timeout=120_000)
    page.wait_for_timeout(1500)
    root.evaluate(UPDATE, 50)  # the browser compiles what runs often
    found = root.evaluate(UPDATE, rounds)
    frame = root.evaluate(INPUT, min(rounds, 100))
    before = messages.sent
    frames = drag(page)
    sent = messages.sent - before
    page.mouse.up()
    page.close()
    return {
        "script_ms": spread(found["script"]),
        "layout_ms": spread(found["layout"]),
        "with_wait_for_frame_ms": spread(frame),
        "frames_per_second": frames,
        "messages_while_dragging": sent,
    }


def drag(page: Page) -> float:
    """Drag to and fro for some seconds; return the frames a second that showed another value."""
    page.locator("[data-panel=histogram]").scroll_into_view_if_needed()
    box = page.locator("[data-panel=histogram] svg").bounding_box()
    assert box
    y = box["y"] + box["height"] / 3
    page.mouse.move(box["x"] + 0.2 * box["width"], y)
    page.mouse.down()
    page.locator(".explorer").evaluate(WATCH_FRAMES)
    end = page.evaluate("performance.now()") + 1000 * DRAG_SECONDS
    step = 0
    while page.evaluate("performance.now()") < end:
        step += 1
        place = 0.2 + 0.7 * abs((step / 150) % 2 - 1)
        page.mouse.move(box["x"] + place * box["width"], y)
    seen = page.evaluate("window.frames_stop = true, window.frames_seen")
    changed = sum(now[1] != then[1] for then, now in pairwise(seen))
    return round(1000 * changed / (seen[-1][0] - seen[0][0]), 1)


def chart_times(page: Page, settle: int = 1500) -> list[float]:
    """Press arrow keys on the first slider; return the milliseconds to the charts' last change."""
    page.evaluate(WATCH_CHARTS)
    handle = page.get_by_role("slider").first
    found = []
    for round in range(RIVAL_ROUNDS + 1):
        handle.focus()
        page.keyboard.press("ArrowRight" if round % 2 else "ArrowLeft")
        page.wait_for_timeout(settle)
        key, last = page.evaluate("[charts.key, charts.last]")
        if round and last:
            found.append(last - key)
    if not found:
        raise DashboardError("no chart changed after a key")
    return found


def plain_times(browser: Browser, server: Server, images: int) -> dict[str, float]:
    """Measure `st.slider` with four plotly charts."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(f"{server.url}/?view=plain&images={images}")
    page.locator(".js-plotly-plot").nth(3).wait_for(timeout=120_000)
    page.wait_for_timeout(2000)
    found = spread(chart_times(page))
    page.close()
    return found


def rival_times(browser: Browser, folder: Path, images: int) -> dict[str, object]:
    """Measure explainerdashboard's cutoff slider on the same scores, or say why it is not there."""
    try:
        with dashboard(folder, images) as url:
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            page.goto(url)
            page.locator(".js-plotly-plot").nth(2).wait_for(timeout=120_000)
            page.wait_for_timeout(5000)
            found = spread(chart_times(page, settle=3000))
            page.close()
            return dict(found)
    except DashboardError as error:
        return {"not_measured": str(error)}


def met(ours: dict[int, dict[str, object]], times: float) -> bool:
    """Whether every size keeps every goal."""
    for found in ours.values():
        script, layout = found["script_ms"], found["layout_ms"]
        assert isinstance(script, dict) and isinstance(layout, dict)
        quick = script["p95"] <= SCRIPT_MS and layout["p95"] <= LAYOUT_MS
        steady = float(str(found["frames_per_second"])) >= FRAMES
        if not (quick and steady) or found["messages_while_dragging"]:
            return False
    return times >= TIMES


def main() -> None:
    """Measure all three and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--no-rival", action="store_true", help="leave explainerdashboard out")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        folder = Path(name)
        with serve(folder, APP) as server:
            ours = {n: explorer_times(browser, server, n, asked.rounds) for n in SIZES}
            plain = {n: plain_times(browser, server, n) for n in (SIZES[0], SIZES[-1])}
        left_out = {"not_measured": "left out by --no-rival"}
        rival = left_out if asked.no_rival else rival_times(browser, folder, SIZES[0])
    others = [found["p50"] for found in (plain[SIZES[0]], rival) if "p50" in found]
    mine = ours[SIZES[0]]["layout_ms"]
    assert isinstance(mine, dict)
    other = min(float(str(value)) for value in others)
    report(
        "threshold_explorer",
        mine["p50"] / 1000,
        other / 1000,
        f"p95 script <= {SCRIPT_MS:g} ms, with layout <= {LAYOUT_MS:g} ms at every size, "
        f">= {FRAMES:g} frames/s, no message while dragging, {TIMES:g}x",
        met(ours, other / mine["p50"]),
        times_faster=round(other / mine["p50"]),
        explorer={str(n): found for n, found in ours.items()},
        slider_and_four_plotly_charts_ms={str(n): found for n, found in plain.items()},
        explainerdashboard_ms=rival,
    )


if __name__ == "__main__":
    main()
