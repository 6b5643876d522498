// The keyboard: never needed. One key moves through the rows, opens, ticks, acts, leads to pages; "?" shows them all and
// turns them off. Whoever types, holds a modifier or composes a character is left alone.
"use strict";

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
  const at = present();
  const next = at < 0 ? (step > 0 ? 0 : lines.length - 1) : at + step;
  const link = lines[next] && linkOf(lines[next]);
  if (!link) return false;
  link.focus();
  link.scrollIntoView({ block: "nearest" });
  return true;
};

const tick = (shiftKey) => {
  const box = lines[present()]?.querySelector("input[type=checkbox][name=id]");
  if (!box) return false;
  box.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, shiftKey }));
  return true;
};

const search = () => {
  const field = document.querySelector("main input[type=search], main input[name=q]") || document.querySelector(".seek input");
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

// --- What acts carries its key. A link is followed; a form that wants words gets the focus, with the resolution that was
//     used last in this tab. A button that acts at once gets the focus, too: one letter does nothing to money. The buttons of
//     ticked rows are pressed, for a page follows on which one confirms.

const last = (value) => {
  try {
    if (value) sessionStorage.setItem("resolution", value);
    return sessionStorage.getItem("resolution");
  } catch { return null; }
};

const enter = (form) => {
  const choice = form.querySelector("select[name=resolution]");
  if (choice && !choice.value && last()) choice.value = last();
  const fields = [...form.querySelectorAll("select, textarea, input:not([type=hidden])")];
  (fields.find((field) => !field.value) || fields[0])?.focus();
  return fields.length > 0;
};

const act = (key) => {
  const target = document.querySelector(`[data-key="${key}"]`);
  if (!target) return false;
  if (target.tagName === "FORM") return enter(target);
  if (target.matches("button[type=submit], button:not([type])") && !target.form?.matches("[data-ticks]")) {
    const fold = target.closest("details");
    if (fold) fold.open = true;
    target.focus();
    return true;
  }
  target.click();
  return true;
};

document.addEventListener("submit", ({ target }) => last(target.querySelector("select[name=resolution]")?.value));
// Ctrl and Enter send the form in which one types, by its first button; where it leads on to the next record, by that one.
document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229) return;
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.target.tagName !== "TEXTAREA") return;
  const form = event.target.form;
  form?.requestSubmit(form.querySelector("button[data-next]") || form.querySelector("button:not([type=button])"));
});

const keys = {
  j: () => move(1),
  k: () => move(-1),
  // Arrows scroll the page, as everywhere, until one is at a row.
  ArrowDown: () => present() >= 0 && move(1),
  ArrowUp: () => present() >= 0 && move(-1),
  x: () => tick(false),
  X: () => tick(true),
  "/": search,
  "?": open,
};
for (const key of ["h", "r", "e", "u", "a", "n", "p"]) keys[key] = () => act(key);

const isTyping = (target) =>
  target.isContentEditable || target.matches?.("textarea, select, input:not([type=checkbox], [type=radio])");

let going = 0;
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || help?.open || !keysAre()) return;
  // "g", then a letter of a page, within two seconds.
  const page = Date.now() - going < 2000 && document.querySelector(`.nav a[data-go="${CSS.escape(event.key)}"]`);
  going = event.key === "g" ? Date.now() : 0;
  if (page) page.click();
  else if (!Object.hasOwn(keys, event.key) || !keys[event.key]()) return;
  event.preventDefault();
});

if (help) {
  document.querySelectorAll("[data-keys]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", open);
  });
}
document.querySelectorAll("input[data-keys-on]").forEach((box) => {
  box.closest("[hidden]")?.removeAttribute("hidden");
  box.checked = keysAre();
  box.addEventListener("change", () => keysAre(box.checked));
});
