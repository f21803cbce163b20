"use strict";
(() => {
  const open = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const folded = target && target.closest("details:not([open])");
    if (folded) { folded.open = true; target.scrollIntoView(); }
  };
  addEventListener("hashchange", open);
  open();
  const tools = document.querySelector(".tools");
  if (!tools) return;
  const table = document.querySelector(".people");
  const people = [...table.tBodies];
  const search = document.getElementById("search");
  const school = document.getElementById("school");
  const session = document.getElementById("session");
  const state = document.getElementById("state");
  const order = document.getElementById("order");
  const found = document.querySelector(".found");
  const plain = (text) => text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();
  const names = new Map(people.map((body) => [body, body.querySelector(".who").textContent]));
  const words = new Map(people.map((body) => [body, plain(body.rows[0].cells[0].textContent)]));
  const place = new Map(people.map((body, index) => [body, index]));
  const plural = new Intl.PluralRules(document.documentElement.lang);
  const all = { one: found.dataset.allOne, other: found.dataset.allOther };
  const some = { one: found.dataset.someOne, other: found.dataset.someOther };
  const french = new Intl.Collator("fr");
  const minutes = (body, cell) => body.rows[0].cells[cell].textContent.split(":").reduce((hours, rest) => hours * 60 + Number(rest));
  const left = new Map(people.map((body) => [body, minutes(body, 8)]));
  const share = new Map(people.map((body) => [body, minutes(body, 2) ? minutes(body, 7) / minutes(body, 2) : 1]));
  const sessions = new Map(people.map((body) => [body, [...body.querySelectorAll(".lines th span")].map((code) => code.textContent)]));
  const byName = (a, b) => french.compare(names.get(a), names.get(b));
  const by = {
    school: (a, b) => place.get(a) - place.get(b),
    name: byName,
    left: (a, b) => left.get(b) - left.get(a) || byName(a, b),
    share: (a, b) => share.get(a) - share.get(b) || byName(a, b),
  };
  const filter = () => {
    const wanted = plain(search.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const body of people) {
      const keep = wanted.every((word) => words.get(body).includes(word))
        && (!school.value || body.dataset.school === school.value)
        && (!session.value || sessions.get(body).includes(session.value))
        && (!state.value || body.querySelector(".state").classList.contains(state.value));
      body.hidden = !keep;
      shown += keep;
    }
    const said = shown === people.length ? all : some;
    found.textContent = said[plural.select(shown)].replace("{n}", shown).replace("{total}", people.length);
  };
  const sort = () => table.append(...[...people].sort(by[order.value]));
  search.addEventListener("input", filter);
  for (const choice of [school, session, state]) choice.addEventListener("change", filter);
  order.addEventListener("change", sort);
  tools.hidden = false;
  filter();
})();
