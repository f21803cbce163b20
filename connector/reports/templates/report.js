"use strict";
(() => {
  const tools = document.querySelector(".tools");
  const table = document.querySelector(".people");
  const people = [...table.tBodies];
  const search = document.getElementById("search");
  const school = document.getElementById("school");
  const state = document.getElementById("state");
  const order = document.getElementById("order");
  const found = document.querySelector(".found");
  const plain = (text) => text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();
  const words = new Map(people.map((body) => [body, plain(body.dataset.words)]));
  const place = new Map(people.map((body, index) => [body, index]));
  const names = new Intl.Collator("fr");
  const by = {
    school: (a, b) => place.get(a) - place.get(b),
    name: (a, b) => names.compare(a.dataset.name, b.dataset.name),
    left: (a, b) => b.dataset.left - a.dataset.left || names.compare(a.dataset.name, b.dataset.name),
    share: (a, b) => a.dataset.share - b.dataset.share || names.compare(a.dataset.name, b.dataset.name),
  };
  const filter = () => {
    const wanted = plain(search.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const body of people) {
      const keep = wanted.every((word) => words.get(body).includes(word))
        && (!school.value || body.dataset.school === school.value)
        && (!state.value || body.dataset.state === state.value);
      body.hidden = !keep;
      shown += keep;
    }
    found.textContent = shown === people.length
      ? `${shown} enseignants affichés.` : `${shown} enseignant${shown > 1 ? "s" : ""} sur ${people.length}.`;
  };
  const sort = () => {
    table.append(...[...people].sort(by[order.value]));
  };
  search.addEventListener("input", filter);
  school.addEventListener("change", filter);
  state.addEventListener("change", filter);
  order.addEventListener("change", sort);
  tools.hidden = false;
  filter();
})();
