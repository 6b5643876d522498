// Everything works without this file; it only saves steps.
// It holds no words: what it shows comes from data-* attributes, so both languages work.
"use strict";

const each = (selector, act) => document.querySelectorAll(selector).forEach(act);

// --- Relative times: the page says the exact time, which moves into the title.

const steps = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const relative = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" });
const justNow = document.documentElement.dataset.now;

const tellTimes = () => each("time[data-relative]", (time) => {
  const seconds = (Date.parse(time.dateTime) - Date.now()) / 1000;
  if (Number.isNaN(seconds)) return;
  if (!time.title) time.title = time.textContent.trim();
  const [unit, size] = steps.find(([, size]) => Math.abs(seconds) >= size) || steps.at(-1);
  time.textContent = size < 60 ? justNow : relative.format(Math.trunc(seconds / size), unit);
});
tellTimes();
setInterval(tellTimes, 60000);

// --- What a press does where something is ticked, too.

each("form", (form) => {
  const labels = form.querySelectorAll("button [data-ticked]");
  const boxes = ["with_failing", "with_unknown"].map((name) => form.elements.namedItem(name));
  if (!boxes.some(Boolean) || !labels.length) return;
  const tell = () => {
    const [failing, unknown] = boxes.map((box) => Boolean(box?.checked));
    const name = failing ? (unknown ? "tickedBoth" : "ticked") : (unknown ? "tickedUnknown" : "unticked");
    labels.forEach((label) => { label.textContent = label.dataset[name]; });
  };
  boxes.filter(Boolean).forEach((box) => { box.addEventListener("change", tell); });
  tell();
});

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
