// Everything works without this file; it only saves steps.
// It holds no words: what it shows comes from data-* attributes, so both languages work.
"use strict";

const each = (selector, act) => document.querySelectorAll(selector).forEach(act);

// --- Ticks: select all on this page, and say how many rows and how much money are ticked.

// Money is exact: "12.34567" becomes the integer 1234567n, never a float.
const units = (text) => {
  const [, sign, whole, part = ""] = /^(-?)(\d+)(?:\.(\d{1,5}))?$/.exec(text) || [, "", "0"];
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
  const boxes = [...form.querySelectorAll("tbody input[type=checkbox][name=id]")];
  const untouched = count?.textContent;

  const tell = () => {
    const ticked = boxes.filter((box) => box.checked);
    if (all) {
      all.checked = ticked.length > 0 && ticked.length === boxes.length;
      all.indeterminate = ticked.length > 0 && ticked.length < boxes.length;
    }
    if (!count) return;
    const sum = ticked.reduce((total, box) => total + units(box.closest("tr").dataset.amount || "0"), 0n);
    const text = ticked.length === 1 ? count.dataset.one : count.dataset.other;
    count.textContent = ticked.length ? text.replace("{n}", ticked.length).replace("{amount}", money(sum)) : untouched;
  };

  if (all) {
    all.hidden = false;
    all.addEventListener("change", () => {
      boxes.forEach((box) => { box.checked = all.checked; });
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
