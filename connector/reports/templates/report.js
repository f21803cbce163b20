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
  const french = new Intl.Collator("fr");
  const byName = (a, b) => french.compare(names.get(a), names.get(b));
  const by = {
    school: (a, b) => place.get(a) - place.get(b),
    name: byName,
    left: (a, b) => b.dataset.left - a.dataset.left || byName(a, b),
    share: (a, b) => a.dataset.share - b.dataset.share || byName(a, b),
  };
  const filter = () => {
    const wanted = plain(search.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const body of people) {
      const keep = wanted.every((word) => words.get(body).includes(word))
        && (!school.value || body.dataset.school === school.value)
        && (!session.value || (body.dataset.in || "").split(" ").includes(session.value))
        && (!state.value || body.dataset.state === state.value);
      body.hidden = !keep;
      shown += keep;
    }
    found.textContent = shown === people.length
      ? `${shown} enseignant${shown > 1 ? "s" : ""} affiché${shown > 1 ? "s" : ""}.`
      : `${shown} enseignant${shown > 1 ? "s" : ""} sur ${people.length}.`;
  };
  const sort = () => table.append(...[...people].sort(by[order.value]));
  search.addEventListener("input", filter);
  for (const choice of [school, session, state]) choice.addEventListener("change", filter);
  order.addEventListener("change", sort);
  tools.hidden = false;
  filter();
})();
