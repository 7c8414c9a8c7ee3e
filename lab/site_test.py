"""Looks at the pages of site.sh as a reader without a network does: from a folder, in a real Chromium.

    python lab/site_test.py        (CHROMIUM names the browser's executable)
"""

import os
import shutil
import subprocess
import unittest
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / ".lab/site"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@unittest.skipUnless(CHROMIUM, "no Chromium: CHROMIUM=/path names one")
class Site(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        made = subprocess.run(["bash", ROOT / "lab/site.sh"], capture_output=True, text=True)
        if made.returncode and not (ROOT / ".lab/sphinx/installed").exists():
            raise unittest.SkipTest("Sphinx can't be installed: " + made.stderr.strip().splitlines()[-1])
        assert made.returncode == 0, made.stdout + made.stderr

    def setUp(self):
        self.play = sync_playwright().start()
        self.addCleanup(self.play.stop)
        browser = self.play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        self.addCleanup(browser.close)
        self.page = browser.new_page(viewport={"width": 1400, "height": 900})
        self.page.set_default_timeout(120_000)  # a busy machine
        self.elsewhere, self.wrong = [], []
        self.page.on("request", lambda r: r.url.startswith(("file:", "data:")) or self.elsewhere.append(r.url))
        self.page.on("requestfailed", lambda r: self.wrong.append(r.url))
        self.page.on("pageerror", lambda e: self.wrong.append(str(e)))

    def open(self, page):
        self.page.goto((SITE / page).as_uri())

    def quiet(self):
        self.assertEqual(self.elsewhere, [], "asked for elsewhere")
        self.assertEqual(self.wrong, [])

    def picture(self, name):
        if folder := os.environ.get("PICTURES"):
            self.page.screenshot(path=Path(folder) / f"{name}.png")

    def test_first_page_leads_to_causes(self):
        self.open("README.html")
        self.picture("first")
        self.page.locator(".sidebar-tree a[href='docs/causes/README.html']").click()
        self.page.wait_for_url("**/docs/causes/README.html")
        self.page.locator("article a[href='learning-rate-too-high.html']").first.click()
        self.page.wait_for_url("**/learning-rate-too-high.html")
        self.assertGreater(self.page.locator("article img").first.evaluate("i => i.naturalWidth"), 100)
        self.picture("cause")
        self.quiet()

    def test_search_finds_a_term(self):
        self.open("README.html")
        box = self.page.locator(".sidebar-search")
        box.fill("clipnorm")
        box.press("Enter")
        self.page.wait_for_selector("#search-results li a")
        found = self.page.locator("#search-results li a").all_inner_texts()
        self.picture("search")
        self.assertGreater(len(found), 2, found)
        self.quiet()

    def test_notebook_is_a_page_with_its_pictures(self):
        self.open("README.html")
        self.page.locator("article a[href='notebooks/01-learning-rate.html']").first.click()
        self.page.wait_for_url("**/notebooks/01-learning-rate.html")
        self.assertGreater(self.page.locator("img").count(), 2)
        self.picture("notebook")
        self.quiet()

    def test_start_page_leads_to_the_other_notebooks(self):
        self.open("notebooks/00-start.html")
        self.picture("start")
        links = self.page.locator(".jp-MarkdownOutput a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        others = {path.stem + ".html" for path in (ROOT / "notebooks").glob("*.ipynb")} - {"00-start.html"}
        self.assertEqual(others - set(links), set(), "00-start leads to every notebook")
        self.page.locator("a[href='08-pytorch.html']").first.click()
        self.page.wait_for_url("**/notebooks/08-pytorch.html")
        self.quiet()

    def test_narrow_page_has_no_bar_at_the_bottom(self):
        self.page.set_viewport_size({"width": 420, "height": 800})
        self.open("docs/doctor.html")
        self.assertLessEqual(self.page.evaluate("document.documentElement.scrollWidth"), 420)
        self.picture("narrow")
        self.quiet()


if __name__ == "__main__":
    unittest.main()
