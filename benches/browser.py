"""What a browser says of the public pages: Lighthouse with its mobile throttling (4x slower processor, slow 4G) over the demo
instance. Every page is a page people find by a search; the gallery holds every widget at once.

    python3 benches/browser.py
"""

import json
import os
import shutil
import subprocess
import sys
import time

from common import PROGRAM, build, folder, free_port, need, verdict

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


def judged(url, out):
    browser = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), "")
    subprocess.run(["npx", "--yes", "lighthouse@12", url, "--quiet", "--chrome-flags=--headless --no-sandbox --disable-gpu",
                    "--output=json", f"--output-path={out}", f"--only-categories={','.join(CATEGORIES)}"],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "CHROME_PATH": browser})
    return json.loads(out.read_text())


def main():
    need("npx", "chromium")
    build()
    ok = []
    with folder() as data:
        port = free_port()
        demo = subprocess.Popen([PROGRAM, "demo", "--data-dir", str(data / "demo"), "--listen", f"127.0.0.1:{port}"], stdout=subprocess.PIPE, text=True)
        try:
            for line in demo.stdout:
                if "Ctrl-C" in line:
                    break
            base = f"http://127.0.0.1:{port}"
            time.sleep(2)
            listed = json.loads(subprocess.run(["curl", "-s", f"{base}/v1/shops/bottega.example/reviews"], check=True, capture_output=True, text=True).stdout)
            products = json.loads(subprocess.run(["curl", "-s", f"{base}/v1/shops/bottega.example/tally?products=true"], check=True, capture_output=True, text=True).stdout)
            pages = ["/shops/bottega.example", f"/shops/bottega.example/products/{products['products'][0]['sku']}", f"/reviews/{listed['data'][0]['id']}",
                     "/shops", "/widgets", "/verify"]
            for page in pages:
                said = judged(base + page, data / "said.json")
                scores = {name: round(said["categories"][name]["score"] * 100) for name in CATEGORIES}
                audits = said["audits"]
                sent, shift = audits["total-byte-weight"]["numericValue"] / 1024, audits["cumulative-layout-shift"]["numericValue"]
                tasks = [task for task in audits["long-tasks"]["details"]["items"] if task["duration"] > 50] if "details" in audits.get("long-tasks", {}) else []
                scripts = [task for task in tasks if "/w/" in task.get("url", "")]
                holds = min(scores.values()) >= 95 and sent <= 60 and shift == 0 and not scripts
                ok.append(verdict(f"{page}: {scores}, {sent:.0f} KB, layout shift {shift:g}, long tasks of widgets", len(scripts), ">= 95, <= 60 KB, 0, 0", holds))
        finally:
            demo.terminate()
            demo.wait(30)
    return 0 if all(ok) else 1


sys.exit(main())
