// Everything works without this file; it only saves steps.
// It holds no words: what it shows comes from data-* attributes, so both languages work.
"use strict";

const each = (selector, act) => document.querySelectorAll(selector).forEach(act);

// --- Ticks: select all on this page, and say how many rows and how much money are ticked.

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

each("form[data-ticks]", (form) => {
  const all = form.querySelector("[data-tick-all]");
  const count = form.querySelector("[data-tick-count]");
  // Asked anew each time: rows that wait for an outcome come and go.
  const boxes = () => [...form.querySelectorAll("tbody input[type=checkbox][name=id]")];
  const untouched = count?.textContent;

  const tell = () => {
    const ticked = boxes().filter((box) => box.checked);
    if (all) {
      all.checked = ticked.length > 0 && ticked.length === boxes().length;
      all.indeterminate = ticked.length > 0 && ticked.length < boxes().length;
    }
    if (!count) return;
    const sum = ticked.reduce((total, box) => total + units(box.closest("tr").dataset.amount || "0"), 0n);
    const text = ticked.length === 1 ? count.dataset.one : count.dataset.other;
    count.textContent = ticked.length ? text.replace("{n}", ticked.length).replace("{amount}", money(sum)) : untouched;
  };

  if (all) {
    all.hidden = false;
    all.addEventListener("change", () => {
      boxes().forEach((box) => { box.checked = all.checked; });
      tell();
    });
  }
  form.addEventListener("change", tell);
  // Browsers restore ticks after "back" without a change event.
  addEventListener("pageshow", tell);
});

// --- Relative times: the page says the exact time, which moves into the title.

const steps = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const relative = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" });
const justNow = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" }).format(0, "second");

const tellTimes = () => each("time[data-relative]", (time) => {
  const seconds = (Date.parse(time.dateTime) - Date.now()) / 1000;
  if (Number.isNaN(seconds)) return;
  if (!time.title) time.title = time.textContent.trim();
  const [unit, size] = steps.find(([, size]) => Math.abs(seconds) >= size) || steps.at(-1);
  time.textContent = size < 60 ? justNow : relative.format(Math.trunc(seconds / size), unit);
});
tellTimes();
setInterval(tellTimes, 60000);

// --- Copy buttons: hidden in the HTML, shown where the browser can copy (https or localhost).

if (navigator.clipboard) {
  each("button[data-copy]", (button) => {
    button.hidden = false;
    const before = button.innerHTML;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = button.dataset.done;
      setTimeout(() => { button.innerHTML = before; }, 1500);
    });
  });
}

// --- Menus close on a click outside and on Escape.

document.addEventListener("click", (event) => {
  each("details[data-menu][open]", (menu) => { if (!menu.contains(event.target)) menu.open = false; });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  each("details[data-menu][open]", (menu) => {
    const held = menu.contains(document.activeElement);
    menu.open = false;
    if (held) menu.querySelector("summary").focus();
  });
});

// --- A long reason: no "show all" where all is shown already.

each(".reason-all", (box) => {
  const text = box.closest(".reason").querySelector("pre");
  if (!box.checked && text.scrollHeight <= text.clientHeight + 1) {
    box.nextElementSibling.hidden = true;
    box.hidden = true;
  }
});

// --- Forms: a second press of the same button is dropped; blank filters stay out of the address.

each("form[method=post]", (form) => {
  const grey = (on) => form.querySelectorAll("button").forEach((button) => {
    if (on) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  });
  let sent = false;
  const release = () => { sent = false; grey(false); };
  form.addEventListener("submit", (event) => {
    if (sent) return event.preventDefault();
    sent = true;
    grey(true);
    // Whoever stopped the loading may try again; the server refuses a true double by itself.
    setTimeout(release, 10000);
  });
  // So may whoever came back to the page with "back".
  addEventListener("pageshow", release);
});

each("form[data-skip-blank]", (form) => form.addEventListener("formdata", ({ formData }) => {
  // "handled" present but empty means "all", so it stays.
  for (const [name, value] of [...formData]) if (value === "" && name !== "handled") formData.delete(name);
}));

// --- Keyboard: never needed. One key moves through the rows, opens, ticks, searches; "?" shows them all and turns them
// off. Whoever types, holds a modifier or composes a character is left alone.

const keysAre = (on) => {
  // Storage may be forbidden; then the keys are on.
  try {
    if (on !== undefined) localStorage.setItem("keys", on ? "on" : "off");
    return localStorage.getItem("keys") !== "off";
  } catch { return true; }
};

const lines = [...document.querySelectorAll("main table tbody tr[data-id]")];
const linkOf = (row) => row.querySelector("td.cause a, th a, td a");
const present = () => lines.findIndex((row) => row.contains(document.activeElement));
const help = document.querySelector("dialog#keys");

const move = (step) => {
  const here = present();
  const next = here < 0 ? (step > 0 ? 0 : lines.length - 1) : here + step;
  const link = lines[next] && linkOf(lines[next]);
  if (!link) return false;
  link.focus();
  link.scrollIntoView({ block: "nearest" });
  return true;
};

const tick = () => {
  const box = lines[present()]?.querySelector("input[type=checkbox][name=id]");
  if (!box) return false;
  box.click();
  return true;
};

const search = () => {
  const field = document.querySelector("main input[type=search], main input[name=q]");
  if (!field) return false;
  const fold = field.closest("details");
  if (fold) fold.open = true;
  field.focus();
  field.select();
  return true;
};

const open = () => {
  if (!help || help.open) return false;
  help.showModal();
  return true;
};

const keys = {
  j: () => move(1),
  k: () => move(-1),
  // Arrows scroll the page, as everywhere, until one is at a row.
  ArrowDown: () => present() >= 0 && move(1),
  ArrowUp: () => present() >= 0 && move(-1),
  x: tick,
  "/": search,
  "?": open,
};

const isTyping = (target) =>
  target.isContentEditable || target.matches?.("textarea, select, input:not([type=checkbox], [type=radio])");

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || help?.open) return;
  if (!keysAre() || !Object.hasOwn(keys, event.key)) return;
  if (keys[event.key]()) event.preventDefault();
});

if (help) {
  each("[data-keys]", (button) => {
    button.hidden = false;
    button.addEventListener("click", open);
  });
  const on = help.querySelector("input[type=checkbox]");
  on.checked = keysAre();
  on.addEventListener("change", () => keysAre(on.checked));
}

// --- A batch under way: its report is fetched again every two seconds, while somebody looks.

const again = async () => {
  const report = document.querySelector("#report[data-refresh]");
  if (!report) return;
  if (!document.hidden) {
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("#report");
      if (!answer.ok || !fresh) return;
      if (!("refresh" in fresh.dataset)) return location.reload();
      for (const part of [".working p", ".working progress", ".cards"]) {
        const [old, young] = [report.querySelector(part), fresh.querySelector(part)];
        if (old && young) old.replaceWith(young);
      }
    } catch { /* The next look may find the server again. */ }
  }
  setTimeout(again, 2000);
};
setTimeout(again, 2000);

// --- Retries under way: what waits for an outcome is fetched again every three seconds, while somebody looks, and put in
//     its place where it changed. Ticks, focus and what is typed elsewhere stay.

const keyOf = (part) => part.id || (part.name ? `${part.name}=${part.value}` : part.getAttribute("href"));

const swap = (old, fresh) => {
  const ticked = new Set([...old.querySelectorAll("input:checked")].map(keyOf));
  const focused = old.contains(document.activeElement) ? keyOf(document.activeElement) : null;
  const young = document.importNode(fresh, true);
  old.replaceWith(young);
  for (const input of young.querySelectorAll("input[type=checkbox]")) {
    if (ticked.has(keyOf(input))) input.checked = true;
  }
  const again = focused && [...young.querySelectorAll("a, button, input")].find((part) => keyOf(part) === focused);
  again?.focus({ preventScroll: true });
  young.closest("form")?.dispatchEvent(new Event("change", { bubbles: true }));
};

const watch = async () => {
  if (!document.querySelector("[data-live]")) return;
  if (!document.hidden) {
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!answer.ok) return;
      for (const old of document.querySelectorAll("[data-live]")) {
        const fresh = page.getElementById(old.id);
        if (!fresh) return location.reload();
        if (fresh.dataset.live === old.dataset.live) continue;
        swap(old, fresh);
        for (const name of ["#money-line", ".tabs"]) {
          const [line, young] = [document.querySelector(name), page.querySelector(name)];
          if (line && young && !line.contains(document.activeElement)) line.replaceWith(young);
        }
      }
    } catch { /* The next look may find the server again. */ }
  }
  setTimeout(watch, 3000);
};
setTimeout(watch, 3000);
