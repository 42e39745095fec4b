"use strict";
(() => {
  const form = document.getElementById("filters");
  const examples = [...document.querySelectorAll("details.x")];
  const sections = [...document.querySelectorAll("section.doc")];
  const none = document.querySelector("p.none");
  const told = form.querySelector("output");
  const isId = (text) => /^[0-9a-f]{12}$/.test(text);
  let texts = null;

  // The address is the state: a link to a view can be passed on.
  const read = () => {
    const wanted = new URLSearchParams(location.hash.slice(1));
    form.elements.q.value = wanted.get("q") || "";
    for (const box of form.querySelectorAll("input[type=checkbox]")) {
      box.checked = wanted.getAll(box.name).includes(box.value);
    }
    for (const name of ["change", "doc"]) form.elements[name].value = wanted.get(name) || "";
  };

  const write = () => {
    const wanted = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) wanted.append(name, value);
    const hash = wanted.toString();
    history.replaceState(null, "", hash ? "#" + hash : location.pathname + location.search);
  };

  const apply = () => {
    const data = new FormData(form);
    const words = data.get("q").toLowerCase().split(/\s+/).filter(Boolean);
    const verdicts = data.getAll("verdict");
    const classes = data.getAll("class");
    const change = data.get("change");
    const doc = data.get("doc");
    if (words.length && !texts) {
      const names = new Map(
        sections.map((one) => [one, one.querySelector("h2").textContent]),
      );
      texts = examples.map((one) => {
        const line = one.querySelector(".at").textContent.replace("line ", ":");
        return `${one.id} ${names.get(one.parentNode)}${line} ${one.textContent}`.toLowerCase();
      });
    }
    let shown = 0;
    const filled = new Set();
    examples.forEach((one, at) => {
      const has = (word) => one.classList.contains(word);
      const fits =
        (!verdicts.length || verdicts.some(has)) &&
        (!classes.length || classes.some(has)) &&
        (!change || has(change)) &&
        (!doc || one.parentNode.id === doc) &&
        words.every((word) => texts[at].includes(word));
      if (one.hidden === fits) one.hidden = !fits;
      if (fits) {
        shown += 1;
        filled.add(one.parentNode);
      }
    });
    for (const section of sections) section.hidden = !filled.has(section);
    none.hidden = shown > 0 || examples.length === 0;
    told.textContent =
      shown === examples.length ? `${shown} shown` : `${shown} of ${examples.length} shown`;
  };

  const follow = () => {
    const target = location.hash.slice(1);
    if (isId(target) || /^d\d+$/.test(target)) {
      const found = document.getElementById(target);
      if (!found) return;
      form.reset();
      apply();
      if (found.matches("details")) found.open = true;
      found.scrollIntoView();
      const summary = found.querySelector("summary");
      if (summary) summary.focus({ preventScroll: true });
    } else if (target !== "examples") {
      read();
      apply();
    }
  };

  let waiting = 0;
  const changed = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      apply();
      write();
    }, 100);
  };
  form.addEventListener("input", changed);
  form.addEventListener("reset", () => setTimeout(changed));
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", follow);

  // From one example to the next by the arrow keys, where one has the focus.
  document.getElementById("examples").addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const one = event.target.closest("details.x > summary");
    if (!step || !one || event.altKey || event.ctrlKey || event.metaKey) return;
    let at = examples.indexOf(one.parentNode) + step;
    while (examples[at] && examples[at].hidden) at += step;
    if (!examples[at]) return;
    event.preventDefault();
    examples[at].querySelector("summary").focus();
  });

  form.hidden = false;
  follow();
})();
