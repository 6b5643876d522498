// Ticked rows of a list: how many and how much money, over several pages; why a button does nothing yet.
// It holds no words: what it shows comes from data-* attributes.
"use strict";

// Money is exact: "12.34567" becomes the integer 1234567n, never a float.
const units = (text) => {
  const [, sign, whole, part = ""] = /^(-?)(\d+)(?:\.(\d{1,5}))?$/.exec(text) || [undefined, "", "0"];
  return BigInt(sign + whole + part.padEnd(5, "0"));
};
const money = (sum) => {
  const digits = String(sum < 0n ? -sum : sum).padStart(6, "0");
  const whole = BigInt(digits.slice(0, -5)).toLocaleString(document.documentElement.lang);
  return `${sum < 0n ? "-" : ""}${whole}.${digits.slice(-5)}`;
};

document.querySelectorAll("form[data-ticks]").forEach((form) => {
  const all = form.querySelector("[data-tick-all]");
  const count = form.querySelector("[data-tick-count]");
  const clear = form.querySelector("[data-tick-clear]");
  const scope = form.querySelector("input[name=scope]");
  const buttons = [...form.querySelectorAll("button[name=action]")];
  // Asked anew each time: rows that wait for an outcome come and go.
  const boxes = () => [...form.querySelectorAll("tbody input[type=checkbox][name=id]")];
  const amountOf = (box) => box.closest("tr").dataset.amount || "0";

  // --- What is ticked on the other pages of the same filter, for as long as this tab lives.

  const place = ["after", "before", "exact", "page_size"];
  const filter = [...form.querySelectorAll(":scope > input[type=hidden]")].filter((input) => !place.includes(input.name));
  const key = `ticks ${new URLSearchParams(filter.map((input) => [input.name, input.value]))}`;
  const kept = new Map();
  try {
    for (const [id, amount] of JSON.parse(sessionStorage.getItem(key) || "[]")) kept.set(id, amount);
  } catch { /* Storage may be forbidden; then ticks end with the page. */ }
  const keep = () => {
    try {
      if (kept.size) sessionStorage.setItem(key, JSON.stringify([...kept]));
      else sessionStorage.removeItem(key);
    } catch { /* As above. */ }
  };
  const here = new Set();
  const note = () => {
    const present = boxes();
    // A row that left this page while one looked is not on another page.
    for (const id of here) if (!present.some((box) => box.value === id)) kept.delete(id);
    for (const box of present) {
      here.add(box.value);
      if (box.checked) kept.set(box.value, amountOf(box));
      else kept.delete(box.value);
    }
    keep();
  };
  for (const box of boxes()) if (kept.has(box.value)) box.checked = true;

  // --- The words at the bar, and the buttons.

  const isReady = () => kept.size > 0 || scope.checked;
  const tell = () => {
    note();
    const ticked = boxes().filter((box) => box.checked);
    if (all) {
      all.checked = ticked.length > 0 && ticked.length === boxes().length;
      all.indeterminate = ticked.length > 0 && ticked.length < boxes().length;
    }
    const sum = [...kept.values()].reduce((total, amount) => total + units(amount), 0n);
    const words = kept.size === 1 ? count.dataset.one : count.dataset.other;
    const elsewhere = kept.size - ticked.length;
    const parts = [words.replace("{n}", kept.size).replace("{amount}", money(sum))];
    if (elsewhere > 0) parts.push(count.dataset.elsewhere.replace("{n}", elsewhere));
    if (scope.checked) count.textContent = count.dataset.matching;
    else count.textContent = kept.size ? parts.join(" · ") : count.dataset.none;
    clear.hidden = kept.size === 0;
    for (const button of buttons) {
      if (isReady()) button.removeAttribute("aria-disabled");
      else button.setAttribute("aria-disabled", "true");
      button.title = isReady() ? "" : count.dataset.none;
      button.setAttribute("aria-describedby", count.id);
    }
  };

  // --- Ranges: shift and a click tick, or untick, all from the last one to this one.

  let last;
  form.addEventListener("click", (event) => {
    const list = boxes();
    const at = list.indexOf(event.target);
    if (at < 0) return;
    const from = list.indexOf(last);
    if (event.shiftKey && from >= 0) {
      for (const box of list.slice(Math.min(from, at), Math.max(from, at) + 1)) box.checked = event.target.checked;
    }
    last = event.target;
  });

  all.hidden = false;
  all.addEventListener("change", () => boxes().forEach((box) => { box.checked = all.checked; }));
  clear.addEventListener("click", () => {
    boxes().forEach((box) => { box.checked = false; });
    kept.clear();
    tell();
    count.focus?.();
  });
  form.addEventListener("change", tell);
  // Before any other listener greys the buttons out.
  form.addEventListener("submit", (event) => {
    for (const input of form.querySelectorAll("input[data-elsewhere]")) {
      input.remove();
    }
    if (!isReady()) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (!scope.checked) {
      const present = new Set(boxes().map((box) => box.value));
      for (const id of kept.keys()) {
        if (present.has(id)) continue;
        const input = Object.assign(document.createElement("input"), { type: "hidden", name: "id", value: id });
        input.dataset.elsewhere = "";
        form.append(input);
      }
    }
    kept.clear();
    keep();
  }, true);
  // Browsers restore ticks after "back" without a change event.
  addEventListener("pageshow", tell);
});
