"use strict";
// What the page does beyond being read: copying, sorting, filtering, local times, saving a copy. Without it all is there.
(() => {
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const byId = (id) => document.getElementById(id);
  const asWritten = document.documentElement.cloneNode(true); // what a saved copy begins with
  const say = (text) => { byId("said").textContent = text; };
  let isChanged = false;

  const made = (name, label, act) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = name;
    button.textContent = label;
    button.addEventListener("click", act);
    return button;
  };

  const copied = (block) => {
    const range = document.createRange();
    range.selectNodeContents(block);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    const isDone = document.execCommand("copy"); // works from a file and without asking
    selection.removeAllRanges();
    say(isDone ? "Copied" : "Press Ctrl+C to copy");
    if (!isDone) selection.addRange(range);
  };

  const sorted = (table, column, isUp) => {
    const body = table.tBodies[0];
    const key = (row) => {
      const cell = row.cells[column];
      const time = cell.querySelector("time");
      return time ? time.dateTime : cell.textContent.trim();
    };
    const number = (text) => (/^[\d,]+$/.test(text) ? Number(text.replace(/,/g, "")) : NaN);
    const order = (a, b) => {
      const one = key(a), other = key(b);
      return number(one) - number(other) || one.localeCompare(other);
    };
    const rows = Array.from(body.rows).sort(order);
    body.append(...(isUp ? rows : rows.reverse()));
    Array.from(table.tHead.rows[0].cells).forEach((cell, i) => {
      if (i === column) cell.setAttribute("aria-sort", isUp ? "ascending" : "descending");
      else cell.removeAttribute("aria-sort");
    });
  };

  const filtered = (field) => {
    const rows = Array.from(byId(field.dataset.filters).tBodies[0].rows);
    const wanted = field.value.trim().toLowerCase();
    for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
    const shown = rows.filter((row) => !row.hidden).length;
    byId(field.id.replace("filter", "count")).textContent = wanted ? `${shown} of ${rows.length}` : "";
  };

  const two = (number) => String(Math.abs(number)).padStart(2, "0");
  const local = (time) => {
    const at = new Date(time.dateTime);
    const minutes = -at.getTimezoneOffset();
    const zone = `${minutes < 0 ? "−" : "+"}${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}`;
    const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} `;
    const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
    return `${/^\d{4}-/.test(time.dataset.utc) ? day : ""}${clock} (${zone})`;
  };
  const zoned = (button) => {
    const isLocal = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(isLocal));
    for (const time of all("time[datetime]")) {
      time.dataset.utc = time.dataset.utc || time.textContent;
      time.textContent = isLocal ? local(time) : time.dataset.utc;
    }
    say(isLocal ? "Times are shown in your time zone" : "Times are shown in UTC");
  };

  const saved = () => {
    const copy = asWritten.cloneNode(true);
    for (const field of all("[contenteditable]")) copy.querySelector(`#${field.id}`).textContent = field.innerText;
    const file = new Blob([`<!doctype html>\n${copy.outerHTML}\n`], { type: "text/html" });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = decodeURIComponent(location.pathname.split("/").pop() || "postmortem.html");
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    isChanged = false;
    say("Saved as a new file");
  };

  for (const part of all("[data-script]")) part.hidden = false;
  for (const block of all(".copyable")) {
    block.append(made("copy", "Copy", () => copied(block.querySelector("code"))));
  }
  for (const table of all("table[data-sortable]")) {
    Array.from(table.tHead.rows[0].cells).forEach((cell, column) => {
      const label = cell.textContent;
      const act = () => sorted(table, column, cell.getAttribute("aria-sort") !== "ascending");
      cell.textContent = "";
      cell.append(made("sort", label, act));
    });
  }
  for (const field of all("input[data-filters]")) field.addEventListener("input", () => filtered(field));
  for (const field of all("[contenteditable]")) {
    field.addEventListener("input", () => { isChanged = true; });
    field.addEventListener("paste", (event) => {
      event.preventDefault();
      document.execCommand("insertText", false, event.clipboardData.getData("text/plain"));
    });
  }
  const save = byId("save"), zone = byId("zone");
  if (save) save.addEventListener("click", saved);
  if (zone) zone.addEventListener("click", () => zoned(zone));
  addEventListener("beforeunload", (event) => { if (isChanged) event.preventDefault(); });
})();
