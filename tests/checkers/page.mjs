// Looks at pages of the HTML report in Chromium: `page.mjs FOLDER` with `hostile.html`, `usual.html`
// and `large.html` in it. Prints what it measured, and ends with 1 at the first thing that is wrong.
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const folder = process.argv[2];
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
const DESK = { viewport: { width: 1280, height: 900 } };
const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
const address = (name) => pathToFileURL(join(folder, name)).href;

// Opens a page and notes everything that it should not do.
const open = async (name, options = {}, hash = "") => {
  const context = await browser.newContext({ ...DESK, ...options });
  const page = await context.newPage();
  const wrong = [];
  page.on("request", (request) => {
    if (request.url().split("#")[0] !== address(name)) wrong.push(`asked for ${request.url()}`);
  });
  page.on("console", (message) => {
    if (message.type() === "error") wrong.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => wrong.push(`script: ${error}`));
  page.on("dialog", (dialog) => wrong.push(`dialog: ${dialog.message()}`));
  // Wall time tells as much of the machine's other work as of the page; the thread's own does not.
  const protocol = await context.newCDPSession(page);
  await protocol.send("Performance.enable", { timeDomain: "threadTicks" });
  const thread = async () => {
    const { metrics } = await protocol.send("Performance.getMetrics");
    return Math.round(1000 * metrics.find((one) => one.name === "TaskDuration").value);
  };
  const begun = Date.now();
  await page.goto(address(name) + hash);
  const took = `${Date.now() - begun} ms, ${await thread()} ms of work`;
  const close = async () => {
    assert.deepEqual(wrong, [], `${name}: it should do nothing of this`);
    await context.close();
  };
  return { page, took, thread, close };
};
const visible = (page) => page.locator("details.x:visible").count();
const settled = (page, text) =>
  page.waitForFunction((text) => document.querySelector("output").textContent === text, text);

// Accessibility, in both colors and at both widths, every example of the page open.
for (const name of ["usual.html", "hostile.html"]) {
  for (const colorScheme of ["light", "dark"]) {
    for (const [width, size] of [["desktop", DESK], ["phone", PHONE]]) {
      const { page, close } = await open(name, { ...size, colorScheme });
      await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
      await page.evaluate(axe);
      const { violations, passes } = await page.evaluate(() =>
        window.axe.run({ resultTypes: ["violations", "passes"] }),
      );
      const told = violations.map((one) => `${one.id}: ${one.nodes[0].html} ${one.nodes[0].failureSummary}`);
      assert.deepEqual(told, [], `${name} ${colorScheme} ${width}`);
      assert.ok(passes.some((one) => one.id === "color-contrast"), "contrast was looked at");
      const [page_width, window_width] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        innerWidth,
      ]);
      assert.ok(page_width <= window_width, `${name} is ${page_width} wide at ${window_width}`);
      console.log(`axe-core: ${name} ${colorScheme} ${width}: ${passes.length} rules hold`);
      await close();
    }
  }
}

// Text from outside is text.
{
  const { page, close } = await open("hostile.html");
  assert.notEqual(await page.title(), "pwned");
  const foreign = "img, iframe, object, embed, link, base, [onload], [onerror], [style], [src]";
  assert.equal(await page.locator(foreign).count(), 0);
  assert.equal(await page.locator("script").count(), 1);
  assert.equal(await page.locator("a:not([href^='#'])").count(), 0);
  const text = await page.evaluate(() => document.body.textContent);
  for (const told of ["</script><script>", "<img src=x", "\\u{1b}[31mred", "\\u{202e}evil", "]]>", "\\0"]) {
    assert.ok(text.includes(told), `${told} can be read`);
  }
  await close();
}

// Without scripts everything can be read, and examples open by themselves.
{
  const { page, close } = await open("usual.html", { javaScriptEnabled: false });
  assert.ok(await page.locator("h1").isVisible());
  assert.ok(!(await page.locator("#filters").isVisible()));
  assert.equal(await visible(page), 5);
  const last = page.locator("details.x").last();
  assert.ok(!(await last.locator("ol").isVisible()));
  await last.locator("summary").click();
  assert.ok(await last.locator("ol").isVisible());
  await close();
}

// The broken line is marked at its number in the document.
{
  const { page, close } = await open("usual.html");
  const marked = page.locator("details.fail li.hit").first();
  const [start, at] = await marked.evaluate((one) => [
    Number(one.parentNode.getAttribute("start")),
    [...one.parentNode.children].indexOf(one),
  ]);
  assert.equal(start + at, 5);
  assert.equal((await marked.textContent()).split("\n")[0], "print(os.nme)  # \\u{1b}[31m");
  assert.equal(await marked.locator("i").textContent(), "# \\u{1b}[31m");
  await close();
}

// Search and filters live in the address, and an address brings them back.
{
  const { page, close } = await open("usual.html");
  await settled(page, "5 shown");
  await page.getByLabel("Search").fill("numpy");
  await settled(page, "1 of 5 shown");
  assert.equal(await visible(page), 1);
  assert.equal(new URL(page.url()).hash, "#q=numpy");
  await page.getByRole("button", { name: "Show all" }).click();
  await settled(page, "5 shown");
  await page.locator("input[value=fail]").check();
  await page.getByLabel("Change").selectOption("broken");
  await settled(page, "1 of 5 shown");
  assert.equal(new URL(page.url()).hash, "#verdict=fail&change=broken");
  await page.getByLabel("Search").fill("nothing has this");
  await settled(page, "0 of 5 shown");
  assert.ok(await page.locator("p.none").isVisible());
  await close();

  const again = await open("usual.html", {}, "#verdict=pass&verdict=unjudged");
  await settled(again.page, "3 of 5 shown");
  assert.ok(await again.page.locator("input[value=pass]").isChecked());
  const id = await again.page.locator("details.fail").last().getAttribute("id");
  await again.page.evaluate((id) => (location.hash = id), id);
  await again.page.waitForFunction((id) => document.getElementById(id).open, id);
  await settled(again.page, "5 shown");
  await again.close();
}

// By keyboard alone: past the head, from one example to the next, open and shut.
{
  const { page, close } = await open("usual.html");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  const focused = () =>
    page.evaluate(() => [...document.querySelectorAll("summary")].indexOf(document.activeElement));
  const first = await focused();
  assert.ok(first >= 0, "an example has the focus");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(), first + 2);
  await page.keyboard.press("ArrowUp");
  assert.equal(await focused(), first + 1);
  const is_open = () => page.evaluate(() => document.activeElement.parentNode.open);
  const before = await is_open();
  await page.keyboard.press("Enter");
  assert.equal(await is_open(), !before);
  await close();
}

// A large page: small enough, and quick enough to be told.
{
  const size = statSync(join(folder, "large.html")).size;
  const { page, took, thread, close } = await open("large.html");
  assert.equal(await page.locator("details.x").count(), 10000);
  const elements = await page.evaluate(() => document.querySelectorAll("*").length);
  await settled(page, "10000 shown");
  const before = await thread();
  await page.getByLabel("Search").fill("chapter-199");
  await settled(page, "50 of 10000 shown");
  const searched = (await thread()) - before;
  assert.ok(size < 10_000_000, `${size} bytes`);
  console.log(
    `10,000 examples: ${(size / 1e6).toFixed(2)} MB, ${elements} elements, ` +
      `open after ${took}, searched with ${searched} ms of work`,
  );
  await close();
}

await browser.close();
console.log("the page holds");
